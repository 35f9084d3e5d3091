import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KubestrapError } from '../../lib/errors.ts'
import { plainWithKubeVip } from '../../lib/example-cluster.ts'
import {
  kubeVipArguments,
  kubeVipManifest,
  kubeVipManifestPath,
  kubeVipTarget,
} from '../../lib/render/kube-vip-manifest.ts'
import { yamlText } from '../../lib/render/kubeadm-config.ts'
import { failure } from '../../test/failure.ts'
import { type Fake, fakeMachine } from '../../test/golden/fake-machine.ts'
import { adminConf } from '../kube/kubeconfig.ts'
import { converge } from '../run/converge.ts'
import { contextOf } from '../run/phase-script.ts'
import type { Command } from '../run/step.ts'
import { manifestOfKubeVip } from './kube-vip-manifest.ts'

const image = 'ghcr.io/kube-vip/kube-vip:v1.2.3'

function contextWith(manifest: 'podman' | 'template') {
  const cluster = plainWithKubeVip()
  const kubeVip = { ...cluster.endpoint.kubeVip, manifest } as NonNullable<
    typeof cluster.endpoint.kubeVip
  >
  const observed = { kubernetesVersion: '1.36.3', nodes: [] }
  return contextOf({
    cluster: { ...cluster, endpoint: { ...cluster.endpoint, kubeVip } },
    node: 'k-master-1',
    observed,
  })
}

const context = contextWith('podman')
const target = kubeVipTarget(context.cluster, context.node, 'ens18')
assert.ok(target)

const address = JSON.stringify([
  { ifname: 'lo', flags: ['UP'], addr_info: [{ local: '127.0.0.1' }] },
  { ifname: 'ens18', flags: ['BROADCAST', 'UP'], addr_info: [{ local: '192.168.9.121' }] },
])

/** A stub for podman and the image: keeps the words it was called with, prints what it is told. */
const podmanStub = (prints: () => string, seen: string[][] = []): NonNullable<Fake['onRun']> => {
  return ({ argv }: Command) => {
    seen.push([...argv])
    return argv[1] === 'run' ? { stdout: `${prints()}\n` } : undefined
  }
}

/** A command that fails the way a real one does. */
function fails(argv: readonly string[], lines: readonly string[]): never {
  const what = `\`${argv.join(' ')}\` failed with exit code 125`
  throw new KubestrapError({ id: 'KS-COMMAND', exit: 'phaseFailed', what, lines })
}

const machine = (more: Fake = {}) =>
  fakeMachine({
    packages: { podman: '5.4.0-1.el9' },
    files: { [adminConf]: 'kind: Config' },
    ...more,
    answers: { 'ip -json address show': { stdout: address }, ...more.answers },
  })

const generated = await yamlText([kubeVipManifest(target)])
test('podman runs the generator in the network of the host, with the flags of the file', async () => {
  const seen: string[][] = []
  const on = machine({ onRun: podmanStub(() => generated, seen) })
  await converge([manifestOfKubeVip(context)], on)
  assert.deepEqual(seen, [
    ['podman', 'pull', '--quiet', image],
    ['podman', 'run', '--rm', '--network', 'host', image, ...kubeVipArguments(target)],
  ])
  const written = on.files.get(kubeVipManifestPath) ?? ''
  assert.match(written, /^# Written by kubestrap, phase kube-vip\.\n# Made by: podman run --rm /)
  assert.equal(on.states.get(kubeVipManifestPath)?.mode, 0o600)
})

test('written once it is as wanted, whatever the order of its keys and the comments in it', async () => {
  const on = machine({ onRun: podmanStub(() => generated) })
  await converge([manifestOfKubeVip(context)], on)
  const { parse, stringify } = await import('yaml')
  const text = stringify(parse(generated), { sortMapEntries: true })
  on.files.set(kubeVipManifestPath, `# mine\n${text}`)
  assert.equal((await manifestOfKubeVip(context).check(on)).as, 'wanted')
})

test('a changed setting is found by its place, a mode and an owner, too', async () => {
  const found = async (more: Fake) => manifestOfKubeVip(context).check(machine(more))
  const file = (text: string) => ({ [adminConf]: '', [kubeVipManifestPath]: text })
  const states = { [kubeVipManifestPath]: { mode: 0o600 } }
  const moved = await found({ files: file(generated.replaceAll('9.120', '9.99')), states })
  assert.ok(moved.as === 'different')
  assert.match(moved.found, /env\[\d+\]\.value: found "192\.168\.9\.99", wanted "192\.168\.9\.120"/)
  assert.equal((await found({ files: file(generated), states })).as, 'wanted')
  const open = await found({ files: file(generated) })
  assert.deepEqual(open.as === 'different' && open.found, 'mode 644')
  const other = { [kubeVipManifestPath]: { mode: 0o600, uid: 1000 } }
  assert.equal((await found({ files: file(generated), states: other })).as, 'different')
  assert.equal((await found({ files: file('{ not yaml'), states })).as, 'different')
})

test('before its init or join nothing is known, and nothing is written', async () => {
  const step = manifestOfKubeVip(context)
  const on = machine({ files: {} })
  assert.equal((await step.check(on)).as, 'unknown')
  const { details } = await failure(converge([step], on))
  assert.equal(details.id, 'KS-NOT-YET')
  assert.deepEqual(on.changes, [])
})

test('where podman or the image is not to be had the template makes it, and it is said which', async () => {
  const noPackage = machine({
    packages: {},
    onRun: ({ argv }) => fails(argv, ['Error: Unable to find a match: podman']),
  })
  const noImage = machine({
    onRun: ({ argv }) => fails(argv, ['Error: initializing source docker://ghcr.io: denied']),
  })
  const reasons = [
    [noPackage, /podman could not be installed \(Error: Unable to find a match: podman\)/],
    [noImage, /podman could not pull ghcr\.io\/kube-vip\/kube-vip:v1\.2\.3 \(.*denied\)/],
  ] as const
  for (const [on, reason] of reasons) {
    await converge([manifestOfKubeVip(context)], on)
    const notice = on.events.find(({ kind }) => kind === 'notice')
    assert.ok(notice?.kind === 'notice')
    assert.match(notice.text, reason)
    assert.match(on.files.get(kubeVipManifestPath) ?? '', reason)
    assert.equal((await manifestOfKubeVip(context).check(on)).as, 'wanted')
  }
})

test('told so, the template makes it and podman is left alone', async () => {
  const on = machine()
  await converge([manifestOfKubeVip(contextWith('template'))], on)
  assert.deepEqual(on.changes, [`write ${kubeVipManifestPath}`])
  assert.match(on.files.get(kubeVipManifestPath) ?? '', /manifest says so/)
})

test('a generator that makes something else is refused, with what differs', async () => {
  const other = () => generated.replace('IfNotPresent', 'Always')
  const on = machine({ onRun: podmanStub(other) })
  const { details } = await failure(converge([manifestOfKubeVip(context)], on))
  assert.equal(details.id, 'KS-KUBE-VIP-MANIFEST')
  assert.deepEqual(details.lines, [
    'spec.containers[0].imagePullPolicy: found "Always", wanted "IfNotPresent"',
  ])
  assert.equal(on.files.get(kubeVipManifestPath), undefined)
})
