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
  install_node "$@" >&2 || { say "dnf could not install Node.js; behind a proxy: --proxy http://HOST:PORT"; exit 15; }
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
  proxy=${KUBESTRAP_PROXY:-}
  while [ $# -gt 0 ]; do
    [ "$1" = --proxy ] && proxy=${2:-}
    case $1 in --proxy=*) proxy=${1#--proxy=} ;; esac
    shift
  done
  say "installing Node.js with dnf"
  set -- --assumeyes --quiet --setopt=install_weak_deps=False
  [ -z "$proxy" ] || set -- "$@" "--setopt=proxy=$proxy"
  if dnf "$@" module list nodejs > /dev/null 2>&1; then
    dnf "$@" module reset nodejs > /dev/null # a stream that was enabled before cannot be switched
    dnf "$@" module enable nodejs:22 > /dev/null
  fi
  dnf "$@" install nodejs
}

main "$@"
exit
*/;
