import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../../lib/example-cluster.ts'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { converge } from '../run/converge.ts'
import { contextOf } from '../run/phase-script.ts'
import { kubeletProxy } from './proxy.ts'

const path = '/etc/systemd/system/kubelet.service.d/10-kubestrap-proxy.conf'
const proxy = { http: 'http://10.0.0.2:3128', https: 'http://10.0.0.2:3128', noProxy: [] }
const plain = contextOf({
  cluster: plainCluster(),
  node: 'k-worker-1',
  observed: { kubernetesVersion: '1.36.3', nodes: [] },
})
const without = kubeletProxy(plain)
const proxied = kubeletProxy({ ...plain, cluster: { ...plainCluster(), proxy } })
const running = { 'kubelet.service': { active: 'active', activeSince: 2_000 } }
const restart = ['systemctl daemon-reload', 'systemctl restart kubelet.service']

test('without a proxy, now and before, nothing is written', async () => {
  const on = fakeMachine({ units: running })
  assert.deepEqual(await converge(without, on), [])
  assert.deepEqual(on.changes, [])
})

test('the proxy is written; a kubelet that does not run yet is left to kubeadm', async () => {
  const on = fakeMachine()
  await converge(proxied, on)
  assert.deepEqual(on.changes, [`write ${path}`])
  assert.match(on.files.get(path) ?? '', /^Environment="HTTP_PROXY=http:\/\/10\.0\.0\.2:3128"$/m)
})

test('a kubelet that was started before them is started anew, also after we were killed', async () => {
  const units: Record<string, object> = { ...running }
  const on = fakeMachine({
    units,
    states: { [path]: { modified: 3_000 } },
    onRun({ argv }) {
      if (argv[1] === 'restart') units['kubelet.service'] = { active: 'active', activeSince: 4_000 }
      return undefined
    },
  })
  await converge(proxied.slice(1), on)
  assert.deepEqual(on.changes, restart)
})

test('a proxy that the file names no more is taken back, and the date tells the kubelet', async () => {
  const on = fakeMachine({ files: { [path]: '[Service]\nEnvironment="HTTP_PROXY=http://old"\n' } })
  await converge(without.slice(0, 1), on)
  assert.doesNotMatch(on.files.get(path) ?? '', /Environment=/)
  assert.equal((await without[0]?.check(on))?.as, 'wanted')
})
