import { defaultCalico } from './calico-releases.ts'
import type { CalicoSettings, Cluster, ClusterNode, KubeVip } from './cluster.ts'

/** Three control planes and one worker, of the parts that need nothing but Kubernetes: as the lab's own. */
export function plainCluster(): Cluster {
  const node = (name: string, address: string, role: ClusterNode['role']): ClusterNode => ({
    name,
    address,
    role,
    labels: {},
    taints:
      role === 'control-plane'
        ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }]
        : [],
    schedulable: role === 'worker',
    ssh: { user: 'kubernetesadmin', port: 22 },
  })
  const kubernetes = 'https://pkgs.k8s.io/core:/stable:/v{minor}/rpm/'
  return {
    name: 'example',
    kubernetesVersion: '1.36',
    endpoint: {
      provider: 'external',
      address: '192.168.9.120',
      port: 6443,
      hostsEntry: false,
    },
    networking: {
      podSubnet: '10.244.0.0/16',
      serviceSubnet: '10.96.0.0/12',
      dnsDomain: 'cluster.local',
    },
    podNetwork: { provider: 'bridge', manifests: [] },
    runtime: 'containerd',
    etcd: {},
    selinux: 'permissive',
    firewall: 'disabled',
    timeSync: 'chrony',
    systemUpdate: false,
    adminKubeconfig: true,
    nodes: [
      node('k-master-1', '192.168.9.121', 'control-plane'),
      node('k-master-2', '192.168.9.122', 'control-plane'),
      node('k-master-3', '192.168.9.123', 'control-plane'),
      node('k-worker-1', '192.168.9.141', 'worker'),
    ],
    kubelet: {},
    apiServer: { extraArgs: {}, certSANs: [] },
    kubeProxy: {},
    preflight: { ignore: [] },
    security: { auditLog: true, encryptSecrets: false, kubeletServingCertificates: false },
    sources: {
      kubernetes: {
        baseurl: kubernetes,
        gpgkey: `${kubernetes}repodata/repomd.xml.key`,
        fingerprint: 'DE15B14486CD377B9E876E1A234654DA9A296436',
      },
      containerd: {
        baseurl: 'https://download.docker.com/linux/centos/$releasever/$basearch/stable/',
        gpgkey: 'https://download.docker.com/linux/centos/gpg',
        fingerprint: '060A61C51B558A7F742B77AAC52FEB6B621E9F35',
      },
      crio: {
        baseurl: 'https://download.opensuse.org/repositories/isv:/cri-o:/stable:/v{minor}/rpm/',
        gpgkey:
          'https://download.opensuse.org/repositories/isv:/cri-o:/stable:/v{minor}/rpm/repodata/repomd.xml.key',
      },
      images: {},
      manifests: {
        calico: 'https://raw.githubusercontent.com/projectcalico/calico/{version}/manifests',
      },
      binaries: {
        calicoctl:
          'https://github.com/projectcalico/calico/releases/download/{version}/calicoctl-linux-{arch}',
      },
    },
  }
}

/** The same with kube-vip. */
export function plainWithKubeVip(): Cluster {
  const cluster = plainCluster()
  const kubeVip: KubeVip = {
    mode: 'arp',
    version: 'v1.2.3',
    image: 'ghcr.io/kube-vip/kube-vip',
    manifest: 'podman',
    services: false,
    lease: { duration: 15, renewDeadline: 10, retryPeriod: 2 },
  }
  return { ...cluster, endpoint: { ...cluster.endpoint, provider: 'kube-vip', kubeVip } }
}

/** The cluster that lessons are told with: all defaults. */
export function exampleCluster(): Cluster {
  const calico: CalicoSettings = {
    version: defaultCalico,
    encapsulation: 'VXLANCrossSubnet',
    bgp: false,
    blockSize: 26,
    natOutgoing: true,
    apiServer: true,
    calicoctl: true,
    checksums: {},
  }
  const podNetwork = { provider: 'calico', calico, manifests: [] } as const
  return { ...plainWithKubeVip(), runtime: 'cri-o', podNetwork }
}
