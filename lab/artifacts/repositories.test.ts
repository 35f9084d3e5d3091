import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { modulesFile, repositories, repositoriesHash } from './repositories.ts'
import { nodeStreams } from './versions.ts'

interface ModuleDocument {
  readonly data: {
    readonly stream: string
    readonly artifacts: { readonly rpms: readonly string[] }
  }
}

test('the module of each stream names the package that is built for it', () => {
  const documents = parseAllDocuments(modulesFile()).map((one) => one.toJS() as ModuleDocument)
  assert.deepEqual(
    documents.map(({ data }) => data.stream),
    Object.keys(nodeStreams),
  )
  const packages = repositories.flatMap(({ packages }) => packages).filter((one) => one.module)
  const names = packages.map((one) => `${one.name}-0:${one.version}-${one.release}.`)
  for (const [index, { data }] of documents.entries()) {
    const [artifact = ''] = data.artifacts.rpms
    assert.ok(artifact.startsWith(names[index] ?? '?'), artifact)
  }
})

test('other programs or another key: other repositories', () => {
  const key = { fingerprint: 'A'.repeat(40), file: '/nowhere' }
  const hash = repositoriesHash(['one'], key)
  assert.equal(repositoriesHash(['one'], { ...key, file: '/elsewhere' }), hash)
  assert.notEqual(repositoriesHash(['two'], key), hash)
  assert.notEqual(repositoriesHash(['one'], { ...key, fingerprint: 'B'.repeat(40) }), hash)
})

test('what must be refused is never signed by the key that nodes trust', () => {
  const signers = repositories.map(({ path, signedBy }) => [path.split('/')[0], signedBy])
  assert.deepEqual(signers, [
    ['kubernetes', 'lab'],
    ['docker', 'lab'],
    ['repositories', 'lab'],
    ['appstream', 'lab'],
    ['unsigned', 'nobody'],
    ['wrong-key', 'stranger'],
  ])
})
