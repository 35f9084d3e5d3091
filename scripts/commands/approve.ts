import { exitCodes, KubestrapError } from '../../lib/errors.ts'
import type { ServingRequest } from '../../lib/observed.ts'
import { plainLine } from '../../lib/text.ts'
import { told } from '../../lib/texts/told.ts'
import type { Options } from '../arguments.ts'
import { observedOf } from '../observe.ts'
import { noteEquipped, openRemote } from '../remote.ts'
import { runPhase } from '../run-phase.ts'
import { withSession } from '../session.ts'
import { meetSteward, noLivingControlPlane } from '../steward.ts'
import { openView } from '../view/open-view.ts'

/** Approves the kubelets' requests for serving certificates that fit the cluster file. */
export async function approve(options: Options): Promise<number> {
  return withSession(options, async (session) => {
    const { cluster } = session
    if (!cluster.security.kubeletServingCertificates) throw switchedOff()
    const living = await meetSteward(session)
    const view = living.inspection?.cluster
    if (!view) throw noLivingControlPlane()
    const lines = openView(options, [living.node])
    try {
      // What fits the file may be approved by several at once: nobody holds the nodes.
      const remote = openRemote(session, lines, { stands: async () => undefined })
      noteEquipped(remote, [living])
      const observed = observedOf(view, cluster)
      const input = { cluster, node: living.node.name, observed }
      const result = await runPhase(remote, living.node, 'approve-certificates', input)
      const refused = (result.gives ?? []) as readonly ServingRequest[]
      for (const line of report(result.changed, refused)) lines.print(line)
      return refused.length === 0 ? exitCodes.ok : exitCodes.verification
    } finally {
      lines.close()
    }
  })
}

function report(changed: readonly string[], refused: readonly ServingRequest[]): string[] {
  const none = changed.length === 0 && refused.length === 0 ? ['No request is waiting.'] : []
  return [...changed.map((title) => `${title}: done`), ...refused.map(requestLine), ...none].map(
    plainLine,
  )
}

/** One line for people: who asks, and why it may or must not be approved. */
export function requestLine({ name, requester, problems }: ServingRequest): string {
  const who = told(`certificate request ${name} of ${requester || 'nobody'}`)
  return problems.length === 0
    ? `${who} ${told('waits: kubestrap approve')}`
    : `${who} ${told('is not approved')}: ${problems.join('; ')}`
}

function switchedOff(): KubestrapError {
  return new KubestrapError({
    id: 'KS-NO-SERVING-CERTIFICATES',
    exit: 'usage',
    what: 'security.kubeletServingCertificates is off: no kubelet asks for a certificate',
    unchanged: 'nothing, on no node',
    remedy: 'docs/security.md says what it brings and costs',
  })
}
