# What a node is, in lines of KEY=VALUE: read-only, POSIX, for a machine that may have no Node.js.
# Sent on standard input to `sh -s`; the values it needs follow as a here-document of the call.
# Wrapped in main, so that a copy cut on the way runs nothing.

fact() { printf '%s=%s\n' "$1" "$2"; }
there() { if [ -e "$1" ]; then echo yes; else echo no; fi; }

main() {
  IFS= read -r endpoint
  IFS= read -r bundles
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  LC_ALL=C
  export PATH LC_ALL
  fact facts 1
  fact hostname "$(hostname)"
  fact os "$(. /etc/os-release 2> /dev/null && printf %s "$PRETTY_NAME")"
  fact arch "$(uname -m)"
  fact systemd "$(there /run/systemd/system)"
  fact dnf "$(command -v dnf)"
  node=$(newest_node)
  fact node "$("${node:-false}" --version 2> /dev/null)"
  fact addresses "$(ip -o addr show 2> /dev/null | awk '{ sub("/.*", "", $4); printf "%s ", $4 }')"
  fact kubeletConf "$(there /etc/kubernetes/kubelet.conf)"
  fact etcdData "$(there /var/lib/etcd/member)"
  fact apiServerManifest "$(there /etc/kubernetes/manifests/kube-apiserver.yaml)"
  fact ca "$(sha256sum /etc/kubernetes/pki/ca.crt 2> /dev/null | cut -d ' ' -f 1)"
  fact unit "$(running_unit)"
  fact endpointStatus "$(endpoint_status "$endpoint")"
  have=$(bundles_there "/var/lib/kubestrap/bundles/$bundles")
  fact bundles "$have"
  # One question a node: what is left on standard input is the request for inspect.mjs.
  if [ "$have" = yes ] && [ -n "$node" ]; then
    exec "$node" "/var/lib/kubestrap/bundles/$bundles/inspect.mjs" query
  fi
}

# Node.js 20 or newer, looked for as the phases' own header does.
newest_node() {
  for name in node /usr/bin/node-24 /usr/bin/node-22 /usr/local/bin/node; do
    case $("$name" --version 2> /dev/null) in
      v2[0-9].* | v[3-9][0-9].*)
        command -v "$name"
        return
        ;;
    esac
  done
}

# The phase that runs here now: its run id stands in the unit's name.
running_unit() {
  systemctl list-units --plain --no-legend --state=active,activating 'kubestrap-run-*.service' \
    2> /dev/null | awk 'NR == 1 { print $1 }'
}

# HTTP status of /readyz at the endpoint; 000 when nothing answers there.
endpoint_status() {
  [ -n "$1" ] && command -v curl > /dev/null || return 0
  curl --insecure --silent --output /dev/null --max-time 3 --write-out '%{http_code}' \
    -- "https://$1/readyz" 2> /dev/null
}

bundles_there() {
  if cd "$1" 2> /dev/null && sha256sum --check --status SHA256SUMS 2> /dev/null; then
    echo yes
  else
    echo no
  fi
}
