import type { Cluster } from '../cluster.ts'
import { contains, parseAddress, parseNetwork } from '../networks.ts'

/**
 * Environment of everything that goes out through the proxy of the cluster file; empty without one.
 * In both spellings: curl reads http_proxy in lower case only, others look for capitals.
 */
export function proxyEnvironment(cluster: Cluster): Readonly<Record<string, string>> {
  const { proxy } = cluster
  if (!proxy) return {}
  const values = {
    HTTP_PROXY: proxy.http,
    HTTPS_PROXY: proxy.https,
    NO_PROXY: noProxy(cluster).join(','),
  }
  const small = Object.entries(values).map(([name, value]) => [name.toLowerCase(), value])
  return { ...values, ...Object.fromEntries(small) }
}

/**
 * What must be reached directly: a cluster that asks a proxy for itself works until the proxy
 * rests. Nodes one by one, since curl below 7.86 (Enterprise Linux 9 has 7.76) knows no networks.
 */
export function noProxy(cluster: Cluster): readonly string[] {
  const { endpoint, networking, nodes, etcd, proxy } = cluster
  const etcdHosts = (etcd.external?.endpoints ?? []).map((url) => bare(new URL(url).hostname))
  return [
    ...new Set([
      'localhost',
      '127.0.0.1',
      '::1',
      networking.podSubnet,
      networking.serviceSubnet,
      '.svc',
      `.${networking.dnsDomain}`,
      endpoint.address,
      ...(endpoint.name === undefined ? [] : [endpoint.name]),
      ...nodes.flatMap(({ name, address }) => [address, name]),
      ...etcdHosts,
      ...(proxy?.noProxy ?? []),
    ]),
  ]
}

const bare = (host: string) => host.replace(/^\[|\]$/g, '')

/** The same for shell scripts: three lines, for http, for https, exceptions. Empty: no proxy. */
export function proxyLines(cluster: Cluster): string {
  const { proxy } = cluster
  return proxy ? `${proxy.http}\n${proxy.https}\n${noProxy(cluster).join(',')}\n` : ''
}

/** The proxy for one URL, as programs choose it by that environment; undefined: none. */
export function proxyFor(cluster: Cluster, url: string): string | undefined {
  const { protocol, hostname } = new URL(url)
  const host = bare(hostname)
  if (!cluster.proxy || noProxy(cluster).some((one) => isExcepted(host, one))) return undefined
  return protocol === 'https:' ? cluster.proxy.https : cluster.proxy.http
}

function isExcepted(host: string, exception: string): boolean {
  const address = parseAddress(host)
  const network = parseNetwork(exception)
  if (network) return address !== undefined && contains(network, address)
  const domain = exception.replace(/^\./, '')
  return host === exception || (!address && host.endsWith(`.${domain}`))
}

/** Where systemd looks for additions to a unit of ours: man systemd.unit(5). */
export const proxyDropInPath = (unit: string) =>
  `/etc/systemd/system/${unit}.d/10-kubestrap-proxy.conf`

/**
 * The proxy for a service. Without one the file is empty, not gone: its date tells which services
 * have to be started anew.
 */
export function proxyDropIn(cluster: Cluster): string {
  const lines = Object.entries(proxyEnvironment(cluster)).map(
    ([name, value]) => `Environment="${name}=${value}"`,
  )
  const about = cluster.proxy
    ? '# From `proxy` in the cluster file; what the cluster asks itself is in NO_PROXY.'
    : '# The cluster file names no proxy any more.'
  return ['# Written by kubestrap, phase prerequisites.', about, '[Service]', ...lines, ''].join(
    '\n',
  )
}
