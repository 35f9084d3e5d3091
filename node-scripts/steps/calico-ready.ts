import type { CalicoSettings } from '../../lib/cluster.ts'
import { KubestrapError } from '../../lib/errors.ts'
import { calicoStatuses } from '../../lib/render/calico-installation.ts'
import { type KubeApi, localApi } from '../kube/api.ts'
import { partsNotReady, podsNotReady } from '../kube/calico-status.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { different, type Step, shellText, unknown, wanted } from '../run/step.ts'
import { kubectlHere, operatorNamespace, operatorPath } from './calico-manifests.ts'

/** Images come over the network of the machines: ten minutes unless option `wait` says otherwise. */
const usualLimit = 600_000
/** Pods that are not ready after this time are told: before it they hardly could be. */
const patience = 20_000
/** So long an image may be refused: by then the kubelet has tried it five times. */
const imagePatience = 180_000

const limitOf = ({ input }: Context) => {
  const seconds = Number(input.options?.wait ?? '')
  return seconds > 0 ? seconds * 1000 : usualLimit
}

interface Wait {
  readonly title: string
  readonly why: string
  /** What is waited for, as messages say it. */
  readonly what: string
  readonly byHand: string
  /** What does not work yet; `unknown` where Calico was not asked for. */
  readonly open: (kube: KubeApi) => Promise<readonly string[] | 'unknown'>
}

/** The operator runs; what was asked of it is there. */
export function calicoReady(context: Context, calico: CalicoSettings): readonly Step[] {
  const seconds = `--timeout=${limitOf(context) / 1000}s`
  const statuses = calicoStatuses(calico)
  return [
    waiting(context, {
      title: 'Wait until the Tigera operator runs',
      why: 'Nothing else of Calico begins before it does. What keeps it is told: most often its image.',
      what: 'the Tigera operator runs',
      byHand: shellText(
        kubectlHere(
          context,
          ...['--namespace', operatorNamespace, 'wait', '--for=condition=Available', seconds],
          'deployment/tigera-operator',
        ),
      ),
      open: operatorOpen,
    }),
    waiting(context, {
      title: 'Wait until Calico works',
      why: 'The operator tells for each part whether it works. Waited for are the parts that were asked for: others wait for what nobody installs.',
      what: `Calico works (tigerastatus ${statuses.join(', ')})`,
      byHand: shellText(
        kubectlHere(
          context,
          ...['wait', '--for=condition=Available', seconds],
          ...statuses.map((name) => `tigerastatus/${name}`),
        ),
      ),
      open: (kube) => partsNotReady(kube, statuses),
    }),
  ]
}

async function operatorOpen(kube: KubeApi): Promise<readonly string[] | 'unknown'> {
  const { status, json } = await kube.get(operatorPath)
  if (status !== 200) return 'unknown'
  const { conditions = [] } = (json as OperatorDeployment).status ?? {}
  const available = conditions.find(({ type }) => type === 'Available')
  return available?.status === 'True' ? [] : ['the operator: not available yet']
}

interface OperatorDeployment {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  }
}

function waiting(context: Context, { title, why, what, byHand, open }: Wait): Step {
  const { address } = context.node
  return {
    title,
    why,
    async check(on) {
      const kube = await localApi(on, address)
      const found = kube && (await open(kube))
      if (found === undefined || found === 'unknown') return unknown('calico')
      return found.length === 0 ? wanted : different(found.join('; '), 'works')
    },
    apply: {
      byHand,
      run: (on) => wait(on, address, limitOf(context), what, open),
    },
  }
}

async function wait(
  on: Machine,
  address: string,
  limit: number,
  what: string,
  open: Wait['open'],
): Promise<void> {
  const began = Date.now()
  let last: readonly string[] = []
  let refusedSince: number | undefined
  try {
    await on.waitFor(what, limit, async () => {
      const kube = await localApi(on, address)
      const found = kube ? await open(kube) : ['the API server does not answer']
      if (found.length === 0) return { value: undefined }
      const parts = found === 'unknown' ? ['Calico was not asked for: phase calico'] : found
      const late = Date.now() - began > Math.min(patience, limit / 2)
      const pods = kube && late ? await podsNotReady(kube) : []
      last = [...pods.map(({ text }) => text), ...parts]
      refusedSince = pods.some(({ noImage }) => noImage) ? (refusedSince ?? Date.now()) : undefined
      if (refusedSince && Date.now() - refusedSince > imagePatience) throw noImages()
      return { missing: last.slice(0, 3).join('; ') }
    })
  } catch (error) {
    throw tooLong(error, last)
  }
}

/** Whoever waits longer for it waits in vain; completed by {@link tooLong}. */
const noImages = () =>
  new KubestrapError({
    id: 'KS-WAIT',
    exit: 'timeout',
    what: `an image could not be pulled for ${imagePatience / 60_000} minutes`,
    remedy: 'mend the way to the registry',
  })

/** All that is wrong, a line each, and where to look. */
function tooLong(error: unknown, lines: readonly string[]): unknown {
  if (!(error instanceof KubestrapError) || error.details.id !== 'KS-WAIT') return error
  return new KubestrapError(
    {
      ...error.details,
      id: 'KS-CALICO-NOT-READY',
      what: `Calico is not ready: ${error.details.what}`,
      lines: lines.slice(0, 20),
      remedy:
        'images: can the nodes reach quay.io, or is a mirror named under sources.images? Else: kubectl get tigerastatus; kubectl -n tigera-operator logs deployment/tigera-operator. The same command goes on from here',
    },
    { cause: error },
  )
}
