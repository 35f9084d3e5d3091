import { randomBytes } from 'node:crypto'
import { KubestrapError } from '../lib/errors.ts'
import { refuseOldKubeadm } from '../lib/judgement.ts'
import { hasJoined } from '../lib/observed.ts'
import {
  endpointOf,
  type InitTarget,
  initDocuments,
  yamlText,
} from '../lib/render/kubeadm-config.ts'
import { readyz } from './kube/api.ts'
import { healthyControlPlane } from './kube/gates.ts'
import { adminConf } from './kube/kubeconfig.ts'
import { begunHere, etcdData, membership } from './kube/membership.ts'
import type { Machine } from './run/machine.ts'
import type { Context, PhaseScript } from './run/phase-script.ts'
import { different, type Step, unknown, wanted } from './run/step.ts'
import { adminKubeconfig } from './steps/admin-tools.ts'
import { encryptionKey } from './steps/encryption.ts'
import { etcdAsInFile, externalEtcd } from './steps/external-etcd.ts'
import { fileModes } from './steps/file-modes.ts'
import {
  clearUnfinished,
  markBegun,
  noOtherMembership,
  rememberMember,
  writtenByKubeadm,
} from './steps/membership.ts'
import { runKubeadm } from './steps/run-kubeadm.ts'
import { secretFileByHand, secretFolder, withSecretFile } from './steps/secret-file.ts'
import { revokeJoinSecrets } from './steps/tokens.ts'

/** Makes the cluster, on the one control plane that begins it. */
export const phase: PhaseScript = {
  name: 'control-plane-init',
  about:
    'kubeadm init makes the certificate authority, starts etcd, API server, controller manager and scheduler as static pods, and installs kube-proxy and CoreDNS. It is done once in the life of a cluster, on one node; all others join.',
  steps: (context) => [
    noOtherMembership(context),
    etcdAsInFile(context),
    noOtherCluster(context),
    clearUnfinished(context, 'init'),
    ...externalEtcd(context, 'init'),
    ...encryptionKey(context),
    init(context),
    rememberMember(context),
    healthyControlPlane(context.cluster, context.node),
    ...(context.cluster.adminKubeconfig ? [adminKubeconfig(context)] : []),
    noSuperAdmin(),
    fileModes(context),
    ...revokeJoinSecrets(context.node.address),
  ],
}

/** A second cluster behind the same endpoint would be the worst that can happen: refuse early. */
function noOtherCluster({ cluster, node, input }: Context): Step {
  const server = `https://${endpointOf(cluster)}`
  return {
    title: 'Make sure that no cluster answers at the endpoint',
    why: 'If one does, this node must join it. Init would make a second cluster with another certificate authority.',
    async check(on) {
      const state = await membership(on, node)
      if (state === 'none') refuseOldKubeadm(cluster, input.observed.kubernetesVersion)
      const begun = await begunHere(on)
      const half = state === 'partial' && begun === 'join'
      if (half && (await on.stat(etcdData)) !== undefined) throw halfJoin()
      // A half init of our own may already answer behind the endpoint.
      if (hasJoined(state) || begun === 'init') return wanted
      const answer = await readyz(on.https, server)
      if (/^ok$|^HTTP status ([1-4]..|500)$/.test(answer)) throw endpointAnswers(server)
      return wanted
    },
    apply: [],
  }
}

/** etcd copies everything to a control plane that joins: init would delete what may be the last copy. */
function halfJoin(): KubestrapError {
  return new KubestrapError({
    id: 'KS-HALF-JOIN',
    exit: 'unhealthy',
    what: 'a join was begun here, and etcd holds data of that cluster: no other one is begun over it',
    unchanged: 'nothing was initialised',
    remedy:
      'bring a control plane of that cluster back and join again; if it is gone for good: sudo sh reset.mjs, then init',
  })
}

function endpointAnswers(server: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-ENDPOINT-ANSWERS',
    exit: 'conflict',
    what: `a cluster already answers at ${server}`,
    unchanged: 'nothing was initialised',
    remedy:
      'join this node to it (control-plane-join), or correct the endpoint in the cluster file',
  })
}

/** kubeadm makes it for itself, to give admin.conf its role: from then on nobody needs it. */
function noSuperAdmin(): Step {
  const path = '/etc/kubernetes/super-admin.conf'
  return {
    title: 'Remove super-admin.conf',
    why: 'Its group system:masters stands above RBAC, and cannot be revoked for a year. If it is ever needed: kubeadm init phase kubeconfig super-admin.',
    async check(on) {
      if ((await on.stat(adminConf)) === undefined) return unknown('kubeadm init')
      return (await on.stat(path)) === undefined ? wanted : different('still there', 'gone')
    },
    apply: { byHand: `rm ${path}`, run: (on) => on.remove(path) },
  }
}

function init(context: Context): Step {
  const { node } = context
  return {
    title: 'Run kubeadm init',
    writes: writtenByKubeadm(context),
    why: 'Its configuration goes into a root-only file: tokens on a command line could be read by every user of the machine.',
    async check(on) {
      const state = await membership(on, node)
      return hasJoined(state) ? wanted : different('no cluster on this node', 'a control plane')
    },
    apply: {
      byHand: initCommand,
      inFull: () => initInFull(context),
      run: (on) => runInit(on, context),
    },
  }
}

const initFlags = ['--skip-token-print', '--skip-certificate-key-print']
const initCommand = `kubeadm init --config ${secretFolder}/init.yaml ${initFlags.join(' ')}`

function targetOf({ cluster, node, input }: Context): InitTarget {
  const { kubernetesVersion: version, proxyMode } = input.observed
  return { cluster, node, version, ...(proxyMode ? { proxyMode } : {}) }
}

/** With TOKEN for the bootstrap token, which the step makes and a later one revokes. */
async function initInFull({ cluster, node, input }: Context): Promise<string> {
  const text = await yamlText(initDocuments(targetOf({ cluster, node, input }), { token: 'TOKEN' }))
  return `${secretFileByHand('init.yaml', text)}\n${initCommand}`
}

async function runInit(on: Machine, { cluster, node, input }: Context): Promise<void> {
  const token = newToken()
  on.hide(token)
  await markBegun(on, 'init')
  const text = await yamlText(initDocuments(targetOf({ cluster, node, input }), { token }))
  await withSecretFile(on, 'init.yaml', text, (path) =>
    runKubeadm(on, ['kubeadm', 'init', '--config', path, ...initFlags]),
  )
}

/** A bootstrap token: six and sixteen hexadecimal digits, 88 random bits in all. */
export function newToken(): string {
  return `${randomBytes(3).toString('hex')}.${randomBytes(8).toString('hex')}`
}
