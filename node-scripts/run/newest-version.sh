# Asks a repository for its newest kubelet: read-only, POSIX, for a machine that has dnf only.

main() {
  IFS= read -r baseurl
  IFS= read -r http_proxy
  IFS= read -r https_proxy
  IFS= read -r no_proxy
  LC_ALL=C
  export LC_ALL
  [ -z "$http_proxy" ] || export http_proxy https_proxy no_proxy
  version=$(dnf --quiet --disablerepo='*' --repofrompath="kubestrap-newest,$baseurl" \
    --enablerepo=kubestrap-newest repoquery --latest-limit=1 --qf '%{version}' kubelet \
    | tail -n 1)
  echo "version=$version"
}
