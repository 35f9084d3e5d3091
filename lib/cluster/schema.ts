import * as v from 'valibot'
import { endpointSchema } from './endpoint-schema.ts'
import { etcdSchema } from './etcd-schema.ts'
import { dnsName, nameOrAddress, network, part, text } from './fields.ts'
import { machineSchema } from './machine-schema.ts'
import { nodeSchema, sshSchema } from './node-schema.ts'
import { patterns as form } from './patterns.ts'
import { podNetworkSchema } from './pod-network-schema.ts'
import { proxySchema } from './proxy-schema.ts'
import { securitySchema } from './security-schema.ts'
import { sourcesSchema } from './sources-schema.ts'
import { wantedVersion } from './version.ts'

const networking = v.strictObject({
  podSubnet: v.optional(
    network('10.244.0.0/16', 'Addresses of pods; each node takes a /24 of it (IPv6: a /64).'),
    '10.244.0.0/16',
  ),
  serviceSubnet: v.optional(network('10.96.0.0/12', 'Addresses of Services.'), '10.96.0.0/12'),
  dnsDomain: v.optional(text(form.dnsName, dnsName, 'Domain of Services.'), 'cluster.local'),
})

const apiServer = v.strictObject({
  extraArgs: v.optional(
    v.pipe(
      v.record(
        text(form.argumentName, 'a flag of kube-apiserver without its dashes'),
        text(form.argumentValue, 'a value without blanks, quotes or shell signs'),
      ),
      v.description('Flags of kube-apiserver, without their dashes.'),
    ),
    {},
  ),
  certSANs: v.optional(
    v.pipe(
      v.array(
        v.pipe(
          text(form.certificateName, 'a DNS name or an IP address'),
          v.check(nameOrAddress, 'a DNS name or an IP address'),
        ),
      ),
      v.description("More names and addresses for the API server's certificate."),
    ),
    [],
  ),
})

const preflight = v.strictObject({
  ignore: v.optional(
    v.pipe(
      v.array(text(form.preflightCheck, 'the name of a check such as NumCPU')),
      v.description(
        "Checks whose refusals become warnings: those of docs/preflight.md and kubeadm's own, such as NumCPU.",
      ),
    ),
    [],
  ),
})

const references = 'https://kubernetes.io/docs/reference/config-api'

/**
 * The cluster file. Everything that reads or shows it comes from here: the check, the defaults,
 * schema/cluster.schema.json with its descriptions, the suggestions in messages.
 * Rules that need two values at once are in rules.ts. A key enters with the code that obeys it.
 */
export const clusterSchema = v.pipe(
  v.strictObject({
    name: text(
      form.clusterName,
      'lower-case letters, digits and "-", at most 63',
      'Name of the cluster, as kubeconfigs show it.',
    ),
    kubernetesVersion: v.optional(
      text(
        form.version,
        wantedVersion,
        'A minor version in quotes, "1.36" (the newest patch when the cluster begins), or an exact one, "1.36.3".',
      ),
      '1.36',
    ),
    endpoint: part(
      endpointSchema,
      'Control plane endpoint',
      'Where all clients reach the API server. Short form: only the address.',
    ),
    networking: v.optional(
      part(
        networking,
        'Networks of the cluster',
        'Addresses of pods and Services, and the domain of Services.',
      ),
      {},
    ),
    podNetwork: v.optional(
      part(podNetworkSchema, 'Pod network', 'How pods reach the pods of other nodes.'),
      {},
    ),
    runtime: v.optional(
      part(
        v.picklist(['containerd', 'cri-o']),
        'Container runtime',
        'What runs the containers. cri-o: its minor version follows Kubernetes.',
      ),
      'cri-o',
    ),
    etcd: v.optional(part(etcdSchema, 'etcd', 'Where the cluster keeps its state.'), {}),
    ...machineSchema,
    ssh: v.optional(
      part(
        sshSchema,
        'SSH',
        'How the nodes are reached (user kubernetesadmin, port 22 if not given).',
      ),
      {},
    ),
    adminKubeconfig: v.optional(
      v.pipe(
        v.boolean(),
        v.description(
          'true: on control planes the user of ssh gets ~/.kube/config, and kubectl its completion.',
        ),
      ),
      true,
    ),
    nodes: part(
      v.pipe(v.array(nodeSchema), v.minLength(1, 'at least one node')),
      'Nodes',
      'The machines of the cluster.',
    ),
    kubelet: v.optional(
      part(
        v.record(v.string(), v.unknown()),
        'kubelet',
        `Fields of KubeletConfiguration: ${references}/kubelet-config.v1beta1/`,
      ),
      {},
    ),
    apiServer: v.optional(part(apiServer, 'API server', 'Settings of kube-apiserver.'), {}),
    kubeProxy: v.optional(
      part(
        v.record(v.string(), v.unknown()),
        'kube-proxy',
        `Fields of KubeProxyConfiguration: ${references}/kube-proxy-config.v1alpha1/`,
      ),
      {},
    ),
    preflight: v.optional(
      part(preflight, 'Preflight checks', 'What is checked before anything is changed.'),
      {},
    ),
    proxy: v.optional(
      part(
        proxySchema,
        'Proxy',
        'A forward proxy that the nodes need on their way out: for dnf, keys, images, kubeadm and kubelet.',
      ),
    ),
    security: v.optional(
      part(securitySchema, 'Security', 'What docs/security.md leaves to choose.'),
      {},
    ),
    sources: v.optional(part(sourcesSchema, 'Sources', 'Where packages and images come from.'), {}),
  }),
  v.title('kubestrap cluster'),
  v.description('One Kubernetes cluster on plain virtual machines.'),
)

/** The file as checked, with defaults, before overrides are resolved. */
export type ClusterFile = v.InferOutput<typeof clusterSchema>
