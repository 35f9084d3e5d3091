import type { Exercise } from './exercise.ts'
import { deployWeb, removeWeb, webRuns, worker } from './parts.ts'

export const diskFull: Exercise = {
  name: 'disk-full',
  title: 'No space left',
  level: 2,
  minutes: 15,
  symptom: `A Pod that is given to ${worker} does not start: the Deployment "library" in the namespace "exercise" hangs in ContainerCreating. What ran before runs on.`,
  hints: [
    '`kubectl -n exercise describe pod`: the events say what the kubelet could not do.',
    `A machine has more than one file system: \`df -h\` on ${worker}.`,
    '/var/log/pods is one of its own, and full. Of what? `du -ah /var/log/pods | sort -h | tail`',
  ],
  break: [
    {
      on: worker,
      run: `mount -t tmpfs -o size=256k,mode=0755 log-partition /var/log/pods
dd if=/dev/zero of=/var/log/pods/backup-before-update.img bs=4k 2> /dev/null || true
i=0; while mkdir /var/log/pods/old-$i 2> /dev/null && echo x > /var/log/pods/old-$i/x 2> /dev/null; do i=$((i + 1)); done`,
    },
    deployWeb,
  ],
  checks: [
    {
      says: 'there is room for logs of Pods',
      on: worker,
      test: '[ "$(df --output=pcent /var/log/pods | tail -n 1 | tr -dc 0-9)" -lt 80 ]',
    },
    webRuns,
  ],
  solution: [{ on: worker, run: 'df -h /var/log/pods\nrm /var/log/pods/backup-before-update.img' }],
  undo: [{ on: worker, run: 'rm -f /var/log/pods/backup-before-update.img' }],
  clean: [
    removeWeb,
    {
      on: worker,
      run: 'while [ "$(findmnt --noheadings --output SOURCE /var/log/pods)" = log-partition ]; do umount --lazy /var/log/pods; done',
    },
  ],
  explanation:
    'The kubelet makes a folder for the logs of each container before it starts it. It watches the file systems of its own folder, of images and of containers, and evicts Pods when these fill up (DiskPressure); a log partition of its own is none of them, so nobody warns. On a real machine `journalctl --vacuum-size` and `crictl rmi --prune` are the next two places to look.',
  links: [
    'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/',
    'https://kubernetes.io/docs/concepts/cluster-administration/logging/',
  ],
}
