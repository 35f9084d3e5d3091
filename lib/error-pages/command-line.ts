import type { Symptom } from './page.ts'

export const commandLine: Symptom = {
  title: 'The command or the cluster file is refused',
  about:
    'Exit code 2. Nothing was done, on no node. `kubestrap plan --offline` checks the file without asking any node.',
  errors: {
    'KS-USAGE': {
      says: 'the command line was not understood',
      means:
        'A word, a flag or a value is not known, or something is missing. Each wrong word has a line of its own, with "did you mean" where one is near.',
      todo: '`--help` lists what there is. Flags of the orchestrator and of a phase by hand are not the same: `node dist/node/NAME.mjs --help`.',
    },
    'KS-CLUSTER-FILE': {
      says: '<N> problems <in cluster.yaml>',
      means:
        'All problems of the file at once, each with its line, a caret, what was found and what is wanted. With flags alone the problem names the flag.',
      todo: 'Correct them and run the command again. Every key is in [cluster-file.md](cluster-file.md); the first line of the examples gives completion in an editor. Versions need quotes: `"1.40"`, or YAML reads the number 1.4.',
    },
    'KS-NO-CLUSTER-FILE': {
      says: 'there is no cluster file <FILE>',
      means: 'Without `--config` the file is `cluster.yaml` in the folder you are in.',
      todo: '`kubestrap new` writes one; or give it with `--config FILE`.',
    },
    'KS-INVENTORY': {
      says: '<N problems> in the inventory <FILE>',
      means:
        '`new --from-inventory` reads Ansible inventories in INI and YAML. A line was not understood, or a host has no IP address: Ansible resolves names at every run, a cluster keeps its addresses.',
      todo: 'Give such hosts `ansible_host=ADDRESS`; write out templates and names of groups. `ansible-inventory -i FILE --list --yaml` shows what Ansible itself reads. Dynamic inventories, group_vars and host_vars are not read.',
    },
    'KS-NO-REPORT': {
      says: 'no run has left a report yet',
      means:
        'Every `up` writes down what it does in `.kubestrap/NAME/runs/TIME` beside the cluster file; `kubestrap report` found no such run, or none whose time begins as you said.',
      todo: 'Run `kubestrap up` first, or give the beginning of a time that the message lists. The cluster file must be the one that the run was made with.',
    },
    'KS-NO-SUCH-NODE': {
      says: 'the cluster <NAME> has no node <NODE>',
      means: 'A node of the command line is not in the cluster file.',
      todo: 'Give one of the names that the message lists.',
    },
    'KS-NO-MANIFEST': {
      says: 'there is no manifest <FILE>',
      means:
        '`podNetwork.manifests` names a file, or `sources.manifests.calico` a folder, that is not there.',
      todo: 'Paths are relative to the folder of the cluster file, not to where you type.',
    },
    'KS-NOT-CONFIRMED': {
      says: 'the name of the cluster was not given',
      means: '`reset` asks for the name of the cluster, so that nobody takes down the wrong one.',
      todo: 'Type the name, or in scripts `--confirm NAME`.',
    },
    'KS-FILE-EXISTS': {
      says: '<FILE> is already there, and is not overwritten',
      means:
        '`--out` never overwrites: the file may hold credentials or a kubeconfig of another cluster.',
      todo: 'Give another `--out`, or move the file away.',
    },
    'KS-CONTEXT-EXISTS': {
      says: '<FILE> has other entries of these names: <the context NAME, ...>',
      means:
        '`kubeconfig --merge` names cluster, context and user after the cluster of the file. Your kubeconfig has the same names with other content: perhaps a cluster that was made anew, perhaps another one.',
      todo: 'Is it the same cluster, made anew: `--force`, or answer the question with y. Else rename the old one: `kubectl config rename-context OLD NEW`. What was there is kept beside the file either way.',
      unchanged: 'The kubeconfig.',
    },
    'KS-NOT-A-KUBECONFIG': {
      says: '<FILE> cannot be read as a kubeconfig',
      means: 'It is no YAML, or its top is no map. `--merge` leaves it alone.',
      todo: 'Mend it, or leave `--merge` out: the kubeconfig then gets a file of its own.',
      unchanged: 'The kubeconfig.',
    },
    'KS-KUBECONFIG-KEPT': {
      says: 'note: <...>  [KS-KUBECONFIG-KEPT]',
      means:
        'No error, only a note: the user’s `~/.kube/config` on a control plane was not written by kubestrap, or cannot be, and is left alone.',
      todo: 'Nothing, if you want to keep it. Else move it away and run `up` again.',
    },
    'KS-NOT-BUILT': {
      says: 'the phases are not built: there is no <FOLDER>',
      means: 'The orchestrator sends the built phases to the nodes, and there are none.',
      todo: '`node build.mjs`',
    },
    'KS-ARCHIVE': {
      says: '<FILE> cannot be made',
      means: '`diagnose` writes a new file that only you may read, and never replaces one.',
      todo: 'Give another path by `--out`, in a folder that you may write.',
    },
    'KS-NOT-ROOT': {
      says: 'this looks into what only root may read, so it needs root',
      means: 'A phase by hand, also with `--dry-run`, reads certificates and asks systemd.',
      todo: '`sudo sh NAME.mjs ...`. `--explain`, `--help` and `--source` need no root.',
    },
    'KS-NO-SUCH-STEP': {
      says: 'no step is called "<TITLE>"',
      means: '`--until` wants the exact title of a step.',
      todo: 'Copy one of the titles that the message lists; `--explain` shows them with their reasons.',
    },
    'KS-RUN-ID': {
      says: 'that is no id of a run',
      means: 'The verbs `start`, `follow` and `execute` of a phase are for the orchestrator.',
      todo: 'By hand leave the verb out: `sudo sh NAME.mjs --config cluster.yaml --node NODE`.',
    },
    'KS-NO-CREDENTIALS': {
      says: 'join credentials are needed to join as <ROLE>',
      means: 'A join by hand was started without `--join`.',
      todo: 'Make them on a healthy control plane with `join-credentials.mjs issue`; see [by-hand.md](by-hand.md#3-further-control-planes-one-after-the-other). The orchestrator makes them itself.',
    },
    'KS-POD-RANGES-UNKNOWN': {
      says: 'the pod ranges of <NODES> are not known on this node',
      means: 'By hand a worker cannot ask which pod range the others have.',
      todo: 'On a control plane `sudo sh inspect.mjs --config cluster.yaml --node NODE --out observed.json`, copy it, then `--observed observed.json`.',
    },
  },
  messages: [],
}
