import type { CalicoSettings } from '../../lib/cluster.ts'
import { lacking } from '../../lib/differences.ts'
import { KubestrapError } from '../../lib/errors.ts'
import { proxyModeFor } from '../../lib/proxy-mode.ts'
import {
  calicoApiServer,
  calicoInstallation,
  type OperatorObject,
} from '../../lib/render/calico-installation.ts'
import { yamlText } from '../../lib/render/kubeadm-config.ts'
import type { Context } from '../run/phase-script.ts'
import { different, type Step, shellText, wanted } from '../run/step.ts'
import { answered, asked, kubectlHere, serverSideApply } from './calico-manifests.ts'

const plural = { Installation: 'installations', APIServer: 'apiservers' } as const
export const objectPath = (kind: OperatorObject['kind']) =>
  `/apis/operator.tigera.io/v1/${plural[kind]}/default`

/** What the operator shall make of the cluster's network. */
export function calicoResources(context: Context, calico: CalicoSettings): readonly Step[] {
  const { cluster, input } = context
  const proxyMode = input.observed.proxyMode ?? proxyModeFor(cluster, [])
  const installation = described(
    context,
    calicoInstallation(cluster, calico, proxyMode),
    'Describe the pod network: the Installation',
    'The operator makes the network of this. Addresses of nodes are those that Kubernetes knows, so that a virtual IP is never taken for one; the rules in the kernel are written as kube-proxy writes its own.',
  )
  const apiServer = described(
    context,
    calicoApiServer(),
    'Ask for Calico’s API server',
    'With it kubectl knows Calico’s own kinds, such as pools and policies, and checks them.',
  )
  return calico.apiServer ? [installation, apiServer] : [installation]
}

/** An object of the operator with at least these fields; what the operator fills in stays. */
function described(context: Context, want: OperatorObject, title: string, why: string): Step {
  const command = kubectlHere(context, ...serverSideApply, '--filename', '-')
  return {
    title,
    why,
    check: (on) =>
      asked(on, context, async (kube) => {
        const { status, json } = await kube.get(objectPath(want.kind))
        if (status === 404) return different(`no ${want.kind}`, `the ${want.kind}`)
        const { spec = {} } = (json ?? {}) as { spec?: unknown }
        if (status === 200) refuseOtherBlocks(want.spec, spec)
        const [first] = status === 200 ? lacking(spec, want.spec, 'spec') : ['']
        if (first === undefined) return wanted
        return answered(status, different(first, 'as the cluster file has it'))
      }),
    apply: {
      byHand: `${shellText(command)} <<'EOF'\n${JSON.stringify(want, undefined, 2)}\nEOF`,
      inFull: async () =>
        `${shellText(command)} <<'EOF'\n${(await yamlText([{ ...want }])).trimEnd()}\nEOF`,
      run: async (on) => {
        await on.run({ ...command, stdin: await yamlText([{ ...want }]) })
      },
    },
  }
}

interface PoolOwner {
  readonly calicoNetwork?: {
    readonly ipPools?: readonly { readonly cidr?: string; readonly blockSize?: number }[]
  }
}

/** Pods that live have addresses of the pool as it is: neither its range nor its blocks change. */
function refuseOtherBlocks(want: unknown, found: unknown): void {
  const [wish] = (want as PoolOwner).calicoNetwork?.ipPools ?? []
  const [pool] = (found as PoolOwner).calicoNetwork?.ipPools ?? []
  if (!wish || !pool) return
  if (pool.cidr === wish.cidr && pool.blockSize === wish.blockSize) return
  throw new KubestrapError({
    id: 'KS-CALICO-POOL',
    exit: 'conflict',
    what: 'the living cluster has another pool of pod addresses than the cluster file',
    lines: [
      `living ${pool.cidr} in blocks of /${pool.blockSize}`,
      `file   ${wish.cidr} in blocks of /${wish.blockSize}`,
    ],
    unchanged: 'the Installation is as it was',
    remedy:
      'write into the file what the cluster has (networking.podSubnet, podNetwork.calico.blockSize); another pool is a migration: https://docs.tigera.io/calico/latest/networking/ipam/migrate-pools',
  })
}
