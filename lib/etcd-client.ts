import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { ExternalEtcd } from './cluster.ts'
import { KubestrapError } from './errors.ts'

/** What the API servers prove themselves with to an external etcd: PEM texts. The key is secret. */
export interface EtcdClient {
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

/**
 * Where a control plane keeps them. Below /etc/kubernetes/pki, which the API server's static pod
 * mounts and kubeadm reset empties; a folder of its own, as pki/etcd belongs to kubeadm.
 */
export const etcdClientFiles: EtcdClient = {
  ca: '/etc/kubernetes/pki/etcd-external/ca.crt',
  certificate: '/etc/kubernetes/pki/etcd-external/client.crt',
  key: '/etc/kubernetes/pki/etcd-external/client.key',
}

/**
 * Reads the three files of `etcd.external` and checks what can be known without asking etcd.
 *
 * @param read text of a file of the cluster file's folder; undefined when there is none
 * @throws KubestrapError KS-ETCD-CLIENT with everything that is wrong; never with a part of the key
 */
export function readEtcdClient(
  external: ExternalEtcd,
  read: (path: string) => string | undefined,
  now = Date.now(),
): EtcdClient {
  const paths = (['ca', 'certificate', 'key'] as const).map(
    (what) => [what, external[what]] as const,
  )
  const found = paths.map(([what, path]) => [what, read(path)] as const)
  const missing = paths
    .filter((_, index) => found[index]?.[1] === undefined)
    .map(([what, path]) => `etcd.external.${what}: there is no file ${path}, or it cannot be read`)
  if (missing.length > 0) throw refused(missing)
  const client = Object.fromEntries(found) as unknown as EtcdClient
  const problems = clientProblems(client, external, now)
  if (problems.length > 0) throw refused(problems)
  return client
}

/** What is wrong with the files themselves. Whether etcd takes them only etcd can say. */
function clientProblems(client: EtcdClient, paths: ExternalEtcd, now: number): readonly string[] {
  const [ca, certificate] = [certificateIn(client.ca), certificateIn(client.certificate)]
  const key = privateKeyIn(client.key)
  return [
    ...(ca ? agedProblems(ca, paths.ca, now) : [`${paths.ca} holds no PEM certificate`]),
    ...(ca && !ca.ca ? [`${paths.ca} is the certificate of no CA`] : []),
    ...(certificate
      ? agedProblems(certificate, paths.certificate, now)
      : [`${paths.certificate} holds no PEM certificate`]),
    ...(certificate && !isForClients(certificate)
      ? [`${paths.certificate} is not for clients: its extended key usage has no clientAuth`]
      : []),
    ...(key ? [] : [`${paths.key} holds no PEM private key without a passphrase`]),
    ...(certificate && key && !certificate.checkPrivateKey(key)
      ? [`${paths.key} is not the key of ${paths.certificate}`]
      : []),
  ]
}

function certificateIn(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

// The error of OpenSSL is dropped on purpose: nothing that was read from a key is ever told.
function privateKeyIn(pem: string) {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

function agedProblems(one: X509Certificate, path: string, now: number): readonly string[] {
  const [from, to] = [Date.parse(one.validFrom), Date.parse(one.validTo)]
  if (now > to) return [`${path} expired on ${new Date(to).toISOString()}`]
  return now < from ? [`${path} is not valid before ${new Date(from).toISOString()}`] : []
}

/** Extended key usage, where there is any: RFC 5280, 4.2.1.12. */
function isForClients({ keyUsage }: X509Certificate): boolean {
  return !keyUsage || ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0'].some((oid) => keyUsage.includes(oid))
}

/**
 * A sentence when the client certificate comes from another CA than the members' own. An etcd may
 * trust several (--trusted-ca-file), so that only etcd itself can refuse it.
 */
export function otherClientCa(client: EtcdClient): readonly string[] {
  const [ca, certificate] = [certificateIn(client.ca), certificateIn(client.certificate)]
  if (!ca || !certificate) return []
  if (certificate.checkIssued(ca) && certificate.verify(ca.publicKey)) return []
  return [
    'etcd.external: the client certificate was not signed by the given CA; etcd must trust another one',
  ]
}

const refused = (lines: readonly string[]) =>
  new KubestrapError({
    id: 'KS-ETCD-CLIENT',
    exit: 'verification',
    what: 'the files of etcd.external cannot be used',
    lines,
    unchanged: 'nothing, on no node',
    remedy: 'correct etcd.external; its paths are relative to the cluster file',
  })
