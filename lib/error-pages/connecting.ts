import type { Symptom } from './page.ts'

export const connecting: Symptom = {
  title: 'A node cannot be reached, or lets nobody in',
  about:
    'Exit codes 11 to 14. All nodes are tried before anything begins, and told together. Try the same by hand: `ssh -p PORT USER@ADDRESS sudo -n true` must print nothing. `--nodes` leaves nodes out.',
  errors: {
    'KS-UNREACHABLE': {
      says: '<what ssh said last>',
      means:
        'ssh got no answer: the machine is off, its address is wrong, or a firewall stands between. During a phase: the node stayed away for about two and a half minutes; the phase went on there.',
      todo: '`ping ADDRESS`, then `ssh USER@ADDRESS`. After a loss in the middle of `up` run `up` again: it finds the phase and follows it to its end.',
      unchanged: 'Nothing, if it came before the plan.',
    },
    'KS-HOST-KEY-UNKNOWN': {
      says: 'its host key is not known',
      means:
        'The machine was never seen, and nobody compared its fingerprint. Without that anyone in between could play the node.',
      todo: 'Run on a terminal: fingerprints are shown once and kept. Compare them on the console of the virtual machine: `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`. Scripts: `--accept-new-host-keys`, in a network you trust.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-HOST-KEY-CHANGED': {
      says: 'its host key is not the one that was seen before',
      means:
        'Another machine answers at this address: it was made anew or rolled back to before its keys were made, or somebody stands between. A changed key is never accepted by itself.',
      todo: 'Only if you made the machine anew: `ssh-keygen -R ADDRESS -f .kubestrap/NAME/known_hosts` beside the cluster file, then run again.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-SSH-KEY': {
      says: 'the private key cannot be used',
      means: 'ssh refuses a key that others may read, or cannot read it.',
      todo: '`chmod 600 KEY`; check `ssh.key` in the cluster file: it is relative to that file. A key with a passphrase has to be loaded: `ssh-add KEY`.',
    },
    'KS-LOGIN': {
      says: 'the login was refused',
      means:
        'The node answers, but does not know the key for this user. kubestrap never asks for passwords.',
      todo: '`ssh-copy-id -i KEY.pub USER@ADDRESS` while passwords still work, or through the template (cloud-init). Check `ssh.user` and `ssh.key`.',
    },
    'KS-SUDO-PASSWORD': {
      says: 'sudo wants a password',
      means: 'The user may use sudo, but only with a password, and there was nobody to ask.',
      todo: 'On a terminal kubestrap asks for it once, for all nodes; scripts give it with `--sudo-password-file FILE` (0600). It goes to sudo on standard input only, and stays in no file. Without a password, on the node: `echo "USER ALL=(ALL) NOPASSWD: ALL" | sudo tee /etc/sudoers.d/USER`.',
    },
    'KS-SUDO-WRONG': {
      says: "sudo's password was wrong; it was tried once",
      means:
        'The password that was typed, or stood in the file of `--sudo-password-file`, is not the one of this user. It is tried once on one node and not on the others: directories lock accounts after a few wrong tries.',
      todo: 'Run again with the right one. All nodes need the same; where they differ, let the user use sudo without: see [KS-SUDO-PASSWORD](#ks-sudo-password).',
    },
    'KS-SUDO-FILE': {
      says: "the file of sudo's password cannot be used: <why>",
      means:
        '`--sudo-password-file` names a file that is not there, is empty, or that others may read.',
      todo: 'The password alone in its first line, and `chmod 600 FILE`. A pipe works too: `--sudo-password-file <(pass show sudo)`.',
    },
    'KS-LOGIN-SHELL': {
      says: 'its login shell did not run sudo: <what it said>',
      means:
        'The login worked, but the shell that sshd started for it ended before sudo began. What a shell merely prints is passed over, and bash, zsh, fish and csh all work.',
      todo: 'Try what kubestrap does: `ssh USER@NODE sudo -n true`. In the way are an expired password (`passwd`), a shell such as /sbin/nologin, or a .bashrc that exits or reads standard input: guard it with `case $- in *i*) ;; *) return ;; esac`.',
    },
    'KS-JUMP': {
      says: 'the jump host does not reach it',
      means:
        'The login on the jump host (`ssh.jump`) worked, but it could not forward to the node.',
      todo: 'On the jump host: `ssh USER@NODE`. Check the address of the node, and `AllowTcpForwarding` in the sshd_config of the jump host.',
    },
    'KS-SUDO': {
      says: 'the user may not use sudo',
      means: 'sudo is missing, or the user is not among those who may use it.',
      todo: 'As root on the console: `dnf install sudo`, then the line of [KS-SUDO-PASSWORD](#ks-sudo-password).',
    },
    'KS-SUDO-TTY': {
      says: 'sudo wants a terminal (requiretty)',
      means: 'An old default of sudo; kubestrap works without a terminal.',
      todo: '`Defaults:USER !requiretty` in a file of `/etc/sudoers.d/`.',
    },
    'KS-UPLOAD': {
      says: 'the phase scripts did not arrive as they were sent',
      means: 'Their checksums differ on the node. Nothing of them was run.',
      todo: 'Run again. If it stays: `df -h /var` on the node, and whether a shell profile prints something.',
    },
    'KS-HELD': {
      says: '<kubestrap VERB of WHO (process PID)> works on this cluster, <since ...>',
      means:
        'One orchestrator at a time: another one holds the nodes. `plan` and `status` are not affected.',
      todo: 'Wait for whoever is named. If that computer is gone the nodes let go within 30 s.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-HOLD-LOST': {
      says: 'this computer was away for too long, and <...>',
      means:
        'Your computer slept or lost its network for more than 30 s, and somebody else took the nodes.',
      todo: 'Wait for the other one to end, then run the same command again.',
      unchanged: 'Nothing more was begun; phases that ran went on on their nodes.',
    },
    'KS-NO-LOCK': {
      says: 'the node could not be taken for this orchestrator',
      means: 'The lock that keeps a second orchestrator out could not be made.',
      todo: 'On the node: `ls -ld /run/kubestrap`, `df /run`, `command -v flock`.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-NODE-LOCKED': {
      says: 'another phase holds the lock of this node',
      means: 'A phase runs there already: of `up`, or by hand.',
      todo: "`systemctl list-units 'kubestrap-run-*'` on the node shows it. `up` waits for phases of an earlier `up` by itself.",
      unchanged: 'This phase was not begun.',
    },
  },
  messages: [],
}
