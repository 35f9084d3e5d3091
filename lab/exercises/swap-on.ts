import type { Exercise } from './exercise.ts'
import { kubeletReports, worker } from './parts.ts'

const device = '/dev/mapper/cs-swap'

export const swapOn: Exercise = {
  name: 'swap-on',
  title: 'After the reboot of a template',
  level: 2,
  minutes: 15,
  symptom: `A colleague has "given ${worker} a bit more memory". Since then the node is NotReady, and its kubelet starts again every ten seconds.`,
  hints: [
    `\`journalctl -u kubelet -n 30 --no-pager\` on ${worker}: the last line before it ends is the reason.`,
    '"running with swap on is not supported". What is in /proc/swaps?',
    'Switched off now is not switched off after the next boot: /etc/fstab.',
  ],
  keeps: { on: worker, paths: ['/etc/fstab'] },
  break: [
    {
      on: worker,
      run: `echo '${device} none swap defaults 0 0' >> /etc/fstab
swapon ${device}
systemctl restart kubelet || true`,
    },
  ],
  checks: [
    { says: 'no swap now', on: worker, test: '[ "$(wc -l < /proc/swaps)" = 1 ]' },
    {
      says: 'no swap after the next boot',
      on: worker,
      test: "! grep -E '^[^#].*[[:space:]]swap[[:space:]]' /etc/fstab",
    },
    kubeletReports(worker),
  ],
  solution: [
    {
      on: worker,
      run: "swapoff --all\nsed -i '/[[:space:]]swap[[:space:]]/d' /etc/fstab\nsystemctl restart kubelet",
    },
  ],
  explanation:
    'The scheduler counts memory, and the kubelet promises it to Pods; with swap a limit would say nothing about how slow a Pod may become. So the kubelet refuses to start (`failSwapOn: true`) unless swap is configured for it. In the lab `swapon` keeps a list of the node’s own and leaves your computer’s swap alone.',
  links: [
    'https://kubernetes.io/docs/concepts/cluster-administration/swap-memory-management/',
    'https://man7.org/linux/man-pages/man5/fstab.5.html',
  ],
}
