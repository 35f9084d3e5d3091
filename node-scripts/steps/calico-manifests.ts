import { createHash } from 'node:crypto'
import {
  type CalicoVersion,
  calicoUrl,
  checksumOf,
  crdsFile,
  type manifestFiles,
  operatorFile,
} from '../../lib/calico-releases.ts'
import type { CalicoSettings } from '../../lib/cluster.ts'
import { KubestrapError } from '../../lib/errors.ts'
import { bridgeConflist } from '../../lib/render/bridge-config.ts'
import { type KubeApi, localApi } from '../kube/api.ts'
import { kubectl } from '../kube/kubectl.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { different, type Finding, type Step, shellText, unknown, wanted } from '../run/step.ts'
import { curlByHand, download, verify, verifyByHand } from './download.ts'

type ManifestFile = (typeof manifestFiles)[number]

export const operatorNamespace = 'tigera-operator'
const namespacePath = `/api/v1/namespaces/${operatorNamespace}`
export const operatorPath = `/apis/apps/v1/namespaces/${operatorNamespace}/deployments/tigera-operator`

/** Notes on the namespace. Which CRDs were applied last: the SHA-256 of their file. */
const crdsMark = 'kubestrap.io/calico-crds'
/** The same of the operator, and what became of its Deployment: who changes that is found out. */
const operatorMark = 'kubestrap.io/tigera-operator'

export const kubectlHere = ({ node }: Context, ...words: string[]) =>
  kubectl(node.address, ...words)

export const serverSideApply = [
  'apply',
  '--server-side',
  '--force-conflicts',
  '--field-manager=kubestrap',
]

/** Namespace, CRDs, operator: in this order, each as the release has published it. */
export const calicoManifests = (context: Context, calico: CalicoSettings): readonly Step[] => [
  namespace(context),
  definitions(context, calico),
  operator(context, calico),
]

function namespace(context: Context): Step {
  return {
    title: `Make the namespace ${operatorNamespace}`,
    why: 'The operator lives there. What was applied is noted on it.',
    check: (on) =>
      asked(on, context, async (kube) => {
        const { status } = await kube.get(namespacePath)
        if (status !== 404) return answered(status, wanted)
        if (await on.stat(bridgeConflist)) throw otherNetwork()
        return different('no namespace', 'a namespace')
      }),
    apply: {
      byHand: shellText(kubectlHere(context, 'create', 'namespace', operatorNamespace)),
      async run(on) {
        // By another name than the rest: what the operator's manifest says of it stays.
        const flags = ['apply', '--server-side', '--field-manager=kubestrap-namespace']
        const object = {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: operatorNamespace },
        }
        const stdin = JSON.stringify(object)
        await on.run({ ...kubectlHere(context, ...flags, '--filename', '-'), stdin })
      },
    },
  }
}

/** Pods that live have addresses of the network that they were started in. */
const otherNetwork = () =>
  new KubestrapError({
    id: 'KS-POD-NETWORK-OTHER',
    exit: 'conflict',
    what: 'the pod network of this cluster is the bridge; up does not change it into Calico',
    lines: [`there is ${bridgeConflist}`],
    unchanged: 'nothing of Calico was installed',
    remedy: `keep podNetwork.provider: bridge, or begin the cluster anew (kubestrap reset). A file that is left of an earlier cluster may go: rm ${bridgeConflist}`,
  })

function definitions(context: Context, calico: CalicoSettings): Step {
  const sha256 = checksum(calico, crdsFile)
  const note = annotate(context, `${crdsMark}=${sha256}`)
  const established = (path: string) =>
    kubectlHere(
      context,
      ...['wait', '--for=condition=Established', '--timeout=60s', '--filename', path],
    )
  return {
    title: `Apply the CRDs of Calico ${calico.version}`,
    why: 'They teach the API server the kinds Installation, IPPool and others. They are 3 MB and too large for the note that plain kubectl apply leaves on each object; server-side apply leaves none.',
    check: (on) => asked(on, context, (kube) => checkDefinitions(kube, sha256)),
    apply: {
      byHand: [
        applyByHand(context, calico, crdsFile),
        shellText(established(crdsFile)),
        shellText(note),
      ].join('\n'),
      run: (on) =>
        withManifest(on, context, calico, crdsFile, async (path) => {
          await on.run(kubectlHere(context, ...serverSideApply, '--filename', path))
          await on.run(established(path))
          await on.run(note)
        }),
    },
  }
}

/** Kinds that are served are established. Cheap: the CRDs themselves would be 3 MB each time. */
async function checkDefinitions(kube: KubeApi, sha256: string): Promise<Finding> {
  const [space, operator, calico] = await Promise.all([
    kube.get(namespacePath),
    kube.get('/apis/operator.tigera.io/v1'),
    kube.get('/apis/crd.projectcalico.org/v1'),
  ])
  const applied = annotations(space.json)[crdsMark]
  if (
    space.status === 200 &&
    operator.status === 200 &&
    calico.status === 200 &&
    applied === sha256
  )
    return wanted
  const found = applied === undefined ? 'not applied' : 'those of another release'
  return answered(space.status, different(found, 'applied'))
}

function operator(context: Context, calico: CalicoSettings): Step {
  const sha256 = checksum(calico, operatorFile)
  const note = (spec: string) => annotate(context, `${operatorMark}=${sha256}.${spec}`)
  return {
    title: `Apply the Tigera operator of Calico ${calico.version}`,
    why: 'The operator is a program in the cluster that installs Calico as the Installation describes it, and keeps it so. It runs in the network of the node, since there is none for pods yet.',
    check: (on) => asked(on, context, (kube) => checkOperator(kube, sha256, calico.version)),
    apply: {
      byHand: `${applyByHand(context, calico, operatorFile)}\n${shellText(note('HASH-OF-ITS-SPEC'))}`,
      run: (on) =>
        withManifest(on, context, calico, operatorFile, async (path) => {
          await on.run(kubectlHere(context, ...serverSideApply, '--filename', path))
          const kube = await localApi(on, context.node.address)
          await on.run(note(specHash((await kube?.get(operatorPath))?.json)))
        }),
    },
  }
}

async function checkOperator(kube: KubeApi, sha256: string, version: string): Promise<Finding> {
  const [space, deployment] = await Promise.all([kube.get(namespacePath), kube.get(operatorPath)])
  const applied = annotations(space.json)[operatorMark]
  if (deployment.status === 404) return different('no operator', `that of Calico ${version}`)
  if (deployment.status === 200 && applied === `${sha256}.${specHash(deployment.json)}`)
    return wanted
  return answered(deployment.status, different('another, or changed since', `that of ${version}`))
}

/** Of a Deployment as the API server gives it; its generation also counts what only annotates it. */
function specHash(json: unknown): string {
  const { spec } = (json ?? {}) as { spec?: unknown }
  return createHash('sha256')
    .update(JSON.stringify(spec ?? null))
    .digest('hex')
    .slice(0, 16)
}

const annotate = (context: Context, note: string) =>
  kubectlHere(context, 'annotate', 'namespace', operatorNamespace, '--overwrite', note)

interface Noted {
  readonly metadata?: {
    readonly annotations?: Readonly<Record<string, string>>
  }
}

const annotations = (json: unknown) => (json as Noted | undefined)?.metadata?.annotations ?? {}

/** Asks the API server of this node; before there is one nothing can be known. */
export async function asked(
  on: Machine,
  { node }: Context,
  question: (kube: KubeApi) => Promise<Finding>,
): Promise<Finding> {
  const kube = await localApi(on, node.address)
  return kube ? question(kube) : unknown('control-plane-init')
}

/** Only an answer that says yes or no is one. */
export const answered = (status: number, finding: Finding): Finding =>
  status === 200 || status === 404 ? finding : unknown('the API server answers')

/** The cluster file is refused where a checksum is not known. */
function checksum(calico: CalicoVersion, file: ManifestFile): string {
  return checksumOf(calico, file) ?? ''
}

const folder = '/run/kubestrap/calico'
const isUrl = (source: string) => /^https?:/.test(source)

/** Gives a manifest as a file, compared with its checksum, for as long as it is used. */
async function withManifest(
  on: Machine,
  context: Context,
  calico: CalicoSettings,
  file: ManifestFile,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const path = `${folder}/${file}`
  try {
    const from = await obtain(on, context, calico, file, path)
    await verify(on, path, from, checksum(calico, file))
    await use(path)
  } finally {
    await on.remove(path)
  }
}

/** @returns where it came from, for messages */
async function obtain(
  on: Machine,
  { cluster, input }: Context,
  { version }: CalicoSettings,
  file: ManifestFile,
  path: string,
): Promise<string> {
  const source = cluster.sources.manifests.calico
  if (isUrl(source)) {
    const url = calicoUrl(source, version, file)
    await download(on, url, path)
    return url
  }
  const text = input.calicoManifests?.[file]
  if (text === undefined) throw notInFolder(source, file)
  await on.write(path, text, 0o644)
  return `${source}/${file}`
}

const notInFolder = (folder: string, file: string) =>
  new KubestrapError({
    id: 'KS-NO-MANIFEST',
    exit: 'usage',
    what: `there is no manifest ${file} in the folder ${folder}`,
    unchanged: 'nothing of it was applied',
    remedy:
      'put it there (sources.manifests.calico is relative to the cluster file), or name a URL in its place',
  })

function applyByHand(context: Context, { version, checksums }: CalicoSettings, file: ManifestFile) {
  const source = context.cluster.sources.manifests.calico
  const fetch = isUrl(source) ? curlByHand(calicoUrl(source, version, file)) : `cd ${source}`
  const sha256 = checksum({ version, checksums }, file)
  const apply = kubectlHere(context, ...serverSideApply, '--filename', file)
  return [fetch, verifyByHand(sha256, file), shellText(apply)].join('\n')
}
