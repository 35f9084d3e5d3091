import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { projectRoot } from '../project.ts'
import { goModules } from './go-programs.ts'
import { versions } from './versions.ts'

const goMod = (folder: string) =>
  readFileSync(join(projectRoot, 'lab/artifacts/go', folder, 'go.mod'), 'utf8')

const pins = [
  ['kubernetes', `k8s.io/kubernetes v${versions.kubernetes}`],
  ['etcd', `go.etcd.io/etcd/server/v3 v${versions.etcd}`],
  ['etcd', `go.etcd.io/etcd/etcdctl/v3 v${versions.etcd}`],
  ['coredns', `github.com/coredns/coredns v${versions.coredns}`],
  ['containerd', `github.com/containerd/containerd/v2 v${versions.containerd}`],
  ['cni-plugins', `github.com/containernetworking/plugins v${versions.cniPlugins}`],
] as const

for (const [folder, pin] of pins) {
  test(`go/${folder} builds what the packages say: ${pin}`, () => {
    assert.match(
      goMod(folder),
      new RegExp(`^\\s*(require )?${pin.replaceAll('.', '\\.')}( //|$)`, 'm'),
    )
  })
}

test('every staging module of Kubernetes is of the same release', () => {
  const minorAndPatch = versions.kubernetes.replace(/^1\./, '')
  const replaced = [...goMod('kubernetes').matchAll(/k8s\.io\/\S+ => k8s\.io\/\S+ v(\S+)/g)]
  // Fewer would leave one at v0.0.0, where its own go.mod names it.
  assert.ok(replaced.length >= 31, `${replaced.length} replace lines`)
  assert.deepEqual([...new Set(replaced.map(([, version]) => version))], [`0.${minorAndPatch}`])
})

test('every program that is built comes from a tool directive', () => {
  for (const { folder, programs } of goModules.filter(({ programs }) => programs[0] !== '.')) {
    const text = goMod(folder)
    const missing = programs.filter((one) => !new RegExp(`(^tool |\\t)${one}$`, 'm').test(text))
    assert.deepEqual(missing, [], folder)
  }
})
