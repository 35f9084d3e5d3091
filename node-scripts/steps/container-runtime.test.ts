import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../../lib/example-cluster.ts'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { contextOf } from '../run/phase-script.ts'
import { containerRuntime, imageNames } from './container-runtime.ts'

const mirrors = { 'registry.k8s.io': 'http://192.168.9.5:5000' }

function steps(runtime: 'containerd' | 'cri-o') {
  const { sources, ...cluster } = plainCluster()
  return containerRuntime(
    contextOf({
      cluster: { ...cluster, runtime, sources: { ...sources, images: mirrors } },
      node: 'k-worker-1',
      observed: { kubernetesVersion: '1.36.3', nodes: [] },
    }),
  )
}

const titles = (runtime: 'containerd' | 'cri-o') => steps(runtime).map(({ title }) => title)

test('each runtime gets its own files, then its service, then the wait', () => {
  assert.deepEqual(titles('cri-o'), [
    'Write /etc/crio/crio.conf.d/20-kubestrap.conf',
    'Write /etc/containers/registries.conf.d/50-kubestrap.conf',
    'Tell crio.service of no proxy',
    'Start CRI-O with its configuration',
    'Wait until the container runtime answers',
  ])
  assert.deepEqual(titles('containerd'), [
    'Write /etc/containerd/config.toml',
    'Write /etc/containerd/certs.d/registry.k8s.io/hosts.toml',
    'Tell containerd.service of no proxy',
    'Start containerd with its configuration',
    'Wait until the container runtime answers',
  ])
})

test('CRI-O reads its mirrors at its start: changed later, it is started again', async () => {
  const service = steps('cri-o').find(({ title }) => title.startsWith('Start CRI-O'))
  const on = fakeMachine({
    states: { '/etc/containers/registries.conf.d/50-kubestrap.conf': { modified: 2_000 } },
    units: {
      'crio.service': { load: 'loaded', enabled: 'enabled', active: 'active', activeSince: 1_000 },
    },
  })
  assert.equal((await service?.check(on))?.as, 'different')
})

test('the runtime is asked at its own socket', async () => {
  const asked: string[] = []
  const on = fakeMachine({ states: { '/var/run/crio/crio.sock': { kind: 'other' } } })
  const answer = await steps('cri-o')
    .at(-1)
    ?.check({
      ...on,
      async ask(...argv) {
        asked.push(argv.join(' '))
        return { exitCode: 0, stdout: '', stderr: '' }
      },
    })
  assert.equal(answer?.as, 'wanted')
  assert.deepEqual(asked, [
    'crictl --runtime-endpoint unix:///var/run/crio/crio.sock --timeout 5s version',
  ])
})

test('names of images, as crictl lists them', () => {
  const json = '{"images":[{"id":"a","repoTags":["registry.k8s.io/pause:3.10.2"]},{"id":"b"}]}'
  assert.deepEqual(imageNames(json), ['registry.k8s.io/pause:3.10.2'])
  assert.deepEqual(imageNames('connection refused'), [])
})
