import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { file, parse, problems } from './test-files.ts'
import { compareVersions, isMinor, minorOf } from './version.ts'

test('parts of versions', () => {
  equal(minorOf('1.36.3'), '1.36')
  equal(minorOf('1.36'), '1.36')
  equal(isMinor('1.36'), true)
  equal(isMinor('1.36.3'), false)
})

test('versions are ordered by numbers, not by letters', () => {
  const versions = ['1.36.10', '1.9', '1.36.9', '1.37', '1.36', '1.36.0']
  deepEqual(versions.sort(compareVersions), ['1.9', '1.36', '1.36.0', '1.36.9', '1.36.10', '1.37'])
})

for (const version of ['1.36', '1.36.0', '1.36.12', '1.37', '1.37.1']) {
  test(`${version} is accepted`, async () => {
    const endpoint = { provider: 'external', address: '192.168.9.120' }
    equal((await parse({ endpoint, kubernetesVersion: version })).kubernetesVersion, version)
  })
}

const refused: readonly (readonly [unknown, RegExp])[] = [
  ['1.35', /found "1\.35"\n.*\n.*\n +wanted "1\.36" or "1\.37": .* not tried with older versions/],
  ['1.35.6', /not tried with older versions/],
  ['1.38', /this kubestrap is older than Kubernetes 1\.38/],
  ['v1.36.3', /did you mean "1\.36\.3"\?/],
  ['1.36.03', /wanted a minor version/],
  ['1.36.x', /wanted a minor version/],
  ['latest', /wanted a minor version/],
  ['1.36-rc.1', /wanted a minor version/],
  ['1', /wanted a minor version/],
  [1.3, /found the number 1\.3\n.*\n.*\n +wanted text in quotes: "1\.3"/],
]

for (const [version, wanted] of refused) {
  test(`${JSON.stringify(version)} is refused`, async () =>
    match(await problems(file({ kubernetesVersion: version })), wanted))
}
