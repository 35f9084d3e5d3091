# Asks a repository for its newest kubelet: read-only, POSIX, for a machine that has dnf only.

main() {
  IFS= read -r baseurl
  LC_ALL=C
  export LC_ALL
  version=$(dnf --quiet --disablerepo='*' --repofrompath="kubestrap-newest,$baseurl" \
    --enablerepo=kubestrap-newest repoquery --latest-limit=1 --qf '%{version}' kubelet \
    | tail -n 1)
  echo "version=$version"
}
