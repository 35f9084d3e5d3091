import type { Cluster, ClusterNode, ExternalEtcd, Role } from '../cluster.ts'
import type { JoinSecrets } from '../credentials.ts'
import { etcdClientFiles } from '../etcd-client.ts'
import { type ProxyMode, proxyModeFor } from '../proxy-mode.ts'
import { criSocket } from '../runtimes.ts'
import { apiServerArguments, apiServerVolumes, noProfiling } from './api-server.ts'

/**
 * kubeadm's configuration, v1beta4, as documents of plain data.
 * https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/
 */
export type Document = Readonly<Record<string, unknown>>

const kubeadmApi = 'kubeadm.k8s.io/v1beta4'

/** Description of the bootstrap tokens we make: how they are found again to be revoked. */
export const tokenDescriptions = {
  'control-plane': 'kubestrap: short-lived, for a control plane',
  worker: 'kubestrap: short-lived, for workers',
} as const

export interface InitSecrets {
  /** Bootstrap token for init itself; short-lived, so that kubeadm does not leave its own of 24 h. */
  readonly token: string
  /** Only for upload-certs: key the certificates in the Secret are encrypted with. */
  readonly certificateKey?: string
  /** Who will join with the token. */
  readonly for?: Role
}

export interface InitTarget {
  readonly cluster: Cluster
  readonly node: ClusterNode
  /** Exact, without "v". */
  readonly version: string
  /** Decided from all nodes; not given: from the cluster file alone. */
  readonly proxyMode?: ProxyMode
}

/** What every control plane shares; also needed whole by upload-certs and token create. */
export function clusterConfiguration({ cluster, version }: InitTarget): Document {
  const { endpoint, networking, apiServer, etcd } = cluster
  const names = [endpoint.address, ...(endpoint.name ? [endpoint.name] : []), ...apiServer.certSANs]
  return {
    apiVersion: kubeadmApi,
    kind: 'ClusterConfiguration',
    clusterName: cluster.name,
    kubernetesVersion: `v${version}`,
    controlPlaneEndpoint: endpointOf(cluster),
    networking: {
      podSubnet: networking.podSubnet,
      serviceSubnet: networking.serviceSubnet,
      dnsDomain: networking.dnsDomain,
    },
    ...(etcd.external ? { etcd: { external: externalEtcd(etcd.external) } } : {}),
    apiServer: {
      certSANs: [...new Set(names)],
      extraArgs: list(apiServerArguments(cluster)),
      extraVolumes: apiServerVolumes(cluster),
    },
    controllerManager: { extraArgs: list(noProfiling) },
    scheduler: { extraArgs: list(noProfiling) },
  }
}

const list = (flags: Readonly<Record<string, string>>) =>
  Object.entries(flags).map(([name, value]) => ({ name, value }))

/** Only where it is: the files themselves are written before kubeadm runs. */
const externalEtcd = ({ endpoints }: ExternalEtcd) => ({
  endpoints,
  caFile: etcdClientFiles.ca,
  certFile: etcdClientFiles.certificate,
  keyFile: etcdClientFiles.key,
})

/** `address:port` or `name:port`, as nodes and kubeconfigs use it; IPv6 in brackets. */
export function endpointOf({ endpoint }: Cluster): string {
  const host = endpoint.name ?? endpoint.address
  return `${host.includes(':') ? `[${host}]` : host}:${endpoint.port}`
}

/** The documents for `kubeadm init` on the first control plane. */
export function initDocuments(target: InitTarget, secrets: InitSecrets): readonly Document[] {
  const { cluster, node } = target
  const init: Document = {
    apiVersion: kubeadmApi,
    kind: 'InitConfiguration',
    bootstrapTokens: [
      {
        token: secrets.token,
        description: tokenDescriptions[secrets.for ?? 'control-plane'],
        ttl: '15m0s',
        usages: ['signing', 'authentication'],
        groups: ['system:bootstrappers:kubeadm:default-node-token'],
      },
    ],
    ...(secrets.certificateKey ? { certificateKey: secrets.certificateKey } : {}),
    nodeRegistration: nodeRegistration(cluster, node),
    localAPIEndpoint: { advertiseAddress: node.address, bindPort: 6443 },
    timeouts,
  }
  return [
    init,
    clusterConfiguration(target),
    kubeletConfiguration(cluster),
    proxyConfiguration(target),
  ]
}

/** A kubeconfig without a user: where the cluster is, and by which CA one knows it. */
export function discoveryDocuments({
  endpoint,
  caCertificate,
}: Pick<JoinSecrets, 'endpoint' | 'caCertificate'>): readonly Document[] {
  const cluster = {
    server: `https://${endpoint}`,
    'certificate-authority-data': caCertificate,
  }
  return [{ apiVersion: 'v1', kind: 'Config', clusters: [{ name: '', cluster }] }]
}

/** How a joining node finds and trusts the cluster. */
export type Discovery =
  /** Path of a file as `discoveryDocuments` makes it: nothing to wait for. */
  | { readonly file: string; readonly token: string }
  /** ConfigMap cluster-info, by a signature made with the token: what a person can type. */
  | Pick<JoinSecrets, 'endpoint' | 'token' | 'caCertHash'>

/** The document for `kubeadm join`. */
export function joinDocuments(
  { cluster, node }: Omit<InitTarget, 'version'>,
  join: Discovery & Pick<JoinSecrets, 'certificateKey'>,
): readonly Document[] {
  const controlPlane = {
    localAPIEndpoint: { advertiseAddress: node.address, bindPort: 6443 },
    certificateKey: join.certificateKey,
  }
  return [
    {
      apiVersion: kubeadmApi,
      kind: 'JoinConfiguration',
      discovery: discoveryOf(join),
      nodeRegistration: nodeRegistration(cluster, node),
      ...(node.role === 'control-plane' ? { controlPlane } : {}),
      timeouts,
    },
  ]
}

const discoveryOf = (by: Discovery): Document =>
  'file' in by
    ? { file: { kubeConfigPath: by.file }, tlsBootstrapToken: by.token }
    : {
        bootstrapToken: {
          apiServerEndpoint: by.endpoint,
          token: by.token,
          caCertHashes: [by.caCertHash],
        },
      }

// Slow disks need longer than kubeadm's four minutes; the others stay as kubeadm has them.
const timeouts = { controlPlaneComponentHealthCheck: '8m0s', kubeletHealthCheck: '6m0s' }

function nodeRegistration(cluster: Cluster, node: ClusterNode): Document {
  return {
    name: node.name,
    criSocket: criSocket(cluster.runtime),
    taints: node.taints,
    imagePullPolicy: 'IfNotPresent',
    ignorePreflightErrors: cluster.preflight.ignore,
    // Always the address of the file: else the kubelet may choose a virtual IP as its own.
    kubeletExtraArgs: [{ name: 'node-ip', value: node.address }],
  }
}

function kubeletConfiguration({ kubelet, security }: Cluster): Document {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    // Pods that say nothing get the runtime's filter of system calls (CIS 4.2.14).
    seccompDefault: true,
    ...(security.kubeletServingCertificates ? { serverTLSBootstrap: true } : {}),
    ...kubelet,
  }
}

/** Whatever decided the mode, it is written down: the living cluster then tells it to Calico. */
function proxyConfiguration({ cluster, proxyMode }: InitTarget): Document {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    ...cluster.kubeProxy,
    mode: proxyMode ?? proxyModeFor(cluster, []),
  }
}

/** Documents as one YAML text. */
export async function yamlText(documents: readonly Document[]): Promise<string> {
  const { stringify } = await import('yaml')
  return documents.map((document) => stringify(document)).join('---\n')
}
