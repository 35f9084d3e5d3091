import { deepEqual, equal, match } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { failure } from '../../test/failure.ts'
import { defaultStack } from '../stack.ts'
import { archivedImages, readGiven } from './given.ts'
import { calicoctlName, calicoIn, hasApiServer, servedName } from './given-calico.ts'
import { unprovided } from './given-packages.ts'
import { partLines } from './parts.ts'

const top = mkdtempSync(join(tmpdir(), 'kubestrap-given-'))
after(() => rmSync(top, { recursive: true, force: true }))

/** A folder that a person brings, with these files. */
function folder(name: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(top, name, path)), { recursive: true })
    writeFileSync(join(top, name, path), text)
  }
  return join(top, name)
}

test('each kind of file in its own folder; other endings are none of the lab’s', async () => {
  const given = await readGiven(
    folder('all', { 'rpms/a.rpm': 'a', 'rpms/notes.txt': '', 'images/b.tar': 'b', 'bin/c': 'c' }),
  )
  deepEqual(
    [given.rpms, given.images, given.manifests, given.bin].map((one) => one.length),
    [1, 1, 0, 1],
  )
  const error = await failure(readGiven(folder('none', { 'a.rpm': '' })))
  equal(error.details.id, 'KS-LAB-ARTIFACTS')
})

test('an archive with several images: each with its names, those without a name are left out', () => {
  const entries = [
    { Config: 'a.json', RepoTags: ['quay.io/calico/node:v1', 'localhost/node:v1'], Layers: [] },
    { Config: 'b.json', RepoTags: null, Layers: [] },
    { Config: 'c.json', RepoTags: ['docker.io/library/busybox:1'], Layers: [] },
  ]
  const images = archivedImages(JSON.stringify(entries))
  deepEqual(
    images.map(({ names }) => names),
    [['calico/node:v1', 'node:v1'], ['library/busybox:1']],
  )
  deepEqual(
    images.map(({ entry }) => entry),
    [entries[0], entries[2]],
  )
})

test('what packages require, and neither they nor the lab’s provide, is taken to be there', () => {
  const requires = [
    ...['/bin/sh', 'rpmlib(PayloadIsZstd) <= 5.4.18-1', 'config(cri-o) = 1.36.3-1'],
    ...['container-selinux >= 2:2.229', 'libc.so.6()(64bit)', '/usr/bin/crio', 'cri-o'],
    ...['(crun if runc)', 'conntrack', 'new < 3', 'libc.so.6()(64bit)'],
  ]
  const provides = ['/bin/sh', 'container-selinux = 2.235.0', 'cri-o = 1.36.3-1', 'conntrack']
  deepEqual(unprovided(requires, provides, ['/usr/bin/crio']), [
    'container-selinux = 2:2.229',
    'libc.so.6()(64bit)',
  ])
})

test('Calico is not served without its manifests; what is missing is named', async () => {
  const given = await readGiven(folder('half', { 'manifests/tigera-operator.yaml': 'x' }))
  const error = await failure(calicoIn(given))
  match(error.details.what, /operator-crds\.yaml was not given/)
  match(error.details.remedy ?? '', /half\/manifests/)
  equal((await failure(calicoIn(undefined))).details.id, 'KS-LAB-ARTIFACTS')
})

test('files that the kit does not know come with their checksums, under the names it asks for', async () => {
  const given = await readGiven(
    folder('calico', {
      'manifests/tigera-operator.yaml': 'operator',
      'manifests/v1_crd_projectcalico_org.yaml': 'crds',
      'bin/calicoctl': 'program',
    }),
  )
  const sum = (text: string) => createHash('sha256').update(text).digest('hex')
  deepEqual(await calicoIn(given), {
    calicoctl: true,
    apiServer: true,
    checksums: {
      'operator-crds.yaml': sum('crds'),
      'tigera-operator.yaml': sum('operator'),
      [calicoctlName]: sum('program'),
    },
  })
  equal(servedName('/x/tigera-operator.yaml'), 'tigera-operator.yaml')
})

test('images of Calico without its API server: it is not asked for; no image at all says nothing', () => {
  const some = ['tigera/operator:v1.42.3', 'calico/node:v3.32.1', 'kube-vip/kube-vip:v1.2.3']
  equal(hasApiServer(some), false)
  equal(hasApiServer([...some, 'calico/apiserver:v3.32.1']), true)
  equal(hasApiServer(['kube-vip/kube-vip:v1.2.3']), true)
})

test('it is said what is real and what is a stand-in; a name without its registry’s path is another image', () => {
  const stack = { runtime: 'cri-o', endpoint: 'kube-vip', podNetwork: 'calico' } as const
  const bare = partLines(stack, { packages: ['cri-tools'], images: ['library/kube-vip:v1.2.3'] })
  deepEqual(
    bare.map((line) => /^[\w-]+: (a stand-in|its manifests)/.exec(line)?.[1]),
    ['a stand-in', 'a stand-in', 'its manifests'],
  )
  const images = ['kube-vip/kube-vip:v1.2.3', 'tigera/operator:v1.42.3']
  deepEqual(partLines(stack, { packages: ['cri-o'], images }), [
    'CRI-O: the package that was given',
    'kube-vip: the image that was given',
  ])
  deepEqual(partLines(defaultStack, { packages: [], images: [] }), [])
})
