import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { calicoctlName } from '../../lab/artifacts/given-calico.ts'
import { ensurePause } from '../../lab/artifacts/go-programs.ts'
import { eventually, kubectl, onNode, root } from './support.ts'

/**
 * Calico's images are in no package registry. Here they are made up: of the right name, with a program
 * that does nothing. What the operator would do, the test does in its place.
 */

/** The manifests as published; beside the checkout. */
export const published = join(root, '../shared/fixtures/calico-v3.32.1')
export const missing = existsSync(published) ? false : `there is no ${published}`

const folder = join(root, '.test/made-up-artifacts')
export const operatorImage = 'quay.io/tigera/operator:v1.42.3'
export const nodeImage = 'quay.io/calico/node:v3.32.1'
export const otherImage = 'docker.io/library/made-up:1'

/** A file of the same size and time is the same to the lab: then nothing is packed again. */
function done(path: string): void {
  utimesSync(path, 1_700_000_000, 1_700_000_000)
}

const calicoctl = `#!/bin/sh
# Made up by the test.
echo 'Client Version:    v3.32.1'
`

/**
 * A folder for `lab up --artifacts` with manifests and calicoctl, and without any image of Calico.
 *
 * @param more another such folder: its packages and images are in it, too
 */
export function withoutImages(more?: string): string {
  rmSync(folder, { recursive: true, force: true })
  for (const name of ['manifests', 'bin', 'images'])
    mkdirSync(join(folder, name), { recursive: true })
  for (const name of ['operator-crds.yaml', 'tigera-operator.yaml']) {
    cpSync(join(published, name), join(folder, 'manifests', name))
    done(join(folder, 'manifests', name))
  }
  writeFileSync(join(folder, 'bin', calicoctlName), calicoctl)
  done(join(folder, 'bin', calicoctlName))
  for (const kind of ['rpms', 'images'])
    if (more !== undefined && existsSync(join(more, kind)))
      cpSync(join(more, kind), join(folder, kind), keepTimes)
  return folder
}

const keepTimes = { recursive: true, preserveTimestamps: true } as const

/** Adds the images to it: one archive with one of them, one with two. */
export async function addImages(): Promise<void> {
  const base = join(root, '.test/made-up-root')
  rmSync(base, { recursive: true, force: true })
  mkdirSync(join(base, 'usr/bin'), { recursive: true })
  const program = join(await ensurePause(() => undefined), 'pause')
  for (const name of ['operator', 'calico-node']) cpSync(program, join(base, 'usr/bin', name))
  const tar = `${base}.tar`
  execFileSync('tar', ['--create', '--file', tar, '--directory', base, '.'])
  const entrypoints = {
    [operatorImage]: 'operator',
    [nodeImage]: 'calico-node',
    [otherImage]: 'calico-node',
  }
  const names = Object.keys(entrypoints)
  for (const [name, program] of Object.entries(entrypoints)) {
    // Labels of their own: else podman takes images of the same content for one.
    const changes = [`ENTRYPOINT ["/usr/bin/${program}"]`, `LABEL of=${name}`]
    const flags = changes.flatMap((change) => ['--change', change])
    execFileSync('podman', ['import', '--quiet', ...flags, tar, name], { stdio: 'ignore' })
  }
  save('operator.tar', [operatorImage])
  save('others.tar', [nodeImage, otherImage])
  execFileSync('podman', ['image', 'rm', '--force', ...names], { stdio: 'ignore' })
}

function save(file: string, names: readonly string[]): void {
  const path = join(folder, 'images', file)
  const flags = ['--quiet', '--format', 'docker-archive', '--output', path]
  const several = names.length > 1 ? ['--multi-image-archive'] : []
  execFileSync('podman', ['save', ...flags, ...several, ...names], { stdio: 'ignore' })
  done(path)
}

const daemonSet = `apiVersion: v1
kind: Namespace
metadata: { name: calico-system }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: calico-node, namespace: calico-system }
spec:
  selector: { matchLabels: { k8s-app: calico-node } }
  template:
    metadata: { labels: { k8s-app: calico-node } }
    spec:
      hostNetwork: true
      terminationGracePeriodSeconds: 1
      tolerations: [{ operator: Exists }]
      containers:
        - { name: calico-node, image: ${nodeImage} }
        - { name: from-docker-hub, image: ${otherImage} }
`

const plane = 'k-master-1'

/** What the operator would do first: its DaemonSet, and that it says what it is doing. */
export async function beginAsOperator(words: string): Promise<void> {
  await eventually('the operator runs', 90_000, async () => {
    const ran = await kubectl('-n tigera-operator get pods', plane)
    return / 1\/1 +Running/.test(ran.stdout) ? true : undefined
  })
  await kubectl('apply -f -', plane, daemonSet)
  await operatorSays('calico', 'Progressing', words)
}

/** What Calico would do on each node, and what the operator would say then. */
export async function endAsOperator(nodes: readonly string[]): Promise<void> {
  for (const node of nodes) await network(node)
  await eventually('the images of Calico were pulled on all nodes', 90_000, async () => {
    const ran = await kubectl('-n calico-system get pods', plane)
    return ran.stdout.match(/ 2\/2 +Running/g)?.length === nodes.length ? true : undefined
  })
  for (const part of ['calico', 'ippools', 'apiserver'])
    await operatorSays(part, 'Available', 'all is well')
}

/** What the operator would say of one part, in the place of all it said before. */
export async function operatorSays(part: string, type: string, message: string): Promise<void> {
  const meta = {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'TigeraStatus',
    metadata: { name: part },
  }
  await kubectl('apply -f -', plane, JSON.stringify(meta))
  const lastTransitionTime = new Date().toISOString().replace(/\.\d+/, '')
  const condition = { type, status: 'True', reason: 'MadeUp', message, lastTransitionTime }
  const patch = JSON.stringify({ status: { conditions: [condition] } })
  await kubectl(`patch tigerastatus ${part} --subresource=status --type=merge -p '${patch}'`, plane)
}

/** A CNI configuration under the name of Calico’s: pods of one node only reach each other. */
async function network(node: string): Promise<void> {
  const range = await kubectl(`get node ${node} -o jsonpath='{.spec.podCIDR}'`, plane)
  const ipam = {
    type: 'host-local',
    ranges: [[{ subnet: range.stdout.trim() }]],
    routes: [{ dst: '0.0.0.0/0' }],
  }
  const plugin = { type: 'bridge', bridge: 'cali0000', isGateway: true, ipMasq: true, ipam }
  const list = JSON.stringify({ cniVersion: '1.0.0', name: 'k8s-pod-network', plugins: [plugin] })
  const path = '/etc/cni/net.d/10-calico.conflist'
  await onNode(node, `mkdir -p /var/lib/calico; cat > ${path} <<'JSON'\n${list}\nJSON`)
}

/** How many definitions the file of CRDs has. */
export const definitions = (): number =>
  readFileSync(join(published, 'operator-crds.yaml'), 'utf8').match(
    /^kind: CustomResourceDefinition$/gm,
  )?.length ?? 0
