import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseArguments } from './arguments.ts'
import { withoutRegistry } from './artifacts/given.ts'
import { refuseStack, stackOf } from './stack.ts'

test('the parts of a cluster are chosen by flags; what is not named stays as it was', () => {
  const { stack } = parseArguments(['up', '--runtime', 'cri-o', '--artifacts', 'some/folder'])
  assert.deepEqual(stack, { runtime: 'cri-o', artifacts: 'some/folder' })
  assert.deepEqual(stackOf({ 'pod-network': 'calico' }), { podNetwork: 'calico' })
  assert.deepEqual(refuseStack({ runtime: 'docker', endpoint: 'keepalived' }), [
    '--runtime must be containerd or cri-o',
    '--endpoint must be external or kube-vip',
  ])
})

test('the lab’s registry stands in for every other', () => {
  assert.equal(withoutRegistry('quay.io/calico/node:v3.32.1'), 'calico/node:v3.32.1')
  assert.equal(withoutRegistry('localhost/kube-vip:v1'), 'kube-vip:v1')
  assert.equal(withoutRegistry('127.0.0.1:5000/a/b:1'), 'a/b:1')
  assert.equal(withoutRegistry('calico/node:v1'), 'calico/node:v1')
})
