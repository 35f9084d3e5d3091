import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KubestrapError } from '../../lib/errors.ts'
import { plainCluster } from '../../lib/example-cluster.ts'
import { failure } from '../../test/failure.ts'
import { type Fake, fakeMachine } from '../../test/golden/fake-machine.ts'
import { converge } from '../run/converge.ts'
import { kernelModules, sysctls } from './kernel.ts'

const bridge = '/proc/sys/net/bridge/bridge-nf-call-iptables'
const release = '6.12.0-124.8.1.el10_1.x86_64'
const package_ = `kernel-modules-extra-${release}`

/** A machine whose modules appear when modprobe is run; those named lack their files until dnf brings them. */
function machine({ lacking = [] as string[], dnf = {} as { readonly says?: string } } = {}) {
  const answers: Record<string, NonNullable<Fake['answers']>[string]> = {
    'uname -r': { stdout: `${release}\n` },
    modinfo: {},
  }
  for (const name of lacking) answers[`modinfo ${name}`] = { exitCode: 1 }
  return fakeMachine({
    answers,
    onRun({ argv }, on) {
      if (argv[0] === 'dnf' && dnf.says)
        throw new KubestrapError({
          id: 'KS-COMMAND',
          exit: 'phaseFailed',
          what: 'dnf ended with 1',
          lines: [dnf.says],
        })
      if (argv[0] === 'modprobe') {
        on.files.set('/proc/filesystems', 'nodev\toverlay\n')
        on.files.set(bridge, '1\n')
      }
      return undefined
    },
  })
}

const loaded = 'modprobe --all overlay br_netfilter'

test('modules that come with the kernel are loaded, and no package is installed', async () => {
  const on = machine()
  await converge(kernelModules(), on)
  assert.deepEqual(on.changes, ['write /etc/modules-load.d/kubestrap.conf', loaded])
  assert.deepEqual(await converge(kernelModules(), on), [])
})

test('Enterprise Linux 10 without br_netfilter: its package comes for the very kernel that runs', async () => {
  const on = machine({ lacking: ['br_netfilter'] })
  await converge(kernelModules(), on)
  const [, install, load] = on.changes
  assert.equal(install, `dnf --assumeyes --setopt=install_weak_deps=False install ${package_}`)
  assert.equal(load, loaded)
})

test('a kernel that the repositories do not have any more is told as that; a network fault is not', async () => {
  const gone = machine({
    lacking: ['br_netfilter'],
    dnf: { says: `Error: Unable to find a match: ${package_}` },
  })
  const { details } = await failure(converge(kernelModules(), gone))
  assert.equal(details.id, 'KS-KERNEL-MODULES')
  assert.match(details.remedy ?? '', /dnf --assumeyes upgrade 'kernel\*', restart/)
  const cut = machine({
    lacking: ['br_netfilter'],
    dnf: { says: 'Curl error (6): Could not resolve host' },
  })
  assert.equal((await failure(converge(kernelModules(), cut))).details.id, 'KS-SOURCE-UNREACHABLE')
})

test('a cluster of IPv6 forwards it, as kubeadm wants; one of IPv4 leaves it alone', async () => {
  const cluster = plainCluster()
  const networking = { ...cluster.networking, podSubnet: 'fd00:10::/56' }
  const text = async (one: Pick<typeof cluster, 'networking'>) => {
    const [written] = sysctls(one)
    const on = fakeMachine()
    assert.ok(written && 'run' in written.apply)
    await written.apply.run(on)
    return on.files.get('/etc/sysctl.d/90-kubestrap.conf') ?? ''
  }
  assert.match(await text({ networking }), /^net\.ipv6\.conf\.default\.forwarding = 1$/m)
  assert.match(await text({ networking }), /^net\.ipv6\.conf\.all\.forwarding = 1$/m)
  assert.doesNotMatch(await text(cluster), /net\.ipv6/)
})
