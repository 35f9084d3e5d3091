import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Cluster } from '../../lib/cluster.ts'
import { plainCluster } from '../../lib/example-cluster.ts'
import { failure } from '../../test/failure.ts'
import { type Fake, type FakeMachine, fakeMachine } from '../../test/golden/fake-machine.ts'
import { converge, plan } from '../run/converge.ts'
import { contextOf } from '../run/phase-script.ts'
import { firewall, firewallForgotten } from './firewall.ts'

const unit = 'firewalld.service'

function stepsFor(how: Cluster['firewall'], node = 'k-worker-1') {
  const cluster = { ...plainCluster(), firewall: how }
  return firewall(
    contextOf({ cluster, node, observed: { kubernetesVersion: '1.36.3', nodes: [] } }),
  )
}

// As firewall-cmd of firewalld 1.3 prints them.
const policy = (ports: string, ...rules: readonly string[]) => `kubestrap-host (active)
  priority: -1
  target: CONTINUE
  services: 
  ports: ${ports}
  protocols: 
  rich rules: 
${rules.map((rule) => `\t${rule}`).join('\n')}
`
const fromNodes = 'rule family="ipv4" source ipset="kubestrap-nodes"'
const loaded = {
  'firewall-cmd --info-policy=kubestrap-host': {
    stdout: policy(
      '10256/tcp 30000-32767/tcp 30000-32767/udp',
      `${fromNodes} port port="10250" protocol="tcp" accept`,
    ),
  },
  'firewall-cmd --info-policy=kubestrap-pods': { stdout: policy('', `${fromNodes} accept`) },
  'firewall-cmd --ipset=kubestrap-nodes --get-entries': {
    stdout: '192.168.9.141\n192.168.9.121\n192.168.9.122\n192.168.9.123\n',
  },
  'firewall-cmd --zone=trusted --list-sources': {
    stdout: '10.244.0.0/16 10.96.0.0/12 172.20.0.0/24\n',
  },
}

/** firewalld off, and knowing nothing of us; its tools do what they do on a real machine. */
function machine(fake: Fake = {}): FakeMachine {
  const state = { load: 'loaded', active: 'inactive', enabled: 'disabled' }
  const answers: Record<string, { stdout: string }> = {}
  return fakeMachine({
    units: { [unit]: state },
    answers,
    onRun({ argv }, on) {
      const sources = argv.flatMap((word) => word.match(/^--add-source=(.*)/)?.[1] ?? [])
      const zone = sources.map((source) => `<source address="${source}"/>`).join('\n')
      if (zone !== '') on.files.set('/etc/firewalld/zones/trusted.xml', zone)
      if (argv[1] === 'enable') state.enabled = 'enabled'
      if (argv[1] === 'restart') state.active = 'active'
      if (argv.includes('--reload')) Object.assign(answers, loaded)
      return undefined
    },
    ...fake,
  })
}

test('managed: files, trusted networks, started only then, and loaded', async () => {
  const on = machine()
  const steps = stepsFor('managed')
  await converge(steps, on)
  assert.deepEqual(on.changes, [
    'write /etc/firewalld/ipsets/kubestrap-nodes.xml',
    'write /etc/firewalld/policies/kubestrap-host.xml',
    'write /etc/firewalld/policies/kubestrap-pods.xml',
    'firewall-offline-cmd --zone=trusted --add-source=10.244.0.0/16 --add-source=10.96.0.0/12',
    `systemctl enable ${unit}`,
    `systemctl restart ${unit}`,
    'firewall-cmd --reload',
  ])
  assert.deepEqual(await converge(steps, on), [])
})

test('managed: what the running firewall holds otherwise is found, one by one', async () => {
  const running = { [unit]: { load: 'loaded', active: 'active', enabled: 'enabled' } }
  const last = async (answers: typeof loaded) => {
    const planned = await plan(stepsFor('managed'), machine({ units: running, answers }))
    return planned.at(-1)?.found
  }
  assert.equal(await last(loaded), undefined)
  const host = 'firewall-cmd --info-policy=kubestrap-host'
  const changed = async (key: keyof typeof loaded, from: string, to: string) =>
    last({ ...loaded, [key]: { stdout: loaded[key].stdout.replace(from, to) } })
  assert.equal(
    await changed(host, '10256/tcp ', '10256/tcp 8080/tcp '),
    'ports: 10256/tcp, 8080/tcp, 30000-32767/tcp, 30000-32767/udp',
  )
  assert.match((await changed(host, 'port="10250"', 'port="10255"')) ?? '', /^rules: .*10255/)
  assert.equal(
    await changed('firewall-cmd --info-policy=kubestrap-pods', 'rule f', 'none f'),
    'rules for pods: none',
  )
  assert.match(
    (await changed('firewall-cmd --ipset=kubestrap-nodes --get-entries', '192.168.9.123\n', '')) ??
      '',
    /^nodes: /,
  )
  assert.equal(
    await changed('firewall-cmd --zone=trusted --list-sources', '10.96.0.0/12', ''),
    'not trusted: 10.96.0.0/12',
  )
})

test('managed: settings of firewalld that Services do not survive are refused, not changed', async () => {
  const conf = '/etc/firewalld/firewalld.conf'
  const fine = '# StrictForwardPorts=yes\nFirewallBackend=nftables\nStrictForwardPorts=no\n'
  assert.ok(await plan(stepsFor('managed'), machine({ files: { [conf]: fine } })))
  const files = { [conf]: 'FirewallBackend=iptables\nStrictForwardPorts=yes\n' }
  const on = machine({ files })
  const error = await failure(converge(stepsFor('managed'), on))
  assert.equal(error.details.id, 'KS-FIREWALL-SETTINGS')
  assert.equal(error.details.lines?.length, 2)
  assert.deepEqual(on.changes, [])
})

test('reset: files, sources and living rules of the cluster go, firewalld stays', async () => {
  const cluster = plainCluster()
  const context = contextOf({
    cluster,
    node: 'k-worker-1',
    observed: { kubernetesVersion: '1.36.3', nodes: [] },
  })
  const on = machine()
  await converge(stepsFor('managed'), on)
  const before = on.changes.length
  await converge([firewallForgotten(context)], on)
  assert.deepEqual(on.changes.slice(before), [
    'firewall-cmd --permanent --zone=trusted --remove-source=10.244.0.0/16 --remove-source=10.96.0.0/12',
    'remove /etc/firewalld/policies/kubestrap-pods.xml',
    'remove /etc/firewalld/policies/kubestrap-host.xml',
    'remove /etc/firewalld/ipsets/kubestrap-nodes.xml',
    'firewall-cmd --reload',
  ])
  assert.deepEqual(await converge([firewallForgotten(context)], on), [])
})

test('disabled: off now and at the next boot; without firewalld there is nothing to do', async () => {
  for (const state of [
    { load: 'loaded', active: 'active', enabled: 'disabled' },
    { load: 'loaded', active: 'inactive', enabled: 'enabled' },
  ]) {
    const on = fakeMachine({
      units: { [unit]: state },
      onRun: () => void Object.assign(state, { active: 'inactive', enabled: 'disabled' }),
    })
    await converge(stepsFor('disabled'), on)
    assert.deepEqual(on.changes, [`systemctl disable --now ${unit}`])
  }
  assert.deepEqual(await converge(stepsFor('disabled'), fakeMachine()), [])
})

test('unmanaged: a firewalld that runs is warned of, with what to open', async () => {
  const on = fakeMachine({ units: { [unit]: { load: 'loaded', active: 'active' } } })
  const [step] = await plan(stepsFor('unmanaged', 'k-master-1'), on)
  assert.match(
    step?.note ?? '',
    /for everybody: 6443\/tcp; for the nodes: 2379-2380\/tcp 10250\/tcp/,
  )
  assert.match(step?.note ?? '', /10\.244\.0\.0\/16 10\.96\.0\.0\/12$/)
  const [quiet] = await plan(stepsFor('unmanaged'), fakeMachine())
  assert.equal(quiet?.note, undefined)
})
