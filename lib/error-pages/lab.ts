import type { Symptom } from './page.ts'

export const lab: Symptom = {
  title: 'The lab',
  about:
    'The rehearsal machines on one Linux computer; `npm run lab -- --help`, and [the lab’s page](../lab/README.md).',
  errors: {
    'KS-LAB-USAGE': {
      says: 'the command line is not understood',
      means: 'A verb or a flag of the lab is not known.',
      todo: '`npm run lab -- --help`',
    },
    'KS-LAB-HOST': {
      says: '<what this computer lacks>',
      means: 'Not Linux, not root, too little memory or disk, or no Go: all of it at once.',
      todo: 'What the lines say. On macOS and Windows use a Linux virtual machine or WSL 2.',
      unchanged: 'Nothing was installed or started.',
    },
    'KS-LAB-TOOLS': {
      says: 'the kube-proxy image takes <PROGRAMS> from this machine, where they are not',
      means: 'The lab’s image is made of this computer’s own packet filter programs.',
      todo: '`apt-get install -y nftables conntrack iptables`',
    },
    'KS-LAB-BUILD': {
      says: 'go could not build <PROGRAM>',
      means: 'Kubernetes is built from its Go modules; the compiler’s last lines are shown.',
      todo: 'Go 1.26 or newer, and a way to its module proxy (`go env GOPROXY`). What was built stays in the cache.',
    },
    'KS-LAB-RPM': {
      says: '<WHAT> failed',
      means: 'A package or repository of the lab could not be made; the last lines say why.',
      todo: 'Run the same command again.',
    },
    'KS-LAB-IMAGE': {
      says: '<WHAT> failed',
      means: 'The root file system of the machines could not be made.',
      todo: 'Check the network, or name another mirror in `KUBESTRAP_DEBIAN_MIRROR`.',
    },
    'KS-LAB-ARTIFACTS': {
      says: 'there are no artifacts in <FOLDER>',
      means:
        '`--artifacts DIR` wants `rpms/*.rpm`, `images/*.tar` (docker-archive), `manifests/*.yaml` or `bin/*`. With `--pod-network calico` the manifests have to be there: the lab’s machines reach no other place.',
      todo: 'Images: `podman save --format docker-archive --output FILE.tar NAME:TAG`.',
    },
    'KS-LAB-NETWORK': {
      says: 'no free network for the lab: 10.77.0.0/24 to 10.87.0.0/24 are all in use',
      means: 'Each lab has a network of its own, and there is none left.',
      todo: '`npm run lab -- --name NAME down` for a lab that is no longer needed.',
    },
    'KS-LAB-LOCKED': {
      says: 'another run of the lab has been working on <WHAT> for an hour',
      means: 'Two runs do not build the same thing at once.',
      todo: 'Wait; if there is none, remove the file that is named.',
    },
    'KS-LAB-MACHINE': {
      says: '<NAME> did not start: <WHAT>',
      means: 'A machine did not come up within its time.',
      todo: '`npm run lab -- logs NAME`',
    },
    'KS-LAB-NONE': {
      says: 'there is no lab "<NAME>"',
      means: 'It was never raised, or was taken down.',
      todo: '`npm run lab -- up`',
    },
    'KS-LAB-NO-MACHINE': {
      says: 'lab "<LAB>" has no machine "<NAME>"',
      means: 'The lines say which it has.',
      todo: '`npm run lab -- status`',
    },
    'KS-LAB-NAME': {
      says: 'not the name of a machine: <NAMES>',
      means: 'The lab’s machines have fixed names.',
      todo: 'k-master-1 to -9, k-worker-1 to -20, k-spare-1 to -9.',
    },
    'KS-LAB-NOT-RUNNING': {
      says: '<NAME> does not run, so it has no network',
      means: 'Its network cannot be cut while it is off.',
      todo: '`npm run lab -- start NAME`',
    },
    'KS-LAB-NO-EXERCISE': {
      says: 'there is no exercise "<NAME>"',
      means: 'The line says which was probably meant, or which there are.',
      todo: '`npm run lab -- exercise`',
    },
    'KS-LAB-EXERCISE-OPEN': {
      says: 'the exercise "<NAME>" is still open',
      means: 'One exercise at a time: two faults together would show symptoms of neither.',
      todo: 'Repair it, or `npm run lab -- exercise NAME --undo`.',
    },
    'KS-LAB-EXERCISE-NEEDS': {
      says: 'the exercise "<NAME>" does not fit lab "<LAB>"',
      means: 'The lines say what the lab would have to have: more machines, or other parts.',
      todo: 'Another exercise, or the default lab: `npm start`.',
    },
    'KS-LAB-UNHEALTHY': {
      says: 'the cluster of lab "<LAB>" is not healthy, so nothing is broken on purpose',
      means:
        'An exercise begins with a healthy cluster, or nobody could tell its fault from another one. There may be no cluster yet.',
      todo: '`npm start` raises one. `npm run lab -- kubectl get nodes,pods -A` shows what it lacks.',
    },
    'KS-LAB-EXERCISE-LINES': {
      says: 'a part of the exercise ended with <CODE> on <NODE>',
      means: 'A command of the exercise failed; it and its last lines are shown.',
      todo: 'Look at the machine, then `npm run lab -- exercise NAME --undo`.',
    },
    'KS-LAB-EXERCISE-WHOLE': {
      says: '"<NAME>" was broken, but the cluster does not show it',
      means: 'The damage was done, and the checks still say that everything is well.',
      todo: '`npm run lab -- exercise NAME --undo`; it is a fault of the exercise.',
    },
    'KS-LAB-NO-API': {
      says: 'no control plane of the lab has an API server that answers',
      means: '`kubectl` of the lab asks the control planes one after the other.',
      todo: '`npm run lab -- status`',
    },
  },
  messages: [],
}
