import type { Exercise } from './exercise.ts'
import { kubeletReports, worker } from './parts.ts'

export const firewallClosed: Exercise = {
  name: 'firewall-closed',
  title: 'The line is dead',
  level: 2,
  minutes: 20,
  symptom: `The network team has "hardened" ${worker}. It becomes NotReady. Ping works, ssh works, its kubelet runs and its configuration is untouched.`,
  hints: [
    `From ${worker}: \`curl --insecure --max-time 5 https://ENDPOINT:6443/readyz\`. Refused and silent are two different things.`,
    'Silent: somebody drops the packets. On the way, or right here? Linux has one place where all rules stand.',
    '`nft list ruleset` shows the tables of kube-proxy and kubestrap, and one that is neither.',
  ],
  break: [
    {
      on: worker,
      run: `nft --file - <<'RULES'
table inet hardening {
  chain output {
    type filter hook output priority filter; policy accept;
    tcp dport { 2379, 6443, 10250 } counter drop
  }
}
RULES`,
    },
  ],
  checks: [
    {
      says: `${worker} reaches the endpoint of the cluster`,
      on: worker,
      test: `server=$(sed -n 's/.*server: //p' /etc/kubernetes/kubelet.conf)
curl --silent --fail --insecure --max-time 5 "$server/readyz"`,
    },
    kubeletReports(worker),
  ],
  solution: [{ on: worker, run: 'nft list table inet hardening\nnft delete table inet hardening' }],
  undo: [{ on: worker, run: 'nft delete table inet hardening 2> /dev/null || true' }],
  explanation:
    '"Connection refused" means that somebody answered: the machine is there, the port is not. Silence means that packets vanish. The counter in the rule shows it: it grows with each try. Kubernetes needs few ports, and all of them between nodes: 6443, 10250, for etcd 2379 and 2380, and those of the pod network.',
  links: [
    'https://kubernetes.io/docs/reference/networking/ports-and-protocols/',
    'https://wiki.nftables.org/wiki-nftables/index.php/Quick_reference-nftables_in_10_minutes',
  ],
}
