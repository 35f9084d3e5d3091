# What a node is, in lines of KEY=VALUE: read-only, POSIX, for a machine that may have no Node.js.
# Sent on standard input to `sh -s`; the values it needs follow as a here-document of the call.
# Wrapped in main, so that a copy cut on the way runs nothing.
# Lists are words with blanks between them; inside a word "|" separates. What is asked of others
# (endpoint, peers, servers) runs side by side in the background, a few seconds at most.

# One line a value: another one in it would be read as a fact of its own.
fact() { printf '%s=%s\n' "$1" "${2%%"$line_feed"*}"; }
line_feed='
'
# KEY PATH
exists() { if [ -e "$2" ]; then fact "$1" yes; else fact "$1" no; fi; }
# The first line of a file, or nothing; the shell reads it itself, which costs no process.
line_of() {
  line=
  [ ! -r "$1" ] || IFS= read -r line 2> /dev/null < "$1"
}
has() { command -v "$1" > /dev/null 2>&1; }

main() {
  IFS= read -r endpoint
  IFS= read -r bundles
  IFS= read -r address
  IFS= read -r interface
  IFS= read -r peers
  IFS= read -r name
  IFS= read -r virtual
  IFS= read -r urls
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  LC_ALL=C
  export PATH LC_ALL
  # A "*" in a value is no pattern.
  set -f
  fact facts 1
  fact clock "$(date +%s.%N)"
  line_of /proc/sys/kernel/hostname
  fact hostname "$line"
  fact arch "$(uname -m)"
  line_of /proc/sys/kernel/osrelease
  fact kernel "$line"
  exists systemd /run/systemd/system
  fact dnf "$(command -v dnf)"
  newest_node
  fact node "$version"
  exists kubeletConf /etc/kubernetes/kubelet.conf
  exists etcdData /var/lib/etcd/member
  exists apiServerManifest /etc/kubernetes/manifests/kube-apiserver.yaml
  sum=$(sha256sum /etc/kubernetes/pki/ca.crt 2> /dev/null)
  fact ca "${sum%% *}"
  unit=$(running_unit)
  fact unit "${unit%% *}"
  { fact endpointStatus "$(endpoint_status "$endpoint")"; } &
  # Starts a service of systemd's; only asked of machines that are to join.
  if [ ! -e /etc/kubernetes/kubelet.conf ]; then
    { fact timeSynchronized "$(timeout 3 timedatectl show --property=NTPSynchronized --value 2> /dev/null)"; } &
  fi
  identity
  machine
  if [ -n "$peers$name$virtual$urls" ] && is_fresh; then
    questions
  fi
  wait
  have=$(bundles_there "/var/lib/kubestrap/bundles/$bundles")
  fact bundles "$have"
  # One question a node: what is left on standard input is the request for inspect.mjs.
  if [ "$have" = yes ] && [ -n "$node" ]; then
    exec "$node" "/var/lib/kubestrap/bundles/$bundles/inspect.mjs" query
  fi
}

# Node.js 20 or newer, looked for as the phases' own header does: sets node and version.
newest_node() {
  for node in node /usr/bin/node-24 /usr/bin/node-22 /usr/local/bin/node; do
    version=$("$node" --version 2> /dev/null)
    case $version in v2[0-9].* | v[3-9][0-9].*) return ;; esac
  done
  node=
  version=
}

# The phase that runs here now: its run id stands in the unit's name.
running_unit() {
  systemctl list-units --plain --no-legend --state=active,activating 'kubestrap-run-*.service' \
    2> /dev/null
}

# HTTP status of /readyz at the endpoint; 000 when nothing answers there.
endpoint_status() {
  [ -n "$1" ] && has curl || return 0
  curl --insecure --silent --noproxy '*' --output /dev/null --max-time 3 \
    --write-out '%{http_code}' -- "https://$1/readyz" 2> /dev/null
}

bundles_there() {
  if cd "$1" 2> /dev/null && sha256sum --check --status SHA256SUMS 2> /dev/null; then
    echo yes
  else
    echo no
  fi
}

# What tells this machine from its clones.
identity() {
  os_release
  line_of /etc/machine-id
  fact machineId "$line"
  line_of /sys/class/dmi/id/product_uuid
  fact productUuid "$line"
  networks=$(ip -o addr show 2> /dev/null | awk '$4 !~ /^fe80:/ { printf "%s|%s ", $2, $4 }')
  addresses=
  own=
  for network in $networks; do
    one=${network#*'|'}
    one=${one%%/*}
    addresses="$addresses$one "
    if [ -z "$own" ] && [ "$one" = "$address" ]; then own=${network%%'|'*}; fi
  done
  fact addresses "$addresses"
  fact networks "$networks"
  # Word by word: a list, not lines.
  # shellcheck disable=SC2046
  set -- $(ls /sys/class/net 2> /dev/null)
  fact interfaces "$*"
  hardware_addresses "$@"
  fact macs "$macs"
}

# In a shell of its own: the file sets whatever it likes.
os_release() (
  [ -r /etc/os-release ] || return
  . /etc/os-release
  fact os "${PRETTY_NAME:-}"
  fact osId "${ID:-}"
  fact osLike "${ID_LIKE:-}"
  fact osVersion "${VERSION_ID:-}"
)

# Of real devices, and of the interface that carries the node's address; pods' are nobody's business.
hardware_addresses() {
  macs=
  for device in "$@"; do
    [ -e "/sys/class/net/$device/device" ] || [ "$device" = "$own" ] || continue
    line_of "/sys/class/net/$device/address"
    case $line in '' | 00:00:00:00:00:00) ;; *) macs="$macs$device|$line " ;; esac
  done
}

machine() {
  fact memoryKiB "$(awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo 2> /dev/null)"
  fact cpus "$(nproc 2> /dev/null || getconf _NPROCESSORS_ONLN 2> /dev/null)"
  fact cgroup "$(if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo 2; else echo 1; fi)"
  fact disks "$(free_space / /var/lib/etcd /var/lib/containerd /var/lib/containers /var/lib/kubelet)"
  fact ports "$(listening)"
  fact firewalld "$(systemctl is-active firewalld.service 2> /dev/null)"
}

# FOLDER|MOUNT POINT|FREE KiB|SIZE KiB, of the file system that the folder is or will be on.
free_space() {
  folders=$*
  for folder in $folders; do
    while [ ! -d "$folder" ]; do
      folder=${folder%/*}
      folder=${folder:-/}
    done
    set -- "$@" "$folder"
    shift
  done
  df -Pk "$@" 2> /dev/null | awk -v folders="$folders" '
    BEGIN { count = split(folders, folder, " ") }
    NR > 1 { told = told sprintf("%s|%s|%s|%s ", folder[NR - 1], $6, $4, $2) }
    # A file system that gives no answer has no line: then the others cannot be told apart.
    END { if (NR - 1 == count) printf "%s", told }'
}

# PORT|PROGRAM of the ports that Kubernetes listens on.
listening() {
  ss -H -ltnp 2> /dev/null | awk '
    BEGIN { split("6443 2379 2380 2381 10248 10249 10250 10256 10257 10259", list); for (i in list) ours[list[i]] = 1 }
    {
      n = split($4, part, ":"); port = part[n]; program = ""
      if (match($0, /users:\(\("[^"]*"/)) program = substr($0, RSTART + 9, RLENGTH - 10)
      gsub(/[^A-Za-z0-9_.:@-]/, "_", program)
      if (port in ours && !seen[port]++) printf "%s|%s ", port, program
    }'
}

# A machine that no cluster lives on yet; a member has other ways to tell that it is well.
is_fresh() {
  for trace in /etc/kubernetes/kubelet.conf /etc/kubernetes/manifests/kube-apiserver.yaml \
    /var/lib/etcd/member /var/lib/kubestrap/begun; do
    [ ! -e "$trace" ] || return 1
  done
  has curl
}

questions() {
  fact asked yes
  { fact blocked "$(blocked_ports)"; } &
  { fact served "$(answers_of_servers)"; } &
  if [ -n "$name" ]; then
    { fact resolved "$(timeout 3 getent ahosts "$name" 2> /dev/null | awk '!seen[$1]++ { printf "%s ", $1 }')"; } &
  fi
  if [ -n "$virtual" ]; then
    { fact holder "$(holder_of "$virtual" "${interface:-$own}")"; } &
  fi
}

# NUMBER|HOW for each ADDRESS:PORT of the list, the first is 0, that a packet filter keeps from us.
# Nobody listens there before there is a cluster: "connection refused" means that the way is free.
blocked_ports() {
  number=0
  for target in $peers; do
    { knock "$number" "$target"; } &
    number=$((number + 1))
  done
  wait
}

knock() {
  # curl names the reason only in its verbose output, and in every version; -w says whether it got
  # through. "No route to host" at once is what firewalld's reject looks like.
  said=$(curl --verbose --silent --noproxy '*' --globoff --output /dev/null --connect-timeout 2 \
    --max-time 3 --write-out 'connected=%{time_connect}\n' -- "http://$2/" 2>&1)
  case $said in
    *connected=0.000000*) ;;
    *) return ;;
  esac
  case $said in
    *refused*) ;;
    *'No route to host'* | *unreachable* | *'ermission denied'*) printf '%s|rejected ' "$1" ;;
    *) printf '%s|silent ' "$1" ;;
  esac
}

# NUMBER|CURL'S EXIT CODE|HTTP STATUS for each URL of the list; it may have |PROXY at its end.
answers_of_servers() {
  number=0
  release=$(os_release | sed -n 's/^osVersion=\([^.]*\).*/\1/p')
  for word in $urls; do
    case $word in
      *'|'*) proxy=${word#*'|'} ;;
      *) proxy= ;;
    esac
    url=$(replaced "${word%%'|'*}" '$releasever' "$release")
    url=$(replaced "$url" '$basearch' "$(uname -m)")
    { ask_server "$number" "$url" "$proxy"; } &
    number=$((number + 1))
  done
  wait
}

ask_server() {
  if [ -n "$3" ]; then direct=; else direct='*'; fi
  status=$(curl --silent --location --globoff --proxy "$3" --noproxy "$direct" \
    --output /dev/null --max-time 3 --write-out '%{http_code}' -- "$2" 2> /dev/null)
  printf '%s|%s|%s ' "$1" "$?" "$status"
}

# TEXT WHAT BY
replaced() {
  case $1 in
    *"$2"*) printf '%s' "${1%%"$2"*}$3${1#*"$2"}" ;;
    *) printf '%s' "$1" ;;
  esac
}

# Hardware address of whoever has the address now; empty when nobody answers.
# arping is what RFC 5227 calls a probe; without it the kernel's own question does.
holder_of() {
  case $1 in
    *:*) ;;
    *)
      if has arping; then
        arping -D -c 2 -w 2 -I "$2" "$1" 2> /dev/null |
          sed -n 's/.*\[\([0-9A-Fa-f:]\{17\}\)\].*/\1/p' | head -n 1
        return
      fi
      ;;
  esac
  if ping -c 1 -W 2 -I "$2" "$1" > /dev/null 2>&1; then answered=yes; else answered=no; fi
  ip neigh show to "$1" dev "$2" 2> /dev/null | awk -v answered="$answered" '
    match($0, /lladdr [0-9a-f:]+/) && (answered == "yes" || /REACHABLE/) {
      print substr($0, RSTART + 7, RLENGTH - 7); exit
    }'
}
