import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleCluster } from '../../lib/example-cluster.ts'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { noForeignCni, onlyCni } from './foreign-cni.ts'

const folder = '/etc/cni/net.d'
const files = {
  [`${folder}/00-of-my-own.conf`]: '{}',
  [`${folder}/10-calico.conflist`]: '{}',
  [`${folder}/10-crio-bridge.conflist.disabled`]: '{}',
  [`${folder}/10-kubestrap-bridge.conflist`]: '{}',
  [`${folder}/11-crio-ipv4-bridge.conflist`]: '{}',
  [`${folder}/87-podman-bridge.conflist`]: '{}',
  [`${folder}/calico-kubeconfig`]: '',
}
const cluster = exampleCluster()
const none: typeof cluster = { ...cluster, podNetwork: { provider: 'none', manifests: [] } }

for (const [title, step, names] of [
  [
    'whoever wrote it is set aside; what the pod network writes stays',
    noForeignCni(cluster),
    ['00-of-my-own.conf', '11-crio-ipv4-bridge.conflist', '87-podman-bridge.conflist'],
  ],
  [
    'with a pod network of one’s own only what packages bring',
    noForeignCni(none),
    ['11-crio-ipv4-bridge.conflist', '87-podman-bridge.conflist'],
  ],
  [
    'in the end only one file counts',
    onlyCni(`${folder}/10-calico.conflist`),
    [
      '00-of-my-own.conf',
      '10-kubestrap-bridge.conflist',
      '11-crio-ipv4-bridge.conflist',
      '87-podman-bridge.conflist',
    ],
  ],
] as const)
  test(title, async () => {
    const on = fakeMachine({ files })
    const finding = await step.check(on)
    assert.equal(finding.as === 'different' && finding.found, names.join(', '))
    assert.ok('run' in step.apply)
    await step.apply.run(on)
    assert.deepEqual(
      on.changes,
      names.map((name) => `mv -- ${folder}/${name} ${folder}/${name}.disabled`),
    )
  })

test('an empty folder, or none, is as wanted', async () => {
  assert.equal((await noForeignCni(cluster).check(fakeMachine())).as, 'wanted')
})
