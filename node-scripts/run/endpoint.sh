# Asks the endpoint for /readyz until it has answered three times in a row: read-only, POSIX.

main() {
  IFS= read -r endpoint
  LC_ALL=C
  export LC_ALL
  in_a_row=0
  tries=0
  while [ "$tries" -lt 180 ]; do
    tries=$((tries + 1))
    status=$(curl --insecure --silent --output /dev/null --max-time 5 --write-out '%{http_code}' \
      -- "https://$endpoint/readyz" 2> /dev/null)
    if [ "$status" = 200 ]; then in_a_row=$((in_a_row + 1)); else in_a_row=0; fi
    [ "$in_a_row" -lt 3 ] || { echo 'endpoint=ready'; return 0; }
    [ "$in_a_row" -gt 0 ] || sleep 1
  done
  echo "endpoint=$status"
}
