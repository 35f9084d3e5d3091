#!/bin/sh
":" /*
# kubestrap phase @PHASE@. This file is shell and JavaScript in one: a shell runs the lines up to
# the star and slash below and hands over to Node.js, for which they are one comment.
# The phase's own code begins at line @LINE@; `--source` prints only that.

say() { printf '%s\n' "kubestrap: $*" >&2; }

main() {
  [ -f "$0" ] || { say "save this as a file first, then: sh @PHASE@.mjs"; exit 2; }
  for node in node /usr/bin/node-24 /usr/bin/node-22 /usr/local/bin/node; do
    if new_enough "$node"; then exec "$node" "$0" "$@"; fi
  done
  for word in "$@"; do
    case $word in
      --help | -h | --explain | --dry-run | --source | --version)
        say "$word needs Node.js 20 or newer, and installs nothing."
        say "Without $word this script installs it with dnf; by hand: dnf module enable nodejs:22 && dnf install nodejs"
        exit 2
        ;;
    esac
  done
  [ "$(id -u)" = 0 ] || { say "Node.js is missing, and installing it needs root: sudo sh $0"; exit 13; }
  command -v dnf > /dev/null || { say "neither Node.js >= 20 nor dnf is on this machine"; exit 10; }
  install_node "$@" >&2 || { say "dnf could not install Node.js: its own words are above. While something else installs packages wait for its end; behind a proxy: proxy: in the cluster file, or --proxy http://HOST:PORT"; exit 15; }
  new_enough node || { say "dnf installed Node.js $(node --version), but 20 or newer is needed"; exit 15; }
  exec node "$0" "$@"
}

# `node --version` and not `node -p`: half the time.
new_enough() {
  version=$("$1" --version 2> /dev/null) || return 1
  version=${version#v}
  [ "${version%%.*}" -ge 20 ] 2> /dev/null
}

# Enterprise Linux 9 has Node.js as a module in several streams; 10 has plain packages.
install_node() {
  find_proxy "$@"
  say "installing Node.js with dnf${http_proxy:+ through $http_proxy}"
  set -- --assumeyes --quiet --setopt=install_weak_deps=False
  # Enterprise Linux 10 has no modules. A stream that was enabled before is switched (man dnf.conf).
  dnf "$@" --setopt=module_stream_switch=true module enable nodejs:22 > /dev/null 2>&1
  dnf "$@" install nodejs
}

# --proxy URL, else what the orchestrator left here, else `proxy` in the cluster file.
find_proxy() {
  config=
  given=
  while [ $# -gt 0 ]; do
    case $1 in
      --proxy) given=${2:-} ;;
      --proxy=*) given=${1#*=} ;;
      --config) config=${2:-} ;;
      --config=*) config=${1#*=} ;;
    esac
    shift
  done
  if [ -n "$given" ]; then
    http_proxy=$given
    https_proxy=$given
  elif [ -r "$left" ]; then
    { IFS= read -r http_proxy; IFS= read -r https_proxy; IFS= read -r no_proxy; } < "$left"
  elif [ -r "$config" ]; then
    http_proxy=$(in_file http "$config")
    https_proxy=$(in_file https "$config")
    https_proxy=${https_proxy:-$http_proxy}
  fi
  export http_proxy https_proxy no_proxy
}

left=/run/kubestrap/proxy

# Without Node.js nobody can read YAML: a URL of `proxy:`, on its own line or in { }.
in_file() {
  sed -n "/^proxy:/,/^[^ #]/s|.*[{ ,]$1: *[\"']\{0,1\}\(https\{0,1\}://[^\"', }]*\).*|\1|p" "$2" | head -n 1
}

main "$@"
exit
*/;
