# Asks an external etcd with its client certificate, from a machine that may not have Node.js yet.
# Read-only but for a root-only folder in memory, which curl takes the files from; POSIX.

main() {
  IFS= read -r endpoints
  IFS= read -r question
  IFS= read -r ca
  IFS= read -r certificate
  IFS= read -r key
  LC_ALL=C
  export LC_ALL
  umask 077
  folder=$(mktemp -d /run/kubestrap-etcd.XXXXXX) || return 1
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 1' HUP INT TERM
  # printf belongs to the shell: no other process sees the key in its arguments.
  printf '%s' "$ca" | base64 -d > "$folder/ca"
  printf '%s' "$certificate" | base64 -d > "$folder/certificate"
  printf '%s' "$key" | base64 -d > "$folder/key"
  answering=
  for endpoint in $endpoints; do
    status=$(ask "$endpoint/health")
    printf 'endpoint=%s %s %s\n' "$endpoint" "${status:-000}" "$(one_line error)"
    [ "$status" != 200 ] || answering=${answering:-$endpoint}
  done
  [ -z "$answering" ] || {
    status=$(ask "$answering/v3/kv/range" --data "$question")
    printf 'data=%s %s\n' "${status:-000}" "$(one_line answer)"
  }
  echo 'asked=1'
}

# Gives the HTTP status; the body is in answer, what curl complains about in error.
ask() {
  url=$1
  shift
  : > "$folder/answer"
  curl --silent --show-error --noproxy '*' --max-time 5 --stderr "$folder/error" \
    --cacert "$folder/ca" --cert "$folder/certificate" --key "$folder/key" \
    --output "$folder/answer" --write-out '%{http_code}' "$@" -- "$url"
}

one_line() {
  head -c 500 "$folder/$1" 2> /dev/null | tr '\n\r' '  '
}
