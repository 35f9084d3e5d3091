import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { exampleCluster, plainCluster } from '../example-cluster.ts'
import { questionsFor } from './questions.ts'

test('servers are asked through the proxy of the file, but for its exceptions', () => {
  const http = 'http://10.0.0.2:3128'
  const proxy = { http, https: http, noProxy: ['.docker.com'] }
  const cluster = { ...plainCluster(), runtime: 'containerd', proxy } as const
  const [node] = cluster.nodes
  if (!node) throw new Error('the example has nodes')
  const asked = questionsFor(cluster, node).servers
  deepEqual(
    asked.map(({ url, proxy: by }) => [new URL(url).hostname, by]),
    [
      ['pkgs.k8s.io', http],
      ['download.docker.com', undefined],
      ['registry.k8s.io', http],
    ],
  )
})

test('Calico and kube-vip come from registries and places of their own', () => {
  const cluster = exampleCluster()
  const asked = (role: string) => {
    const node = cluster.nodes.find((one) => one.role === role)
    if (!node) throw new Error(`the example has a ${role}`)
    return questionsFor(cluster, node)
      .servers.filter(({ kind }) => kind !== 'Repository')
      .map(({ url }) => url)
  }
  const operator = `${cluster.sources.manifests.calico.replace('{version}', 'v3.32.1')}/tigera-operator.yaml`
  const [kubernetes, calico] = ['https://registry.k8s.io/v2/', 'https://quay.io/v2/']
  deepEqual(asked('control-plane'), [kubernetes, 'https://ghcr.io/v2/', calico, operator])
  deepEqual(asked('worker'), [kubernetes, calico])
  const folder = { ...cluster, sources: { ...cluster.sources, manifests: { calico: './calico' } } }
  const [first] = folder.nodes
  deepEqual(
    first && questionsFor(folder, first).servers.filter(({ kind }) => kind === 'Manifests'),
    [],
  )
})

test('with Calico every node asks every other one for its ports, too', () => {
  const cluster = exampleCluster()
  const { calico } = cluster.podNetwork
  if (!calico) throw new Error('the example has Calico')
  const asked = (bgp: boolean) => {
    const podNetwork = { ...cluster.podNetwork, calico: { ...calico, bgp } }
    const worker = cluster.nodes.find(({ role }) => role === 'worker')
    if (!worker) throw new Error('the example has a worker')
    return questionsFor({ ...cluster, podNetwork }, worker)
      .peers.filter(({ node }) => node === 'k-master-2')
      .map(({ port }) => port)
  }
  deepEqual(asked(false), [6443, 5473])
  deepEqual(asked(true), [6443, 5473, 179])
})
