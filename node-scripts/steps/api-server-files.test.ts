import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { plainCluster } from '../../lib/example-cluster.ts'
import { admissionConfig } from '../../lib/render/admission-config.ts'
import { auditPolicy, auditPolicyFile } from '../../lib/render/audit-policy.ts'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { apiServerFiles, apiServerManifest } from './api-server-files.ts'

const cluster = plainCluster()
const context = (name: string, security = {}) => {
  const node = cluster.nodes.find((one) => one.name === name)
  assert.ok(node)
  const changed = { ...cluster, security: { ...cluster.security, ...security } }
  const observed = { kubernetesVersion: '1.36.3', nodes: [] }
  return { cluster: changed, node, input: { cluster: changed, node: name, observed } }
}

test('workers need none of it, and without an audit log only the admission file is written', () => {
  assert.deepEqual(apiServerFiles(context('k-worker-1')), [])
  const [only, ...more] = apiServerFiles(context('k-master-1', { auditLog: false }))
  assert.match(only?.title ?? '', /what the API server thinks of pods/)
  assert.deepEqual(more, [])
})

test('a cluster that was begun without the files does not get them', async () => {
  const looks = async (manifest: string | undefined) => {
    const on = fakeMachine({
      files: manifest === undefined ? {} : { [apiServerManifest]: manifest },
    })
    const steps = apiServerFiles(context('k-master-1'))
    return Promise.all(steps.map(async (step) => (await step.check(on)).as))
  }
  assert.deepEqual(await looks(undefined), ['different', 'different', 'different'])
  assert.deepEqual(await looks('--profiling=true'), ['wanted', 'wanted', 'wanted'])
  assert.deepEqual(await looks(`=${auditPolicyFile}`), ['wanted', 'different', 'wanted'])
})

test('no rule of the audit policy notes a body, and the last one fits every request', () => {
  const { rules } = parse(auditPolicy) as { rules: readonly { level: string }[] }
  assert.deepEqual([...new Set(rules.map(({ level }) => level))], ['None', 'Metadata'])
  assert.deepEqual(rules.at(-1), { level: 'Metadata' })
  assert.doesNotMatch(JSON.stringify(rules.slice(0, -1)), /secrets|configmaps|tokenreviews|rbac/)
})

test('pods are warned of, none is refused', () => {
  const { plugins } = parse(admissionConfig)
  const { enforce, audit, warn } = plugins[0].configuration.defaults
  assert.deepEqual(
    { enforce, audit, warn },
    { enforce: 'privileged', audit: 'baseline', warn: 'baseline' },
  )
})
