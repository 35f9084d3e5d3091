# One orchestrator at a time on a node. Runs for as long as the orchestrator does, and holds a lock
# (flock) that ends with it: no file has to be cleaned up after a crash. The orchestrator sends a
# line every few seconds; when none comes for half a minute (its computer sleeps, the network is
# gone) it counts as gone. Each line is answered: while the answer is young, nobody else can have
# taken the node. POSIX; wrapped in main, so that a copy cut on the way runs nothing.

main() {
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  export PATH
  folder=/run/kubestrap
  umask 077
  mkdir -p "$folder"
  IFS= read -r holder || return 0
  exec 9>> "$folder/orchestrator.lock"
  if ! flock --nonblock 9; then
    printf 'held %s\n' "$(cat "$folder/orchestrator" 2> /dev/null)"
    return 0
  fi
  # What an orchestrator left that ended without a word.
  [ ! -s "$folder/orchestrator" ] || printf 'left %s\n' "$(cat "$folder/orchestrator")"
  printf '%s\n' "$holder" > "$folder/orchestrator"
  echo mine
  while beat=$(timeout 30 sh -c 'IFS= read -r beat && printf "%s" "$beat"' 9>&-); do
    if [ "$beat" = release ]; then
      rm -f "$folder/orchestrator"
      return 0
    fi
    printf 'still %s\n' "$beat"
  done
}
