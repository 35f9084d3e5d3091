import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { converge } from '../run/converge.ts'
import { systemUpdate } from './system-update.ts'

test('once, and without what has a version in the cluster', async () => {
  const on = fakeMachine()
  await converge([systemUpdate()], on)
  assert.deepEqual(on.changes, [
    'dnf --assumeyes --exclude=kubelet,kubeadm,kubectl,cri-tools,kubernetes-cni,containerd.io,cri-o upgrade',
    'write /var/lib/kubestrap/updated',
  ])
  assert.deepEqual(await converge([systemUpdate()], on), [])
})

test('never on a member', async () => {
  const on = fakeMachine({ files: { '/etc/kubernetes/kubelet.conf': '' } })
  assert.deepEqual(await converge([systemUpdate()], on), [])
})

test('an update that failed is no update', async () => {
  const on = fakeMachine({
    onRun() {
      throw new Error('no network')
    },
  })
  await assert.rejects(converge([systemUpdate()], on))
  assert.equal(on.files.size, 0)
})
