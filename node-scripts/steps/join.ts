import { KubestrapError } from '../../lib/errors.ts'
import { hasJoined } from '../../lib/observed.ts'
import { joinStep } from '../../lib/phases.ts'
import {
  discoveryDocuments,
  endpointOf,
  joinDocuments,
  yamlText,
} from '../../lib/render/kubeadm-config.ts'
import { membership } from '../kube/membership.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { different, type Step, wanted } from '../run/step.ts'
import { markBegun, writtenByKubeadm } from './membership.ts'
import { runKubeadm } from './run-kubeadm.ts'
import { secretFileByHand, secretFolder, withSecretFile } from './secret-file.ts'

/** kubeadm join, for control planes and workers: what differs is in its configuration. */
export function join(context: Context): Step {
  return {
    title: joinStep,
    writes: writtenByKubeadm(context),
    why: 'The node knows the cluster by its CA, proves itself with a short-lived token, and gets a kubelet certificate of its own.',
    async check(on) {
      const state = await membership(on, context.node)
      return hasJoined(state)
        ? wanted
        : different('not a member', `a ${context.node.role} of ${context.cluster.name}`)
    },
    apply: {
      byHand: joinCommand,
      inFull: () => joinInFull(context),
      run: (on) => runJoin(on, context),
    },
  }
}

const joinCommand = `kubeadm join --config ${secretFolder}/join.yaml`

/**
 * With what stands for the join credentials in capitals: they are made when they are needed. By hand
 * the hash of the CA is given, as kubeadm's own manual does: a person can carry it, and kubeadm join
 * then waits until the controller manager has signed cluster-info with the token.
 */
async function joinInFull({ cluster, node }: Context): Promise<string> {
  const stands = { endpoint: endpointOf(cluster), token: 'TOKEN', caCertHash: 'sha256:HASH-OF-CA' }
  const forControlPlane = node.role === 'control-plane' ? { certificateKey: 'CERTIFICATE-KEY' } : {}
  const text = await yamlText(joinDocuments({ cluster, node }, { ...stands, ...forControlPlane }))
  return `${secretFileByHand('join.yaml', text)}\n${joinCommand}`
}

async function runJoin(on: Machine, { cluster, node, input }: Context): Promise<void> {
  const { join: secrets } = input
  if (!secrets) throw noCredentials(node.role)
  on.hide(secrets.token)
  if (secrets.certificateKey) on.hide(secrets.certificateKey)
  if (secrets.encryptionKey) on.hide(secrets.encryptionKey)
  await markBegun(on, 'join')
  // We have carried the CA over ssh: no signature is needed, and kubeadm need not wait for one.
  // https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-join/#file-or-https-based-discovery
  const known = await yamlText(discoveryDocuments(secrets))
  const { token, certificateKey } = secrets
  await withSecretFile(on, 'discovery.yaml', known, async (file) => {
    const join = { file, token, ...(certificateKey ? { certificateKey } : {}) }
    const text = await yamlText(joinDocuments({ cluster, node }, join))
    await withSecretFile(on, 'join.yaml', text, (path) =>
      runKubeadm(on, ['kubeadm', 'join', '--config', path]),
    )
  })
  // kubeadm is content when the kubelet has its certificate; the Node object comes a moment later.
  await on.waitFor(`${node.name} has registered`, 120_000, async () =>
    (await membership(on, node)) === 'member'
      ? { value: undefined }
      : { missing: 'the kubelet has not registered its node yet' },
  )
}

function noCredentials(role: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-NO-CREDENTIALS',
    exit: 'usage',
    what: `join credentials are needed to join as ${role}`,
    unchanged: 'nothing was joined',
    remedy: `on a healthy control plane: sh join-credentials.mjs issue --for ${role} --out join.json ; copy it here and give it with --join join.json`,
  })
}
