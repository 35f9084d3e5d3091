import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { hostFacts } from '../lab/host-facts.ts'
import { askPodman, podman } from '../lab/podman.ts'
import { parse } from '../lib/cluster/test-files.ts'
import { adminConf } from '../node-scripts/kube/kubeconfig.ts'
import { contextOf } from '../node-scripts/run/phase-script.ts'
import { manifestOfKubeVip } from '../node-scripts/steps/kube-vip-manifest.ts'
import { failure } from './failure.ts'
import { fakeMachine } from './golden/fake-machine.ts'

declare const __ROOT__: string

/**
 * The way through podman with a real podman: the image only prints the arguments that it was started
 * with. They are those that kube-vip's own generator was recorded with.
 */

const recorded = join(__ROOT__, '..', 'shared', 'fixtures', 'kube-vip-v1.2.3', 'flags.txt')
const name = 'localhost/kubestrap-test-echo'
const image = `${name}:v1.2.3`

function whyNot(): string | false {
  if (!existsSync(recorded)) return `no recorded arguments of kube-vip in ${recorded}`
  const { platform, root } = hostFacts()
  if (platform !== 'linux' || !root) return 'needs Linux and root, for podman'
  const missing = ['podman', 'gcc'].filter((tool) => !existsSync(`/usr/bin/${tool}`))
  return missing.length > 0 && `${missing.join(' and ')} not installed`
}
const skip = whyNot()

const program = `#include <stdio.h>
int main(int n, char **words) {
  for (int i = 1; i < n; i++) printf("%s%c", words[i], i + 1 < n ? ' ' : '\\n');
}
`
const folder = mkdtempSync(join(tmpdir(), 'kubestrap-echo-'))

before(async () => {
  if (skip) return
  writeFileSync(join(folder, 'echo.c'), program)
  execFileSync('gcc', ['-static', '-o', 'echo', 'echo.c'], { cwd: folder })
  execFileSync('tar', ['--create', '--file', 'echo.tar', 'echo'], { cwd: folder })
  const entrypoint = 'ENTRYPOINT ["/echo"]'
  await podman('import', '--quiet', '--change', entrypoint, join(folder, 'echo.tar'), image)
})

after(async () => {
  rmSync(folder, { recursive: true, force: true })
  if (!skip) await askPodman('image', 'rm', image)
})

/** What the image was started with when the step of phase kube-vip wrote the manifest by it. */
async function argumentsOf(kubeVip: object, device: string): Promise<string> {
  const endpoint = { provider: 'kube-vip', address: '192.168.9.120' }
  const cluster = await parse({
    endpoint: { ...endpoint, interface: device, kubeVip: { ...kubeVip, image: name } },
  })
  const observed = { kubernetesVersion: '1.36.3', nodes: [] }
  const context = contextOf({ cluster, node: 'k-master-1', observed })
  const said: string[] = []
  const on = fakeMachine({
    packages: { podman: '5.4.0-1.el9' },
    files: { [adminConf]: 'kind: Config' },
    answers: {
      'ip -json address show': {
        stdout: JSON.stringify([{ ifname: device, flags: ['UP'], addr_info: [] }]),
      },
      [`podman image exists ${image}`]: {},
    },
  })
  const really = async ({ argv }: { readonly argv: readonly string[] }) => {
    const stdout = await podman(...argv.slice(1))
    said.push(stdout)
    return { exitCode: 0, stdout, stderr: '' }
  }
  const { apply } = manifestOfKubeVip(context)
  assert.ok('run' in apply)
  // Such an answer is no manifest, and is not written as one.
  const error = await failure(apply.run({ ...on, run: really }))
  assert.equal(error.details.id, 'KS-KUBE-VIP-MANIFEST')
  assert.deepEqual(on.changes, [])
  assert.equal(said.length, 1)
  return said[0] ?? ''
}

/** Flags with their values, in an order that does not depend on where they stood. */
const flags = (text: string) => text.split(' --').slice(1).sort()
const byDefault = ['leaseDuration 15', 'leaseRenewDuration 10', 'leaseRetry 2']
const peers = [{ address: '192.168.9.1', as: 65000 }]

const recordings: Readonly<Record<string, readonly [object, string]>> = {
  'arp-other.yaml': [{}, 'ens18'],
  'arp-seed.yaml': [{ services: true }, 'ens18'],
  'bgp.yaml': [{ mode: 'bgp', bgp: { localAS: 65000, peers } }, 'lo'],
}

for (const [file, [kubeVip, device]] of Object.entries(recordings))
  test(`podman starts the generator with the recorded arguments: ${file}`, { skip }, async () => {
    const lines = readFileSync(recorded, 'utf8').split('\n')
    const theirs = lines.find((line) => line.startsWith(`${file}: `)) ?? ''
    const ours = await argumentsOf(kubeVip, device)
    assert.match(ours, /^manifest pod --interface /)
    // Ours names the lease also where it is the default; and the image, which is not the default.
    const extra = [`image ${image}`, ...(theirs.includes('--leaseDuration') ? [] : byDefault)]
    assert.deepEqual(
      flags(ours).filter((flag) => !extra.includes(flag)),
      flags(theirs),
    )
  })
