import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crioPackages } from './crio-packages.ts'
import { appstreamPackages, containerdPackages, kubernetesPackages, specFile } from './packages.ts'

const all = [...kubernetesPackages, ...containerdPackages, ...crioPackages, ...appstreamPackages]
const named = (name: string) => {
  const found = all.find((spec) => spec.name === name)
  assert.ok(found, name)
  return specFile(found).split('\n')
}

test('a program is executable, a text is not, a configuration file survives an update', () => {
  const lines = named('kubelet')
  assert.ok(lines.includes('%attr(0755,root,root) /usr/bin/kubelet'))
  assert.ok(lines.includes('%attr(0644,root,root) /usr/lib/systemd/system/kubelet.service'))
  assert.ok(lines.includes('%config(noreplace) %attr(0644,root,root) /etc/sysconfig/kubelet'))
  assert.ok(named('cri-o').includes('%attr(0755,root,root) /usr/bin/crio'), 'a script is, too')
  assert.ok(lines.includes('%dir %attr(0755,root,root) /etc/kubernetes/manifests'))
})

test('each stream of the nodejs module has its label, and the Kubernetes packages have none', () => {
  const labels = appstreamPackages
    .filter(({ name }) => name === 'nodejs')
    .map((spec) => specFile(spec).match(/^ModularityLabel: (.*)$/m)?.[1])
  assert.deepEqual(labels, ['nodejs:20:1:lab', 'nodejs:22:1:lab', 'nodejs:24:1:lab'])
  assert.ok(!named('kubelet').some((line) => line.startsWith('ModularityLabel')))
})

test('no package runs anything when it is installed: the kubelet is not enabled by it', () => {
  for (const spec of all) assert.doesNotMatch(specFile(spec), /^%(pre|post|trigger)/m, spec.name)
})

test('everything that a package requires is provided by a package of the lab', () => {
  const provided = new Set(all.flatMap(({ name, provides }) => [name, ...(provides ?? [])]))
  const names = new Set([...provided].map((one) => one.split(' ')[0]))
  for (const { name, requires = [] } of all) {
    const missing = requires.filter((one) => !names.has(one.split(' ')[0]))
    assert.deepEqual(missing, [], name)
  }
})
