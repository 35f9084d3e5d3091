import { supportedMinors } from './version.ts'

/**
 * Forms of the texts in a cluster file. Each lists what may stand in it and leaves out everything
 * else: a value can then be no option (leading "-"), no shell (`$ ; | & < > ( )`, quotes,
 * backticks), no second line and no invisible character, wherever it is used later.
 */
const whole = (source: string, most: number) => new RegExp(`^(?=.{1,${most}}$)(?:${source})$`)

const dnsLabel = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const dnsName = `${dnsLabel}(?:\\.${dnsLabel})*`
const labelName = '[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?'
const host = '(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\\[[0-9A-Fa-f:]+\\])'
const server = `${host}(?::[0-9]{1,5})?`
const user = '[A-Za-z_][A-Za-z0-9._-]*'
const path = '[A-Za-z0-9._~:@+=,/-]'
const minors = supportedMinors.map((minor) => minor.replaceAll('.', '\\.')).join('|')

const url = (variables: readonly string[]) =>
  whole(`https?://${server}(?:/(?:${[path, ...variables].join('|')})*)?`, 500)

const minor = '\\{minor\\}'
const dnfVariables = ['\\$releasever', '\\$basearch']

const filePath = whole('(?:~/|\\.{0,2}/)?[A-Za-z0-9._@+,/][A-Za-z0-9._@+,/-]*', 1000)

export const patterns = {
  /** RFC 1123 label. */
  clusterName: whole(dnsLabel, 63),
  /** RFC 1123 subdomain; 63 because it becomes the value of the label kubernetes.io/hostname. */
  nodeName: whole(dnsName, 63),
  dnsName: whole(dnsName, 253),
  /** Name of an API server certificate: DNS name, also `*.example.org`, or an address. */
  certificateName: whole(`(?:\\*\\.)?${dnsName}|[0-9A-Fa-f:]{2,45}`, 253),
  version: whole(`(?:${minors})(?:\\.(?:0|[1-9][0-9]{0,2}))?`, 12),
  address: whole('[0-9A-Fa-f.:]+', 45),
  network: whole('[0-9A-Fa-f.:]+/[0-9]{1,3}', 49),
  /** man useradd(8), with the dots and capitals that directories have. */
  user: whole(user, 32),
  /** As in `ssh -J`, one host. */
  sshJump: whole(`(?:${user}@)?${server}`, 300),
  /** Path of a file on the admin's computer. ssh would expand a "%". */
  filePath,
  /** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
  labelKey: whole(`(?:(?=[^/]{1,253}/)${dnsName}/)?${labelName}`, 317),
  labelValue: new RegExp(`^(?:${labelName})?$`),
  /** A flag of kube-apiserver without its dashes. */
  argumentName: whole('[a-z0-9](?:[a-z0-9-]*[a-z0-9])?', 100),
  /** `$(NAME)` in the arguments of a pod is replaced by the kubelet, so "$" is out here too. */
  argumentValue: whole('(?!-)[A-Za-z0-9./_:@+=,*^~?#!{}\\[\\]-]+', 4000),
  /** Such as `FileContent--proc-sys-net-ipv4-ip_forward`. */
  preflightCheck: whole('[A-Za-z][A-Za-z0-9_./-]*', 200),
  /** Interface names: IFNAMSIZ in linux/if.h is 16 with the closing zero. */
  interfaceName: whole('[A-Za-z0-9_][A-Za-z0-9_.-]*', 15),
  kubeVipVersion: whole('v(?:0|[1-9][0-9]{0,2})(?:\\.(?:0|[1-9][0-9]{0,2})){2}', 12),
  /** `REGISTRY/PATH` without a tag: https://github.com/opencontainers/distribution-spec */
  imageRepository: whole(
    `(?:localhost|${dnsLabel}(?:\\.${dnsLabel})+)(?::[0-9]{1,5})?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+`,
    255,
  ),
  registry: whole(`${dnsName}(?::[0-9]{1,5})?`, 260),
  /** Nothing after the port: it becomes an item of kube-apiserver's list --etcd-servers. */
  etcdEndpoint: whole(`https://${host}:[1-9][0-9]{0,4}`, 300),
  mirror: url([]),
  proxyUrl: whole(`https?://${server}/?`, 300),
  proxyException: whole(`\\.?${dnsName}|[0-9A-Fa-f.:]+(?:/[0-9]{1,3})?`, 253),
  kubernetesBaseurl: url([minor, ...dnfVariables]),
  kubernetesKey: url([minor]),
  containerdBaseurl: url(dnfVariables),
  containerdKey: url([]),
  /** What older and newer releases need otherwise stands in pod-network-schema.ts. */
  calicoVersion: whole('v3\\.3[0-2]\\.(?:0|[1-9][0-9]{0,2})', 12),
  /** A folder of files: a URL, or a path on the admin's computer. */
  calicoManifests: new RegExp(`${url(['\\{version\\}']).source}|${filePath.source}`),
  calicoctl: url(['\\{version\\}', '\\{arch\\}']),
  sha256: whole('[0-9A-Fa-f]{64}', 64),
  /** 40 hexadecimal digits; blanks between them as gpg prints them. */
  fingerprint: whole('(?: *[0-9A-Fa-f]){40} *', 120),
} as const
