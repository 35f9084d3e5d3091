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
    '/var/log/pods is one of its own, and full: `df -h`, and `df -i` for its inodes. Of what? `du -a --inodes /var/log/pods | sort -n | tail -n 3`',
  ],
  break: [
    {
      on: worker,
      // In the folder of a Pod that lives: the kubelet clears away what belongs to none, every minute.
      run: `pod=$(ls -d /var/log/pods/kube-system_kube-proxy-* | head -n 1)
mount -t tmpfs -o size=256k,nr_inodes=64,mode=0755 log-partition /var/log/pods
mkdir -p "$pod/backup-before-update"
dd if=/dev/zero of="$pod/backup-before-update/archive.img" bs=4k 2> /dev/null || true
i=0; while mkdir "$pod/backup-before-update/$i" 2> /dev/null; do i=$((i + 1)); done`,
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
  solution: [
    {
      on: worker,
      run: 'df -h /var/log/pods\ndf -i /var/log/pods\nrm -r /var/log/pods/*/backup-before-update',
    },
  ],
  undo: [{ on: worker, run: 'rm -rf /var/log/pods/*/backup-before-update' }],
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
