import type { PhaseScript } from './run/phase-script.ts'
import { fileModes } from './steps/file-modes.ts'
import { join } from './steps/join.ts'
import { clearUnfinished, noOtherMembership, rememberMember } from './steps/membership.ts'

/** Makes the node a worker of the living cluster. */
export const phase: PhaseScript = {
  name: 'worker-join',
  about:
    'A worker only needs a token and the CA by which it knows the cluster. Workers join together, after the last control plane, when the uploaded certificates are gone: a worker’s token could read them.',
  steps: (context) => [
    noOtherMembership(context),
    clearUnfinished(context, 'join'),
    join(context),
    rememberMember(context),
    fileModes(context),
  ],
}
