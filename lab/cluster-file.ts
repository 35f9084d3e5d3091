import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { minorPart } from '../lib/versions.ts'
import type { Artifacts } from './artifacts/artifacts.ts'
import { calicoctlName, type GivenCalico } from './artifacts/given-calico.ts'
import { endpointOf, type LabMachine, sourcesOf, virtualAddressOf } from './layout.ts'
import type { ClusterQuirks } from './nodes/quirks.ts'
import { labFolder } from './project.ts'
import type { Stack } from './stack.ts'

export interface ClusterFileParts {
  readonly name: string
  readonly octet: number
  readonly stack: Stack
  readonly machines: readonly LabMachine[]
  readonly quirks: ClusterQuirks
  /** Fingerprint of the key that signs the lab's packages; undefined while there are none. */
  readonly sources: Pick<Artifacts, 'keyFingerprint' | 'kubernetesVersion' | 'calico'> | undefined
}

/** The line of a machine in the file's list of nodes. */
export const nodeLine = ({ name, address, role }: LabMachine) =>
  `  - { name: ${name}, address: ${address}, role: ${role} }\n`

/** Text of cluster.yaml for the lab's machines; spare machines are not in it. */
export function clusterFileText(parts: ClusterFileParts): string {
  const { name, octet, stack, machines, quirks, sources } = parts
  const minor = minorPart(sources?.kubernetesVersion ?? '1.36')
  const nodes = machines.filter(({ role }) => role !== 'spare').map(nodeLine)
  return `# yaml-language-server: $schema=../../schema/cluster.schema.json
# Written by the kubestrap lab. Edit it as you like: an edited file is not overwritten.
name: ${name}
kubernetesVersion: "${minor}"
endpoint: { provider: ${stack.endpoint}, address: ${endpointAddress(stack, octet)}, port: 6443 }
networking: { podSubnet: 10.244.0.0/16, serviceSubnet: 10.96.0.0/16, dnsDomain: cluster.local }
${podNetworkText(stack, sources?.calico)}
runtime: ${stack.runtime}
ssh: { user: kubernetesadmin, port: 22, key: ./id_ed25519 }
nodes:
${nodes.join('')}
# The nodes are containers that share one kernel: what that makes necessary on this computer.
${section('kubelet', quirks.kubelet)}kubeProxy: ${JSON.stringify(quirks.kubeProxy)}
preflight: { ignore: ${JSON.stringify(quirks.ignore)} }
${sources ? sourcesText(octet, sources) : ''}`
}

function podNetworkText({ podNetwork }: Stack, calico: GivenCalico | undefined): string {
  if (podNetwork !== 'calico') return `podNetwork: { provider: ${podNetwork} }`
  const { calicoctl = false, apiServer = true, checksums = {} } = calico ?? {}
  const settings = {
    ...(Object.keys(checksums).length > 0 ? { checksums } : {}),
    ...(apiServer ? {} : { apiServer }),
    ...(calicoctl ? {} : { calicoctl }),
  }
  const reasons = [
    ...(apiServer ? [] : ['API server is left out: its image was not in DIR/images']),
    ...(calicoctl ? [] : [`calicoctl is left out: it was not in DIR/bin (${calicoctlName})`]),
  ]
  const why = reasons.map((reason) => `# ${reason} of --artifacts DIR.\n`).join('')
  return `${why}podNetwork: ${JSON.stringify({ provider: podNetwork, calico: settings })}`
}

/** HAProxy's, or a free one that kube-vip takes. */
const endpointAddress = ({ endpoint }: Stack, octet: number) =>
  endpoint === 'kube-vip' ? virtualAddressOf(octet) : endpointOf(octet)

const section = (key: string, value: Readonly<Record<string, unknown>>) =>
  Object.keys(value).length === 0 ? '' : `${key}: ${JSON.stringify(value)}\n`

/** The lab's registry stands in for all of these. */
const registries = ['registry.k8s.io', 'docker.io', 'ghcr.io', 'quay.io']

function sourcesText(
  octet: number,
  { keyFingerprint: fingerprint, calico }: NonNullable<ClusterFileParts['sources']>,
): string {
  const base = `http://${sourcesOf(octet)}`
  const kubernetes = `${base}/kubernetes/core:/stable:/v{minor}/rpm/`
  const crio = `${base}/repositories/isv:/cri-o:/stable:/v{minor}/rpm/`
  return `
# Packages and images come from the lab itself, signed with a key of its own.
sources:
  kubernetes:
    baseurl: "${kubernetes}"
    gpgkey: "${kubernetes}repodata/repomd.xml.key"
    fingerprint: "${fingerprint}"
  containerd:
    baseurl: "${base}/docker/linux/centos/9/$basearch/stable/"
    gpgkey: "${base}/docker/linux/centos/gpg"
    fingerprint: "${fingerprint}"
  crio:
    baseurl: "${crio}"
    gpgkey: "${crio}repodata/repomd.xml.key"
    fingerprint: "${fingerprint}"
  images:
${registries.map((registry) => `    ${registry}: "${base}:5000"\n`).join('')}${calico ? `  manifests: { calico: "${base}/manifests" }\n` : ''}${
  calico?.calicoctl ? `  binaries: { calicoctl: "${base}/bin/calicoctl-linux-{arch}" }\n` : ''
}`
}

export const clusterFilePath = (lab: string) => join(labFolder(lab), 'cluster.yaml')
export const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

/** What becomes of the cluster file. */
export type Verdict = 'write' | 'same' | 'edited'

/**
 * @param present text of the file, undefined when there is none
 * @param written hash of the text the lab wrote last
 */
export function judgeFile(
  present: string | undefined,
  wanted: string,
  written: string | undefined,
): Verdict {
  if (present === undefined) return 'write'
  if (present === wanted) return 'same'
  return hashOf(present) === written ? 'write' : 'edited'
}

/** The cluster file as it is; undefined when there is none. */
export function readClusterFile(lab: string): string | undefined {
  const path = clusterFilePath(lab)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/** Writes the cluster file. @returns its hash, for the lab's state */
export function writeClusterFile(lab: string, text: string): string {
  writeFileSync(clusterFilePath(lab), text, { mode: 0o600 })
  return hashOf(text)
}

/** Adds machines to the list of nodes; what a person wrote around it stays. */
export async function withNodes(text: string, machines: readonly LabMachine[]): Promise<string> {
  const { isSeq, parseDocument } = await import('yaml')
  const document = parseDocument(text)
  const nodes = document.get('nodes')
  if (!isSeq(nodes)) return text
  const names = (document.toJS() as { nodes: { name?: string }[] }).nodes.map(({ name }) => name)
  for (const { name, address, role } of machines.filter((m) => !names.includes(m.name))) {
    nodes.add(document.createNode({ name, address, role }, { flow: true }))
  }
  return document.toString({ lineWidth: 0 })
}

/** Names of the nodes in a cluster file; empty when it cannot be read. */
export async function nodeNames(text: string): Promise<readonly string[]> {
  const { parse } = await import('yaml')
  try {
    const { nodes = [] } = parse(text) as { nodes?: readonly { name?: unknown }[] }
    return nodes.flatMap(({ name }) => (typeof name === 'string' ? [name] : []))
  } catch {
    return []
  }
}
