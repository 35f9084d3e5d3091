import type { Cluster } from './cluster.ts'
import { KubestrapError } from './errors.ts'

/** One member of an external etcd, as one control plane sees it by GET /health. */
export interface EtcdEndpointSeen {
  readonly endpoint: string
  /** HTTP status; 0 when no answer came. */
  readonly status: number
  /** Why no answer came, as the TLS library says it. */
  readonly problem?: string
}

/** Whether an external etcd holds a cluster already; `unknown` says why it could not be asked. */
export type EtcdData = { readonly keys: number } | { readonly unknown: string }

/** What one control plane sees of the external etcd. */
export interface ExternalEtcdSeen {
  readonly node: string
  readonly endpoints: readonly EtcdEndpointSeen[]
  /** Asked only where a cluster would be begun. */
  readonly data?: EtcdData
}

/** Where the API server keeps everything, unless --etcd-prefix says otherwise. */
const prefixOf = ({ apiServer }: Cluster) => apiServer.extraArgs['etcd-prefix'] ?? '/registry'

/**
 * The question "is there anything below the prefix", for POST /v3/kv/range: keys and their end as
 * base64, the end being the prefix with its last byte one higher.
 * https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
 */
export function anyKeyQuestion(cluster: Cluster): Readonly<Record<string, unknown>> {
  const prefix = `${prefixOf(cluster).replace(/\/+$/, '')}`
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  // "0" is the character after "/".
  return { key: base64(`${prefix}/`), range_end: base64(`${prefix}0`), count_only: true }
}

/** Reads the answer to it: a count is left out when it is zero. */
export function anyKeyAnswer(status: number, json: unknown): EtcdData {
  if (status === 404)
    return { unknown: 'its JSON gateway is switched off (--enable-grpc-gateway=false)' }
  const answer = (json ?? {}) as { count?: string; error?: string; message?: string }
  const said = answer.error ?? answer.message ?? `HTTP status ${status}`
  // The gateway asks its own member, with the server's certificate as client certificate.
  if (/bad certificate|broken pipe|server preface/.test(said))
    return { unknown: `${said} (its JSON gateway needs a server certificate with clientAuth too)` }
  if (status !== 200) return { unknown: said }
  return { keys: Number(answer.count ?? 0) }
}

/**
 * Refuses an external etcd that cannot be used, with everything that is wrong from every node.
 *
 * @returns what could not be seen and is only said
 * @throws KubestrapError KS-ETCD-EXTERNAL, KS-ETCD-NOT-EMPTY
 */
export function judgeExternalEtcd(
  cluster: Cluster,
  seen: readonly ExternalEtcdSeen[],
): readonly string[] {
  const lines = seen.flatMap(({ node, endpoints }) =>
    endpoints
      .filter(({ status }) => status !== 200)
      .map((one) => `from ${node}: ${one.endpoint}: ${healthText(one)}`),
  )
  if (lines.length > 0) throw unusable(lines)
  const [data] = seen.flatMap((one) => (one.data ? [one.data] : []))
  if (data && 'keys' in data && data.keys > 0) throw notEmpty(cluster, data.keys)
  if (!data || 'keys' in data) return []
  return [`whether the external etcd is empty could not be asked: ${data.unknown}`]
}

/** In a few words what came in place of `{"health":"true"}`. */
export function healthText({ status, problem }: EtcdEndpointSeen): string {
  // With TLS 1.3 a member hangs up before its alert is read: node and curl then see a reset, or no peer.
  if (status === 0 && /reset|hang up|getpeername|not connected/i.test(problem ?? ''))
    return `${problem}, as when it does not trust the client certificate`
  if (status === 0) return problem || 'no answer'
  return status === 503 ? 'it says that it is not healthy' : `HTTP status ${status}`
}

function unusable(lines: readonly string[]): KubestrapError {
  const byCertificate = lines.some((line) => /certificate|SSL|TLS|\bCA\b/i.test(line))
  return new KubestrapError({
    id: 'KS-ETCD-EXTERNAL',
    exit: byCertificate ? 'verification' : 'preflight',
    what: 'the external etcd cannot be used from every control plane',
    lines,
    unchanged: 'nothing, on no node',
    remedy: byCertificate
      ? 'compare etcd.external.ca and .certificate with the --trusted-ca-file and --cert-file of the members'
      : 'check that its members run, listen at these addresses, and that no firewall is in between',
  })
}

const deletion = (cluster: Cluster) => `etcdctl del ${prefixOf(cluster)}/ --prefix`

/** What a reset of the last control plane leaves behind: an external etcd is never written to. */
export const dataStays = (cluster: Cluster): readonly string[] =>
  cluster.etcd.external
    ? [
        `The data of the cluster is still in the external etcd; to delete it for good, there: ${deletion(cluster)}`,
      ]
    : []

function notEmpty(cluster: Cluster, keys: number): KubestrapError {
  const prefix = `${prefixOf(cluster)}/`
  return new KubestrapError({
    id: 'KS-ETCD-NOT-EMPTY',
    exit: 'conflict',
    what: `the external etcd already holds a cluster: ${keys} keys below ${prefix}`,
    unchanged: 'nothing, on no node',
    remedy: `if that cluster is gone for good, delete its data there: ${deletion(cluster)}; else give another etcd, or apiServer.extraArgs etcd-prefix`,
  })
}
