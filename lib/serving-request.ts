import { type CertificateRequest, readCertificateRequest } from './certificate-request.ts'
import type { Cluster, ClusterNode } from './cluster.ts'

/** A CertificateSigningRequest object, as far as it is read here. */
export interface SigningRequest {
  readonly metadata: { readonly name: string }
  readonly spec: {
    /** Base64 of PEM. */
    readonly request: string
    readonly signerName: string
    readonly usages?: readonly string[]
    /** Who created it: filled in by the API server. */
    readonly username?: string
    readonly groups?: readonly string[]
  }
  readonly status?: {
    readonly conditions?: readonly { readonly type: string }[]
    readonly certificate?: string
  }
}

/** https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers */
export const servingSigner = 'kubernetes.io/kubelet-serving'

const needed = ['digital signature', 'server auth']
/** Asked for with RSA keys only. */
const allowed = [...needed, 'key encipherment']

export const isPending = ({ status }: SigningRequest): boolean =>
  !status?.certificate && (status?.conditions ?? []).length === 0

/** The node of the file that a request is for, by who created it; undefined when it is none. */
export function requestingNode(cluster: Cluster, { spec }: SigningRequest) {
  return cluster.nodes.find(({ name }) => spec.username === `system:node:${name}`)
}

/**
 * Why a kubelet's request for a serving certificate must not be approved; empty when it may be.
 * Approved, it makes its owner's key the server of every name and address in it: so a node gets
 * its own name and the address of the file, and nothing else.
 */
export function servingProblems(cluster: Cluster, request: SigningRequest): readonly string[] {
  const { spec } = request
  const node = requestingNode(cluster, request)
  if (spec.signerName !== servingSigner) return [`it is for another signer, ${spec.signerName}`]
  if (!node) return [`${spec.username ?? 'nobody'} is no node of the cluster file`]
  return [
    ...((spec.groups ?? []).includes('system:nodes')
      ? []
      : ['who made it is not in the group system:nodes']),
    ...usageProblems(spec.usages ?? []),
    ...contentProblems(node, spec.request),
  ]
}

function usageProblems(usages: readonly string[]): readonly string[] {
  const surplus = usages.filter((usage) => !allowed.includes(usage))
  const missing = needed.filter((usage) => !usages.includes(usage))
  return [
    ...surplus.map((usage) => `it wants the usage ${usage}`),
    ...missing.map((usage) => `it lacks the usage ${usage}`),
  ]
}

function contentProblems(node: ClusterNode, base64: string): readonly string[] {
  try {
    const pem = Buffer.from(base64, 'base64').toString('latin1')
    return nameProblems(node, readCertificateRequest(pem))
  } catch (error) {
    return [`the request cannot be read: ${(error as Error).message}`]
  }
}

function nameProblems(node: ClusterNode, request: CertificateRequest): readonly string[] {
  const { subject, dnsNames, addresses } = request
  const found = subject.map(({ type, value }) => `${type}=${value}`).sort()
  const wanted = [`CN=system:node:${node.name}`, 'O=system:nodes']
  return [
    ...(JSON.stringify(found) === JSON.stringify(wanted)
      ? []
      : [`its subject is ${found.join(', ') || 'empty'}, not ${wanted.join(', ')}`]),
    ...(dnsNames.length + addresses.length === 0 ? ['it names no DNS name and no address'] : []),
    ...dnsNames
      .filter((name) => name !== node.name)
      .map((name) => `the name ${name} is not that of ${node.name}`),
    ...addresses
      .filter((address) => address !== node.address)
      .map((address) => `the address ${address} is not that of ${node.name} in the file`),
  ]
}
