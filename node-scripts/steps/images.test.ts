import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../../lib/example-cluster.ts'
import { type Fake, fakeMachine } from '../../test/golden/fake-machine.ts'
import { contextOf } from '../run/phase-script.ts'
import { apiServerManifest } from './api-server-files.ts'
import { controlPlaneImages } from './images.ts'

const member = {
  name: 'k-master-1',
  address: '192.168.9.120',
  kubeletVersion: '1.36.3',
  ready: true,
  controlPlane: true,
}
const manifest = { [apiServerManifest]: 'a pod' }
const answers = {
  'kubeadm config images list --kubernetes-version v1.36.3': {
    stdout: 'registry.k8s.io/kube-apiserver:v1.36.3\n',
  },
}

async function found(nodes: readonly (typeof member)[], fake: Fake = {}) {
  const observed = { kubernetesVersion: '1.36.3', nodes }
  const context = contextOf({ cluster: plainCluster(), node: 'k-master-1', observed })
  return controlPlaneImages(context).check(fakeMachine({ answers, ...fake }))
}

test('a control plane that the cluster knows runs from its images: nothing is asked', async () => {
  const because = 'this control plane runs from them'
  assert.deepEqual(await found([member], { files: manifest }), { as: 'wanted', because })
})

test('a wiped machine, a half join and another one’s Node object do not count', async () => {
  const missing = 'missing: registry.k8s.io/kube-apiserver:v1.36.3'
  const all = [
    found([member]),
    found([], { files: manifest }),
    found([{ ...member, controlPlane: false }], { files: manifest }),
    found([{ ...member, name: 'k-master-2' }], { files: manifest }),
  ]
  for (const finding of await Promise.all(all))
    assert.equal(finding.as === 'different' && finding.found, missing)
})
