#!/bin/sh
# CRI-O of the lab: a stand-in, since CRI-O itself cannot be had from the registries. It has CRI-O's
# package name, unit, socket and configuration files; containerd does the work behind them.
# `lab up --artifacts DIR` with the real cri-o package in DIR/rpms uses that one instead.
set -eu

here=/usr/libexec/crio-stand-in
run=/run/crio-stand-in

case ${1:-} in
  version | --version | -v)
    echo 'crio version 1.36.3 (stand-in of the kubestrap lab: containerd answers)'
    exit 0
    ;;
esac

# A setting of CRI-O: the last file that names it wins, as crio.conf.d(5) says.
setting() {
  cat /etc/crio/crio.conf.d/*.conf 2> /dev/null |
    sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*\"\(.*\)\"[[:space:]]*\$/\1/p" | tail -n 1
}

# Mirrors of containers-registries.conf(5), as containerd wants them.
mirrors() {
  cat /etc/containers/registries.conf.d/*.conf 2> /dev/null | awk -v folder="$1" '
    function value(line) { sub(/^[^=]*= *"?/, "", line); sub(/"? *$/, "", line); return line }
    function flush() {
      if (prefix != "" && mirror != "") {
        system("mkdir -p \"" folder "/" prefix "\"")
        file = folder "/" prefix "/hosts.toml"
        printf "server = \"https://%s\"\n[host.\"%s://%s\"]\n  capabilities = [\"pull\", \"resolve\"]\n", \
          prefix, scheme, mirror > file
        close(file)
      }
      prefix = ""; mirror = ""; scheme = "https"; inside = 0
    }
    /^\[\[registry\]\]/ { flush() }
    /^\[\[registry\.mirror\]\]/ { inside = 1 }
    /^prefix *=/ { prefix = value($0) }
    /^location *=/ && inside { mirror = value($0) }
    /^insecure *= *true/ && inside { scheme = "http" }
    END { flush() }'
}

mkdir -p "$run" /var/run/crio
rm -rf "$run/certs.d"
mirrors "$run/certs.d"
[ "$(setting cgroup_manager)" = cgroupfs ] && systemd_cgroup=false || systemd_cgroup=true
cat > "$run/config.toml" << TOML
version = 3
root = '/var/lib/containers/stand-in'
state = '$run/state'
[grpc]
  address = '/var/run/crio/crio.sock'
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = '$(setting pause_image)'
[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = '$run/certs.d'
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
    SystemdCgroup = $systemd_cgroup
TOML

PATH=$here:$PATH
export PATH
exec "$here/containerd" --config "$run/config.toml"
