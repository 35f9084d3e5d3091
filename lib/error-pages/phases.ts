import type { Symptom } from './page.ts'

export const phases: Symptom = {
  title: 'A phase fails or waits',
  about:
    'Exit codes 15 and 16. The error names node, phase and step, shows the last lines and the log file on your computer (`.kubestrap/NAME/runs/TIME/NODE.log` beside the cluster file). The same command can always be given again: what is done is seen to be done. Other nodes go on.',
  errors: {
    'KS-COMMAND': {
      says: '`<COMMAND>` failed with exit code <N>',
      means: 'A command of a step failed. Its last lines are shown, all of them are in the log.',
      todo: 'Search the lines on this page. The page of the phase ([phases/](phases/README.md)) says what the step is for; the command can be tried by hand.',
    },
    'KS-COMMAND-TIMEOUT': {
      says: '`<COMMAND>` <took longer than ...>',
      means: 'The command was ended by us. Slow mirrors and slow disks are the usual reasons.',
      todo: 'Look at its last lines; run again.',
    },
    'KS-WAIT': {
      says: '<WHAT>: not within <N> s',
      means: 'Something was waited for too long; the line below says what was still missing.',
      todo: 'Look for that, then run again: it goes on from there.',
    },
    'KS-PAUSED-TOO-LONG': {
      says: 'nobody said within 30 minutes that the step may be done',
      means:
        'The run was begun with `up --pause step`, and then left alone. The node holds a lock meanwhile, so the phase gives up.',
      todo: 'Run `up` again, with or without `--pause`: it goes on from there.',
      unchanged: 'What this step changes.',
    },
    'KS-STEP-NOT-EFFECTIVE': {
      says: '"<STEP>" was done, but the machine is still not as wanted',
      means:
        'Each step is looked at again after it was done. Something undoes it: another tool, a policy, a file that is read later.',
      todo: 'The lines say what was found and what was wanted. Do the command by hand and look who changes it back.',
    },
    'KS-NOT-YET': {
      says: '<FILE> cannot be written yet: its content is known after <PHASE>',
      means: 'By hand: the phases were run in another order.',
      todo: 'Run the phase that is named first.',
    },
    'KS-PHASE-FAILED': {
      says: 'the phase failed and did not say why',
      means: 'Its result has no reason: a bug of ours.',
      todo: 'The log of the node has its output; report it with that.',
    },
    'KS-PHASE-NOT-RUN': {
      says: 'the phase ended without a result',
      means:
        'ssh ended, and no result with the id of this run was read; what was said instead is in the lines. Often Node.js could not be installed.',
      todo: 'Run the same command again.',
    },
    'KS-PHASE-DIED': {
      says: 'the phase ended without a result: it was killed, or the node restarted',
      means:
        'Out of memory, a restart, or somebody stopped it; or no space was left on `/run`, where a phase keeps what it tells.',
      todo: '`df -h /run`. Run the same command again: it goes on from what the node is now. `journalctl -k | grep -i oom` on the node.',
    },
    'KS-UNIT': {
      says: 'systemd did not start the phase',
      means:
        'Phases run as transient units, so that they outlive ssh; systemd refused one. Where `/run` is full it says "Unit ... not found": it could not write the file of the unit.',
      todo: '`systemctl is-system-running`, `df /run` on the node.',
      unchanged: 'The phase was not begun.',
    },
    'KS-BUG': {
      says: 'this should not have happened: a bug in kubestrap',
      means: 'An error nobody expected; its stack is shown.',
      todo: 'Run it again; if it stays report it with the lines.',
    },
  },
  messages: [],
}
