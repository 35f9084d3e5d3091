import type { Path } from './problem.ts'

/** A flag as it was given on the command line. */
export interface FlagValue {
  readonly flag: string
  readonly path: readonly (string | number)[]
  readonly value: string
}

export interface ClusterFlag {
  readonly flag: string
  /** What it fills in the cluster file; `nodes.0` stands for the node that --node names. */
  readonly path: readonly (string | number)[]
  readonly placeholder: string
  readonly help: string
}

/** The flags that fill paths of the cluster file; everything without its own goes by --set. */
export const clusterFlags: readonly ClusterFlag[] = [
  { flag: '--node', path: ['nodes', 0, 'name'], placeholder: 'NAME', help: 'name of this node' },
  { flag: '--address', path: ['nodes', 0, 'address'], placeholder: 'IP', help: 'its address' },
  {
    flag: '--role',
    path: ['nodes', 0, 'role'],
    placeholder: 'ROLE',
    help: 'control-plane or worker',
  },
  {
    flag: '--endpoint',
    path: ['endpoint', 'address'],
    placeholder: 'IP',
    help: 'address of the control plane endpoint',
  },
  {
    flag: '--endpoint-name',
    path: ['endpoint', 'name'],
    placeholder: 'NAME',
    help: 'its DNS name, if it has one',
  },
  {
    flag: '--endpoint-port',
    path: ['endpoint', 'port'],
    placeholder: 'PORT',
    help: 'its port (6443)',
  },
  {
    flag: '--endpoint-provider',
    path: ['endpoint', 'provider'],
    placeholder: 'PROVIDER',
    help: 'kube-vip, or external: a load balancer of your own',
  },
  {
    flag: '--runtime',
    path: ['runtime'],
    placeholder: 'RUNTIME',
    help: 'cri-o or containerd',
  },
  {
    flag: '--cluster-name',
    path: ['name'],
    placeholder: 'NAME',
    help: 'name of the cluster (kubernetes)',
  },
  {
    flag: '--kubernetes-version',
    path: ['kubernetesVersion'],
    placeholder: 'VERSION',
    help: 'minor or exact version (1.36)',
  },
  {
    flag: '--pod-subnet',
    path: ['networking', 'podSubnet'],
    placeholder: 'NETWORK',
    help: 'addresses of pods (10.244.0.0/16)',
  },
  {
    flag: '--service-subnet',
    path: ['networking', 'serviceSubnet'],
    placeholder: 'NETWORK',
    help: 'addresses of Services (10.96.0.0/12)',
  },
  {
    flag: '--dns-domain',
    path: ['networking', 'dnsDomain'],
    placeholder: 'DOMAIN',
    help: 'domain of Services (cluster.local)',
  },
  {
    flag: '--pod-network',
    path: ['podNetwork', 'provider'],
    placeholder: 'NAME',
    help: 'bridge, calico or none (bridge)',
  },
  {
    flag: '--ignore',
    path: ['preflight', 'ignore'],
    placeholder: 'CHECK',
    help: 'preflight check to ignore; may be given again',
  },
  {
    flag: '--proxy',
    path: ['proxy', 'http'],
    placeholder: 'URL',
    help: 'forward proxy, also for installing Node.js',
  },
  {
    flag: '--set',
    path: [],
    placeholder: 'PATH=VALUE',
    help: 'any other value of the file, as YAML; may be given again',
  },
]

/** The flag that would fill a path, for "--address is missing". */
export const flagFor = (path: Path): string | undefined =>
  clusterFlags.find((one) => one.path.length > 0 && one.path.join('/') === path.join('/'))?.flag
