import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../example-cluster.ts'
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
