import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stringify } from 'yaml'
import type { ClusterNode } from '../../lib/cluster.ts'
import { plainCluster } from '../../lib/example-cluster.ts'
import { clusterConfiguration } from '../../lib/render/kubeadm-config.ts'
import type { KubeApi } from './api.ts'
import { differingSettings } from './living-settings.ts'

const cluster = plainCluster()
const secured = (security: object) => ({
  ...cluster,
  security: { ...cluster.security, ...security },
})
const all = secured({ encryptSecrets: true, kubeletServingCertificates: true })

/** The ConfigMaps of a cluster that was begun from this file. */
function living(begun: typeof cluster, kubelet: object = {}): KubeApi {
  const target = { cluster: begun, node: begun.nodes[0] as ClusterNode, version: '1.36.3' }
  const texts: Readonly<Record<string, object>> = {
    'kubeadm-config': {
      ClusterConfiguration: stringify(clusterConfiguration(target)),
    },
    'kubelet-config': { kubelet: stringify(kubelet) },
    'kube-proxy': { 'config.conf': stringify({ mode: 'nftables' }) },
  }
  const get = async (path: string) => {
    const data = texts[path.split('/').at(-1) ?? '']
    return { status: 200, text: '', json: { data } }
  }
  return { server: 'https://x', get } as unknown as KubeApi
}

test('a cluster that was begun from the same file does not differ', async () => {
  assert.deepEqual(await differingSettings(living(cluster), cluster), [])
  assert.deepEqual(await differingSettings(living(all, { serverTLSBootstrap: true }), all), [])
})

test('each key of security is named, whichever side has it', async () => {
  const named = (lines: readonly string[]) => lines.map((line) => line.split(':')[0])
  assert.deepEqual(named(await differingSettings(living(secured({ auditLog: false })), all)), [
    'security.auditLog',
    'security.encryptSecrets',
    'security.kubeletServingCertificates',
  ])
  const [line, ...more] = await differingSettings(
    living(secured({ encryptSecrets: true })),
    cluster,
  )
  assert.match(line ?? '', /encryptSecrets: the file wants false, the living cluster has true/)
  assert.deepEqual(more, [])
})
