import type { Exercise } from './exercise.ts'
import { master, worker } from './parts.ts'

export const podRoute: Exercise = {
  name: 'pod-route',
  title: 'Pods that cannot meet',
  level: 3,
  minutes: 25,
  needs: { podNetwork: 'bridge' },
  symptom: `All nodes are Ready, all Pods run. But from ${worker} no Pod of another node can be reached: names do not resolve there, and to the address of a CoreDNS Pod \`curl http://ADDRESS:8080/health\` says "no route to host". On the node where that Pod runs the same line answers "OK".`,
  hints: [
    `How does a packet from ${worker} find the Pods of k-master-1? \`ip route get ADDRESS\``,
    'Each node has a range (`kubectl get nodes -o custom-columns=NAME:.metadata.name,RANGE:.spec.podCIDR`). With the bridge plugin somebody must tell every node where the ranges of the others are.',
    '`systemctl list-units "kubestrap*"`; look at what the unit does: `systemctl cat`.',
  ],
  break: [
    {
      on: worker,
      run: `ip -4 route show | grep '^10\\.244\\..* via ' | while read -r range rest; do ip -4 route delete "$range"; done`,
    },
  ],
  checks: [
    {
      says: `${worker} has a route to the Pods of every other node`,
      on: worker,
      test: `[ "$(grep --count 'ip -4 route replace 10' /etc/systemd/system/kubestrap-pod-routes.service)" = "$(ip -4 route show | grep --count '^10\\.244\\..* via ')" ]`,
    },
  ],
  solution: [{ on: worker, run: 'systemctl restart kubestrap-pod-routes' }],
  explanation: `Kubernetes asks for one thing of a pod network: every Pod reaches every other without address translation. The bridge plugin does that on one node; between nodes the kernel needs a route for each range, here set by one unit of systemd at boot. Somebody had flushed the table. Calico, Cilium and flannel keep these routes (or tunnels) themselves. ${master} still knew the way there, but the answers did not find back.`,
  links: [
    'https://kubernetes.io/docs/concepts/cluster-administration/networking/',
    'https://www.cni.dev/plugins/current/main/bridge/',
  ],
}
