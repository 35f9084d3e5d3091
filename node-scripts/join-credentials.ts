import { randomBytes } from 'node:crypto'
import { KubestrapError } from '../lib/errors.ts'
import { endpointOf, initDocuments, yamlText } from '../lib/render/kubeadm-config.ts'
import { newToken } from './control-plane-init.ts'
import { healthyControlPlanes } from './kube/gates.ts'
import { adminConf } from './kube/kubeconfig.ts'
import { caCertHash, caCertificate, caHashByHand } from './kube/membership.ts'
import type { Machine } from './run/machine.ts'
import type { Context, PhaseScript } from './run/phase-script.ts'
import { livingKey } from './steps/encryption.ts'
import { etcdAsInFile } from './steps/external-etcd.ts'
import { withSecretFile } from './steps/secret-file.ts'
import { staleMember } from './steps/stale-member.ts'
import { revokeJoinSecrets } from './steps/tokens.ts'

/**
 * Issues what a node needs to join, or takes it back. Runs on any healthy control plane.
 * Options: `verb` issue | revoke, `for` control-plane | worker, `target` names of the joining
 * nodes, with commas; `unfinished` true when they hold a half join of ours, which is cleared next.
 */
export const phase: PhaseScript = {
  name: 'join-credentials',
  about:
    'A joining node needs the endpoint, a bootstrap token, the CA by which it knows the cluster and, as a control plane, the key to the uploaded certificates. They are made when they are needed, live for minutes, and are taken back.',
  steps(context) {
    const { cluster, node, input } = context
    const { verb = 'issue', for: role, target, unfinished } = input.options ?? {}
    const living = unfinished === 'true' ? 'may leave' : 'must be gone'
    if (role !== undefined && !['control-plane', 'worker'].includes(role)) throw noSuchRole(role)
    if (verb === 'revoke') return revokeJoinSecrets(node.address)
    return [
      etcdAsInFile(context),
      ...(target ?? '')
        .split(',')
        .filter(Boolean)
        .flatMap((name) => staleMember(context, name, living)),
      ...(role === 'control-plane'
        ? [healthyControlPlanes(cluster, node.address)]
        : revokeJoinSecrets(node.address, 'control planes')),
    ]
  },
  async gives(on, context) {
    const { verb = 'issue', for: role = 'worker' } = context.input.options ?? {}
    return verb === 'issue' ? issue(on, context, role === 'control-plane') : undefined
  },
  async givesByHand(context) {
    const { verb = 'issue', for: role = 'worker' } = context.input.options ?? {}
    return verb === 'issue' ? issueByHand(role === 'control-plane') : '# nothing'
  },
}

/** Prints secrets, which the phase never does. */
function issueByHand(forControlPlane: boolean): string {
  const upload = 'kubeadm init phase upload-certs --upload-certs   # prints the certificate key'
  return [
    `kubeadm --kubeconfig ${adminConf} token create --ttl 15m   # prints the token`,
    ...(forControlPlane ? [upload] : []),
    `${caHashByHand}   # the hash of the CA`,
  ].join('\n')
}

async function issue(on: Machine, { cluster, node, input }: Context, forControlPlane: boolean) {
  const token = newToken()
  const certificateKey = forControlPlane ? randomBytes(32).toString('hex') : undefined
  on.hide(token)
  if (certificateKey) on.hide(certificateKey)
  const secrets = { token, ...(certificateKey ? { certificateKey } : {}) }
  const version = input.observed.kubernetesVersion
  const text = await yamlText(
    initDocuments(
      { cluster, node, version },
      { ...secrets, for: forControlPlane ? 'control-plane' : 'worker' },
    ),
  )
  await withSecretFile(on, 'credentials.yaml', text, async (path) => {
    const kubeadm = ['kubeadm', '--kubeconfig', adminConf]
    await on.run({ argv: [...kubeadm, 'token', 'create', '--config', path] })
    if (!certificateKey) return
    const upload = ['init', 'phase', 'upload-certs', '--upload-certs', '--config', path]
    await on.run({ argv: ['kubeadm', ...upload, '--skip-certificate-key-print'] })
  })
  const [hash, ca] = await Promise.all([caCertHash(on), on.read(caCertificate)])
  if (!hash || !ca) throw noCa(node.name)
  const encryptionKey = forControlPlane ? await livingKey(on) : undefined
  const key = encryptionKey ? { encryptionKey } : {}
  return {
    endpoint: endpointOf(cluster),
    caCertHash: hash,
    caCertificate: Buffer.from(ca).toString('base64'),
    ...secrets,
    ...key,
  }
}

function noSuchRole(role: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-USAGE',
    exit: 'usage',
    what: `there is no role ${role}`,
    unchanged: 'no credentials were made',
    remedy: 'give --for control-plane or --for worker',
  })
}

function noCa(node: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-NO-CA',
    exit: 'unhealthy',
    what: `${node} has no CA certificate: it is no control plane of a cluster`,
    remedy: 'run this on a healthy control plane',
  })
}
