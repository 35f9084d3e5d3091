import type { Cluster } from '../../lib/cluster.ts'
import { modeOf, type ProxyMode } from '../../lib/proxy-mode.ts'
import { encryptionFlag } from '../../lib/render/api-server.ts'
import { endpointOf } from '../../lib/render/kubeadm-config.ts'
import type { KubeApi } from './api.ts'

/**
 * Settings that count when a cluster is begun and are kept in its ConfigMaps. Where the file wants
 * others than the living cluster has it is said: `up` does not change them.
 */
export async function differingSettings(kube: KubeApi, cluster: Cluster): Promise<string[]> {
  const [kubeadm, kubelet, proxy] = await Promise.all([
    configMap(kube, 'kubeadm-config', 'ClusterConfiguration'),
    configMap(kube, 'kubelet-config', 'kubelet'),
    configMap(kube, 'kube-proxy', 'config.conf'),
  ])
  return [
    ...compare('networking', cluster.networking, kubeadm?.networking),
    ...compare('', { controlPlaneEndpoint: endpointOf(cluster) }, kubeadm),
    ...compare('apiServer.extraArgs', cluster.apiServer.extraArgs, extraArgs(kubeadm)),
    ...security(cluster, kubeadm, kubelet),
    ...compare('kubelet', cluster.kubelet, kubelet),
    ...compare('kubeProxy', cluster.kubeProxy, proxy),
  ]
}

/** How the living kube-proxy works; undefined when there is none. */
export async function livingProxyMode(kube: KubeApi): Promise<ProxyMode | undefined> {
  const proxy = await configMap(kube, 'kube-proxy', 'config.conf')
  return proxy && modeOf(proxy.mode ?? '')
}

type Values = Readonly<Record<string, unknown>>

async function configMap(kube: KubeApi, name: string, key: string): Promise<Values | undefined> {
  const answer = await kube.get(`/api/v1/namespaces/kube-system/configmaps/${name}`)
  const { data } = (answer.json ?? {}) as { data?: Readonly<Record<string, string>> }
  const { parse } = await import('yaml')
  return answer.status === 200 && data?.[key] ? (parse(data[key]) as Values) : undefined
}

function extraArgs(kubeadm: Values | undefined): Values {
  const { extraArgs: list = [] } = (kubeadm?.apiServer ?? {}) as {
    extraArgs?: readonly { name: string; value: string }[]
  }
  return Object.fromEntries(list.map(({ name, value }) => [name, value]))
}

/** Each is seen by the flag it brings; both ways, as nobody should believe in what is not there. */
function security({ security }: Cluster, kubeadm?: Values, kubelet?: Values): string[] {
  if (!kubeadm || !kubelet) return []
  const flags = extraArgs(kubeadm)
  const living = {
    auditLog: 'audit-policy-file' in flags,
    encryptSecrets: encryptionFlag in flags,
    kubeletServingCertificates: kubelet.serverTLSBootstrap === true,
  }
  return compare('security', security, living)
}

/** What the living cluster does not have at all is different, unless the wanted value is "nothing". */
function compare(where: string, wanted: Values, found: unknown): string[] {
  if (typeof found !== 'object' || found === null) return []
  const living = found as Values
  return Object.entries(wanted).flatMap(([key, want]) => {
    const name = where ? `${where}.${key}` : key
    if (!(key in living)) {
      if (isNothing(want)) return []
      return [
        `${name}: the file wants ${shown(want)}, the living cluster has none; up does not add it`,
      ]
    }
    if (isObject(want)) return compare(name, want, living[key])
    if (same(want, living[key])) return []
    return [
      `${name}: the file wants ${shown(want)}, the living cluster has ${shown(living[key])}; up does not change it`,
    ]
  })
}

/** Zero values are left out when Kubernetes writes a configuration. */
const isNothing = (value: unknown) =>
  value === 0 || value === false || value === '' || ['[]', '{}'].includes(JSON.stringify(value))

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const shown = (value: unknown) => JSON.stringify(value).slice(0, 60)

/** Kubernetes writes durations its own way: 1m is 1m0s. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string') return duration(a) === duration(b)
  return JSON.stringify(a) === JSON.stringify(b)
}

function duration(text: string): string {
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text)
  if (!parts || text === '') return text
  const [, h = 0, m = 0, s = 0] = parts
  return `${Number(h) * 3600 + Number(m) * 60 + Number(s)}s`
}
