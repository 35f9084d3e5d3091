import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { goModuleHash, goModules } from '../../lab/artifacts/go-programs.ts'
import { cacheFolder } from '../../lab/project.ts'
import { parseCluster } from '../../lib/cluster.ts'
import { discoveryDocuments, endpointOf, initDocuments, joinDocuments, yamlText } from '../../lib/render/kubeadm-config.ts'

declare const __ROOT__: string

/**
 * kubeadm itself reads every configuration that follows from examples/. The real kubeadm is the
 * lab's: where no lab was ever raised the tests are skipped, and say so.
 * https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-config/#cmd-config-validate
 */
const kubernetes = goModules.find(({ folder }) => folder === 'kubernetes')
assert.ok(kubernetes)
const kubeadm = join(cacheFolder('go'), goModuleHash(kubernetes), 'kubeadm')
const skip = existsSync(kubeadm) ? false : 'the lab has not built kubeadm yet: npm run lab -- up'

const folder = mkdtempSync(join(tmpdir(), 'kubestrap-validate-'))
after(() => rmSync(folder, { recursive: true }))

function validate(text: string) {
  const file = join(folder, 'config.yaml')
  writeFileSync(file, text, { mode: 0o600 })
  const argv = ['config', 'validate', '--config', file]
  const { status, stdout, stderr } = spawnSync(kubeadm, argv, { encoding: 'utf8' })
  return { status, said: `${stdout}${stderr}` }
}

const version = '1.36.3'
const token = 'abcdef.0123456789abcdef'
const examples = join(__ROOT__, 'examples')

/** What every node of a cluster file gives to kubeadm. */
async function configurations(name: string): Promise<readonly (readonly [string, string])[]> {
  const path = join(examples, name)
  const cluster = await parseCluster(readFileSync(path, 'utf8'), path)
  const first = cluster.nodes.find(({ role }) => role === 'control-plane')
  const endpoint = endpointOf(cluster)
  const byHash = { endpoint, token, caCertHash: `sha256:${'0a'.repeat(32)}` }
  // kubeadm looks whether the file is there.
  const file = join(folder, 'discovery.yaml')
  writeFileSync(file, await yamlText(discoveryDocuments({ endpoint, caCertificate: 'LS0t' })))
  const byFile = { file, token, certificateKey: 'be'.repeat(32) }
  return Promise.all(
    cluster.nodes.map(async (node) => {
      const documents =
        node === first
          ? initDocuments({ cluster, node, version }, { token })
          : joinDocuments({ cluster, node }, node.role === 'worker' ? byHash : byFile)
      return [node.name, await yamlText(documents)] as const
    }),
  )
}

for (const name of readdirSync(examples).filter((file) => file.endsWith('.yaml')))
  test(`kubeadm takes what follows from examples/${name}`, { skip }, async () => {
    for (const [node, text] of await configurations(name)) {
      const { status, said } = validate(text)
      assert.equal(status, 0, `${node}: ${said}\n${text}`)
      assert.doesNotMatch(said, /unknown field|deprecated|WARNING/i, node)
    }
  })

test('kubeadm config validate can refuse', { skip }, async () => {
  const [[, text = ''] = []] = await configurations('seed.yaml')
  const { status, said } = validate(text.replace('controlPlaneEndpoint', 'controlPlaneEndpont'))
  assert.notEqual(status, 0)
  assert.match(said, /controlPlaneEndpont/)
})
