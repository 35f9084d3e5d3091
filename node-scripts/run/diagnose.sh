# What a person would look at on a machine that does not do what it should, in one go. Read-only,
# POSIX, works without Node.js. Each part is bounded in time and size; the files are a fixed list in
# which no key is meant to be: what slips through is masked by the orchestrator.

main() {
  IFS= read -r mark
  LC_ALL=C
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  export LC_ALL PATH
  section system sh -c 'uname -a; cat /etc/os-release; hostname; uptime; date --utc --iso-8601=seconds'
  section memory free -m
  section disks sh -c 'df -PT; echo; df -Pi'
  section mounts cat /proc/mounts
  section swap cat /proc/swaps
  section time sh -c 'timedatectl show; chronyc -n tracking'
  section network sh -c 'ip address; ip route; ip -6 route; cat /etc/hosts /etc/resolv.conf'
  section ports ss -ltunp
  section firewall sh -c 'firewall-cmd --state; nft list ruleset'
  section kernel sh -c 'sysctl net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.bridge; lsmod; getenforce'
  section packages sh -c 'rpm -q kubelet kubeadm kubectl cri-tools kubernetes-cni cri-o containerd.io container-selinux nodejs podman'
  section units sh -c 'systemctl --no-pager --failed; systemctl show --property=Id,LoadState,ActiveState,SubState,Result,NRestarts,ActiveEnterTimestamp kubelet crio containerd firewalld chronyd NetworkManager kubestrap-pod-routes; systemctl list-units --no-pager "kubestrap-*"'
  section kubelet-log journalctl --no-pager --output=short-iso --lines=400 --unit=kubelet
  section runtime-log journalctl --no-pager --output=short-iso --lines=200 --unit=crio --unit=containerd
  section kernel-log journalctl --no-pager --output=short-iso --lines=100 --dmesg --priority=warning
  section containers sh -c 'crictl ps --all; crictl images'
  section static-pods sh -c 'for f in /var/log/pods/kube-system_*/*/*.log; do [ -f "$f" ] || continue; echo "--- $f"; tail -n 60 "$f"; done'
  section manifests sh -c 'for f in /etc/kubernetes/manifests/*.yaml; do [ -f "$f" ] || continue; echo "--- $f"; cat "$f"; done'
  section kubelet-files sh -c 'ls -lR /etc/kubernetes; cat /var/lib/kubelet/config.yaml /var/lib/kubelet/kubeadm-flags.env'
  section runtime-files sh -c 'for f in /etc/crio/crio.conf.d/* /etc/containerd/config.toml /etc/cni/net.d/*.conflist; do [ -f "$f" ] || continue; echo "--- $f"; cat "$f"; done; ls -l /opt/cni/bin'
  section repositories sh -c 'for f in /etc/yum.repos.d/kubestrap-*.repo; do [ -f "$f" ] || continue; echo "--- $f"; cat "$f"; done'
  begin certificates
  certificates 2>&1 | bounded
  section kubestrap sh -c 'ls -lR /var/lib/kubestrap; for f in /var/lib/kubestrap/member /var/lib/kubestrap/begun /var/lib/kubestrap/results/*; do [ -f "$f" ] || continue; echo "--- $f"; cat "$f"; echo; done'
  begin runs
  runs /run/kubestrap/runs | bounded
  [ ! -f /etc/kubernetes/admin.conf ] || cluster
  printf '%s end\n' "$mark"
}

cluster() {
  asked nodes get nodes --output=wide
  asked pods get pods --all-namespaces --output=wide
  asked events get events --all-namespaces --sort-by=.lastTimestamp
  asked requests get certificatesigningrequests
  asked workloads get deployments,daemonsets,services,endpointslices --all-namespaces --output=wide
  asked calico get tigerastatus,installations.operator.tigera.io --output=yaml
  asked leases --namespace kube-system get leases --output=yaml
}

# The node's own API server is asked, so that a dead endpoint hides nothing.
kube() {
  address=$(sed -n 's/.*--advertise-address=//p' /etc/kubernetes/manifests/kube-apiserver.yaml | head -n 1)
  case $address in *:*) address="[$address]" ;; esac
  kubectl --kubeconfig /etc/kubernetes/admin.conf --server "https://$address:6443" --request-timeout=10s "$@"
}

asked() {
  begin "$1"
  shift
  { kube "$@" 2>&1 || printf '\n(exit code %s)\n' "$?"; } | bounded
}

# What the last phases did, newest first: their events, in which secrets are masked already, and what
# no event told (a crash). So many lines that all five fit.
runs() {
  for run in $(ls -dt "$1"/*/ 2> /dev/null | head -n 5); do
    for file in "${run}events.jsonl" "${run}output"; do
      [ -s "$file" ] || continue
      echo "--- $file"
      tail -n 100 "$file"
    done
  done
}

certificates() {
  for file in /etc/kubernetes/pki/*.crt /etc/kubernetes/pki/*/*.crt /var/lib/kubelet/pki/*.pem; do
    [ -f "$file" ] || continue
    printf '%s ' "$file"
    openssl x509 -in "$file" -noout -enddate -subject | tr '\n' ' '
    echo
  done
  for file in /etc/kubernetes/*.conf; do
    [ -f "$file" ] || continue
    printf '%s ' "$file"
    sed -n 's/^ *client-certificate-data: //p' "$file" | base64 -d | openssl x509 -noout -enddate -subject | tr '\n' ' '
    echo
  done
}

begin() {
  printf '%s section %s\n' "$mark" "$1"
}

bounded() {
  head -c 300000
  echo
}

section() {
  begin "$1"
  shift
  { timeout 20 "$@" 2>&1 < /dev/null || printf '\n(exit code %s)\n' "$?"; } | bounded
}
