import type { Exercise } from './exercise.ts'
import { kubeletReports, worker } from './parts.ts'

export const runtimeStopped: Exercise = {
  name: 'runtime-stopped',
  title: 'The kubelet lives, and yet the node is not ready',
  level: 1,
  minutes: 10,
  needs: { runtime: 'containerd' },
  symptom: `${worker} becomes NotReady. \`systemctl status kubelet\` says "active (running)". No new container starts there.`,
  hints: [
    `\`journalctl -u kubelet --since -2min\` on ${worker}: whom does it try to reach?`,
    'The kubelet starts no container itself. It asks somebody on a socket under /run.',
    '`crictl info` asks the same one. Which service owns that socket?',
  ],
  break: [{ on: worker, run: 'systemctl disable --now containerd' }],
  checks: [
    { says: 'the container runtime answers', on: worker, test: 'crictl version' },
    {
      says: 'and it will do so after a reboot',
      on: worker,
      test: 'systemctl is-enabled containerd',
    },
    kubeletReports(worker),
  ],
  solution: [{ on: worker, run: 'systemctl enable --now containerd\nsystemctl restart kubelet' }],
  explanation:
    'The kubelet speaks CRI, gRPC on a Unix socket, to the container runtime. Without it the Ready condition becomes false with "container runtime is down". Running containers go on here too: each has a small process of its own (the shim, or conmon), and the runtime finds them again when it comes back.',
  links: [
    'https://kubernetes.io/docs/concepts/containers/cri/',
    'https://kubernetes.io/docs/tasks/debug/debug-cluster/crictl/',
  ],
}
