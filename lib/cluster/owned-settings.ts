/** Settings of the pass-through parts that belong to somebody else already, with who sets them. */
export interface OwnedSettings {
  readonly part: readonly string[]
  readonly keys: Readonly<Record<string, string>>
}

const kubeadm = 'kubeadm sets it'

// cmd/kubeadm/app/componentconfigs/kubelet.go and kubeproxy.go, util/staticpod/utils.go,
// phases/controlplane/manifests.go in https://github.com/kubernetes/kubernetes
export const ownedSettings: readonly OwnedSettings[] = [
  {
    part: ['kubelet'],
    keys: {
      apiVersion: 'kubestrap sets it',
      kind: 'kubestrap sets it',
      clusterDNS: `${kubeadm} from networking.serviceSubnet`,
      clusterDomain: `${kubeadm} from networking.dnsDomain`,
      staticPodPath: `${kubeadm}: the control plane's manifests are there`,
      serverTLSBootstrap: 'kubestrap sets it from security.kubeletServingCertificates',
      rotateCertificates: `${kubeadm}: without it nodes fall out after a year`,
      containerRuntimeEndpoint: `${kubeadm} from runtime`,
      'authentication.x509.clientCAFile': `${kubeadm}: the CA of the cluster`,
    },
  },
  {
    part: ['kubeProxy'],
    keys: {
      apiVersion: 'kubestrap sets it',
      kind: 'kubestrap sets it',
      clusterCIDR: `${kubeadm} from networking.podSubnet`,
      hostnameOverride: `${kubeadm}, on each node to its name`,
      'clientConnection.kubeconfig': `${kubeadm} to a file in the pod`,
    },
  },
  {
    part: ['apiServer', 'extraArgs'],
    keys: {
      'advertise-address': `${kubeadm} to the address of the node`,
      'secure-port': `${kubeadm}; endpoint.port is the port clients use`,
      'service-cluster-ip-range': `${kubeadm} from networking.serviceSubnet`,
      'etcd-servers': `${kubeadm}; an etcd of your own goes into etcd.external`,
      'etcd-cafile': `${kubeadm}; an etcd of your own goes into etcd.external`,
      'etcd-certfile': `${kubeadm}; an etcd of your own goes into etcd.external`,
      'etcd-keyfile': `${kubeadm}; an etcd of your own goes into etcd.external`,
      'client-ca-file': `${kubeadm}: the CA of the cluster`,
      'kubelet-certificate-authority': 'kubestrap sets it from security.kubeletServingCertificates',
      'encryption-provider-config': 'kubestrap sets it from security.encryptSecrets',
    },
  },
]
