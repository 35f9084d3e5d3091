import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { parse, stringify } from 'yaml'
import { containerName, virtualAddressOf } from '../../lab/layout.ts'
import {
  addressOf,
  clusterFile,
  freshLab,
  kubestrap,
  lab,
  labDo,
  type Ran,
  run,
} from './support.ts'

/**
 * Three bare machines, made fit first (what the lab lacks is put there), then spoiled in many ways at
 * once. Taking one line of `spoiled` away makes the test fail, for its finding is then not there;
 * the same machines before they were spoiled have no finding at all.
 */

const nodes = ['k-master-1', 'k-master-2', 'k-master-3'] as const
type Name = (typeof nodes)[number]

interface Spoiled {
  /** Name for preflight.ignore. */
  readonly check: string
  /** The machine that is spoiled. */
  readonly on: Name
  /** Whom the finding names, if not that machine alone. */
  readonly named?: readonly Name[]
  readonly what: RegExp
  readonly script: string
}

const cover = (path: string, text: string) =>
  `mkdir -p /run/spoiled; printf '%s\\n' '${text}' > /run/spoiled/$(basename ${path}); mount --bind /run/spoiled/$(basename ${path}) ${path}`
const wrapper = (path: string, text: string) =>
  `cat > ${path} <<'WRAPPER'\n#!/bin/sh\n${text}\nWRAPPER\nchmod 755 ${path}`
const listen = (port: number) =>
  `systemd-run --quiet socat TCP-LISTEN:${port},fork,reuseaddr EXEC:/run/answer`
const filter = (hook: string, rule: string) =>
  `nft add table inet spoiled; nft "add chain inet spoiled ${hook} { type filter hook ${hook} priority 0; }"; nft add rule inet spoiled ${hook} ${rule}`
const productUuid = '4c4c4544-0031-3010-8036-b4c04f4b4d31'
// This computer may have no DMI: the folder of classes is covered by a copy with one in it.
const firmware = `mkdir -p /run/class/dmi/id; cp -a /sys/class/net /run/class/; echo ${productUuid} > /run/class/dmi/id/product_uuid; mount --bind /run/class /sys/class`
const enterprise =
  'PRETTY_NAME="CentOS Stream 9"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="9"'
const sixteen = 'fedcba9876543210fedcba9876543210'
const hardware = '02:00:5e:00:53:01'

/** Of one host key in all of its places. */
const hostKey = (key: string, publicKey: string) =>
  `cat > /etc/ssh/ssh_host_ed25519_key <<'KEY'\n${key}\nKEY\nprintf '%s\\n' '${publicKey}' > /etc/ssh/ssh_host_ed25519_key.pub; systemctl restart ssh`

const twice: readonly Name[] = ['k-master-1', 'k-master-3']
const spoiled: readonly Spoiled[] = [
  ...twice.flatMap((on): readonly Spoiled[] => [
    {
      check: 'DuplicateHostName',
      on,
      named: twice,
      what: /template/,
      // sudo looks its host up: without an entry each call waits for a name server.
      script: 'echo 127.0.0.1 template >> /etc/hosts; hostname template',
    },
    {
      check: 'DuplicateMachineId',
      on,
      named: twice,
      what: new RegExp(sixteen),
      script: `echo ${sixteen} > /etc/machine-id`,
    },
    {
      check: 'DuplicateProductUuid',
      on,
      named: twice,
      what: new RegExp(productUuid),
      script: firmware,
    },
    {
      check: 'DuplicateMac',
      on,
      named: twice,
      what: new RegExp(hardware),
      script: cover('/sys/class/net/eth0/address', hardware),
    },
  ]),
  {
    check: 'OperatingSystem',
    on: 'k-master-3',
    what: /fedora 42/,
    script: cover('/etc/os-release', 'ID=fedora\nVERSION_ID=42'),
  },
  {
    check: 'Architecture',
    on: 'k-master-3',
    what: /armv7l/,
    script: wrapper('/usr/local/bin/uname', 'echo armv7l'),
  },
  {
    check: 'NumCPU',
    on: 'k-master-2',
    what: /1 CPU/,
    script: wrapper('/usr/local/bin/nproc', 'echo 1'),
  },
  {
    check: 'Mem',
    on: 'k-master-2',
    what: /1024 MiB of 1700/,
    script: cover('/proc/meminfo', 'MemTotal:        1048576 kB'),
  },
  {
    check: 'Disk',
    on: 'k-master-2',
    what: /\/var\/lib\/etcd: 0\.1 GiB free of 2\.0 GiB for etcd/,
    script: 'mkdir -p /var/lib/etcd; mount -t tmpfs -o size=64m tmpfs /var/lib/etcd',
  },
  {
    check: 'Port-6443',
    on: 'k-master-1',
    what: /6443 by socat/,
    script: listen(6443),
  },
  {
    check: 'Interface',
    on: 'k-master-2',
    what: /no interface has 10\.\d+\.0\.12; there are .*eth0 192\.0\.2\.12\/24/,
    script: wrapper(
      '/usr/local/sbin/ip',
      'exec /usr/bin/ip "$@" | sed "s#10[.][0-9]*[.]0[.]12/#192.0.2.12/#"',
    ),
  },
  {
    check: 'Interface',
    on: 'k-master-3',
    what: /there is no interface ens18; there are eth0, lo/,
    script: 'true # the cluster file names it',
  },
  {
    check: 'VirtualIpInUse',
    on: 'k-master-1',
    named: ['k-master-1', 'k-master-2'],
    what: /10\.\d+\.0\.100 is taken by ([0-9a-f]{2}:){5}[0-9a-f]{2}/,
    script: 'true # a machine that is no node takes it; the third one has no interface to ask on',
  },
  {
    check: 'VirtualIpOutside',
    on: 'k-master-2',
    what: /10\.\d+\.0\.100 is outside of eth0 192\.0\.2\.12\/24/,
    script: 'true # what its interface is said to have',
  },
  {
    check: 'ClockSkew',
    on: 'k-master-3',
    what: /at least [34]\d\.\d s ahead of most/,
    script: wrapper('/usr/local/bin/date', 'exec /usr/bin/date --date="+45 seconds" "$@"'),
  },
  {
    check: 'BlockedPorts',
    on: 'k-master-2',
    named: ['k-master-1', 'k-master-3'],
    what: /-> k-master-2 2379, 2380: silent/,
    script: filter('input', 'tcp dport 2379-2380 drop'),
  },
  {
    check: 'BlockedPorts',
    on: 'k-master-3',
    named: ['k-master-1', 'k-master-2'],
    what: /-> k-master-3 10250: rejected/,
    script: filter('input', 'tcp dport 10250 reject with icmpx type admin-prohibited'),
  },
  {
    check: 'EndpointName',
    on: 'k-master-3',
    what: /api\.spoiled\.example does not resolve/,
    script: "sed '/api.spoiled.example/d' /etc/hosts > /run/hosts; cat /run/hosts > /etc/hosts",
  },
  {
    check: 'EndpointName',
    on: 'k-master-2',
    what: /api\.spoiled\.example is 192\.0\.2\.1, not/,
    script:
      "sed 's/.* api.spoiled.example/192.0.2.1 api.spoiled.example/' /etc/hosts > /run/hosts; cat /run/hosts > /etc/hosts",
  },
  {
    check: 'Repository',
    on: 'k-master-3',
    what: /Kubernetes, http:.*: silent for 3 s/,
    script: filter('output', 'tcp dport 8080 drop'),
  },
  {
    check: 'Repository',
    on: 'k-master-3',
    what: /containerd, http:.*: no connection/,
    script: filter('output', 'tcp dport 8081 reject with tcp reset'),
  },
  {
    check: 'Registry',
    on: 'k-master-3',
    what: /mirror of registry\.k8s\.io, http:.*: no connection/,
    script: 'true # by the one above',
  },
  {
    check: 'Registry',
    on: 'k-master-3',
    what: /mirror of ghcr\.io, http:.*: no connection/,
    script: 'true # as well',
  },
]

/** What the cluster file is spoiled with. */
const missing = { 'k-master-3': 'ens18' }

/** As root in the machine itself: its ssh host key will change. */
async function inMachine(node: string, script: string): Promise<string> {
  const words = ['exec', '--interactive', containerName(lab, node), '/bin/sh', '-s']
  const ran = await run('podman', words, { stdin: script, limit: 120_000 })
  assert.equal(ran.exitCode, 0, `${node}: ${script}\n${ran.stdout}${ran.stderr}`)
  return ran.stdout
}

const ownFile = join(dirname(clusterFile), 'spoiled.yaml')

const virtualAddress = () => virtualAddressOf(Number(addressOf('k-master-1').split('.')[1]))

/** Somebody in the nodes' network who is no node: the lab's balancer. */
async function takeVirtualAddress(): Promise<void> {
  const balancer = containerName(lab, 'k-endpoint')
  const { stdout } = await run('podman', ['inspect', '--format', '{{.State.Pid}}', balancer])
  const add = ['ip', 'address', 'add', `${virtualAddress()}/24`, 'dev', 'eth0']
  const ran = await run('nsenter', ['--net', '--target', stdout.trim(), ...add])
  assert.equal(ran.exitCode, 0, ran.stderr)
}

/**
 * The lab's file with kube-vip and servers of our own.
 *
 * @param name decides where host keys are kept
 * @param interfaces of single nodes
 */
function writeFile(
  name: string,
  ignore: readonly string[],
  interfaces: Readonly<Record<string, string>> = {},
): void {
  const file = parse(readFileSync(clusterFile, 'utf8'))
  const server = (port: number) => `http://${addressOf('k-master-1')}:${port}`
  const source = (port: number) => ({
    baseurl: `${server(port)}/repository/`,
    gpgkey: `${server(port)}/key`,
    fingerprint: 'A'.repeat(40),
  })
  const sources = { kubernetes: source(8080), containerd: source(8081) }
  const images = { 'registry.k8s.io': server(8081), 'ghcr.io': server(8081) }
  const planes: readonly { name: string }[] = file.nodes
  // What the machines of this lab are by nature, and no test can change.
  const nature = ['TimeSync', 'CgroupV1']
  const text = stringify({
    ...file,
    name,
    endpoint: { provider: 'kube-vip', address: virtualAddress(), name: 'api.spoiled.example' },
    nodes: planes.map((node) => ({ ...node, interface: interfaces[node.name] ?? 'eth0' })),
    preflight: { ignore: [...nature, ...ignore] },
    sources: { ...sources, images },
  })
  writeFileSync(ownFile, text)
}

const look = (verb: string, ...words: readonly string[]) =>
  kubestrap(verb, '--config', ownFile, '--accept-new-host-keys', ...words)

interface Told {
  readonly check: string
  readonly nodes: string
  readonly what: string
}

/** Findings in the text of an error: a title, then nodes and what was found, a line each. */
function told({ stderr }: Ran): readonly Told[] {
  const findings: Told[] = []
  let check = ''
  for (const line of stderr.split('\n')) {
    const [, title] = /^ {2}\| ([A-Z][\w-]*(?:, [\w-]+)*): wanted is /.exec(line) ?? []
    if (title !== undefined) check = title
    const [, nodes, what] = /^ {2}\| {3}((?:k-[a-z]+-\d(?:, )?)+) +(.*)$/.exec(line) ?? []
    if (nodes !== undefined && what !== undefined) findings.push({ check, nodes, what })
  }
  return findings
}

/**
 * What lies on the file systems and is installed. Left out: logs, which tell of our logins; what rpm
 * touches when it is asked; /run, which holds the lock of up.
 */
const listing = (node: string) =>
  inMachine(
    node,
    "find / /var/lib -xdev \\( -path /var/log -o -path /var/lib/systemd -o -path /run -o -name 'rpmdb.sqlite-*' \\) -prune -o -printf '%p %y %s %m %u %C@\\n' | sort; rpm -qa | sort; dpkg-query --show | sort",
  )

/** Lines that only one of the texts has. */
function differing(one = '', other = ''): readonly string[] {
  const [left, right] = [one, other].map((text) => new Set(text.split('\n')))
  const only = (a: typeof left, b: typeof left) => [...(a ?? [])].filter((line) => !b?.has(line))
  return [...only(left, right), ...only(right, left)]
}

before(async () => {
  await freshLab('--bare', '--control-planes', '3', '--workers', '0')
  for (const node of nodes) {
    await inMachine(
      node,
      `${cover('/etc/os-release', enterprise)}
echo '${virtualAddress()} api.spoiled.example' >> /etc/hosts`,
    )
  }
  const answer = wrapper('/run/answer', 'read -r line; printf "HTTP/1.0 200 OK\\r\\n\\r\\n"')
  await inMachine('k-master-1', [answer, listen(8080), listen(8081)].join('\n'))
})

after(async () => {
  rmSync(ownFile, { force: true })
  if (process.env.KUBESTRAP_KEEP_LAB) return
  await labDo('down')
})

test('machines as they should be have no finding', async () => {
  writeFile('fit', [])
  const ran = await look('plan', '--json')
  assert.equal(ran.exitCode, 0, ran.stderr)
  const { findings } = JSON.parse(ran.stdout) as { findings: readonly { check: string }[] }
  assert.deepEqual(
    findings.filter(({ check }) => check !== 'CgroupV1'),
    [],
  )
})

test('every way in which they are spoiled is told at once, by plan and by up, and nothing is changed', async () => {
  const clone = 'k-master-3'
  const key = await inMachine('k-master-1', 'cat /etc/ssh/ssh_host_ed25519_key')
  const publicKey = await inMachine('k-master-1', 'cat /etc/ssh/ssh_host_ed25519_key.pub')
  for (const node of nodes) {
    const scripts = spoiled.filter(({ on }) => on === node).map(({ script }) => script)
    await inMachine(node, ['set -e', ...scripts].join('\n'))
  }
  await inMachine(clone, hostKey(key.trim(), publicKey.trim()))
  const keys: Pick<Spoiled, 'check' | 'on' | 'named' | 'what'> = {
    check: 'DuplicateHostKey',
    on: clone,
    named: twice,
    what: /ssh-ed25519/,
  }
  await takeVirtualAddress()
  writeFile('spoiled', [], missing)
  const all = [...spoiled, keys]
  assert.ok(new Set(all.map(({ check }) => check)).size >= 12)
  const untouched = await Promise.all(nodes.map(listing))
  for (const [verb, ...words] of [['plan'], ['up', '--yes']] as const) {
    const ran = await look(verb, ...words)
    assert.equal(ran.exitCode, 10, `${verb}: ${ran.stdout}${ran.stderr}`)
    const findings = told(ran)
    for (const { check, on, named = [on], what } of all) {
      const found = findings.filter((one) => one.check === check && what.test(one.what))
      const names = found.map((one) => one.nodes)
      assert.deepEqual(names, [named.join(', ')], `${verb}: ${check}\n${ran.stderr}`)
    }
    assert.equal(findings.length, new Set(all.map(({ check, what }) => `${check}${what}`)).size)
  }
  const afterwards = await Promise.all(nodes.map(listing))
  for (const [index, node] of nodes.entries())
    assert.deepEqual(differing(untouched[index], afterwards[index]), [], `${node} was changed`)
  await inMachine('k-master-1', 'touch /etc/spoiled')
  const touched = differing(afterwards[0], await listing('k-master-1'))
  assert.ok(
    touched.some((line) => line.startsWith('/etc/spoiled')),
    'a change would be seen',
  )
})

test('what preflight.ignore names is a warning, and the plan goes on', async () => {
  const names = [...new Set([...spoiled.map(({ check }) => check), 'DuplicateHostKey'])]
  const [one, ...others] = names
  writeFile('spoiled', others, missing)
  const refused = await look('plan')
  assert.equal(refused.exitCode, 10)
  assert.deepEqual(
    told(refused).map(({ check }) => check),
    [one],
  )
  writeFile('spoiled', names, missing)
  const ran = await look('plan', '--json')
  assert.equal(ran.exitCode, 0, ran.stderr)
  const { findings, tasks } = JSON.parse(ran.stdout) as {
    findings: readonly { ignore: string; ignored?: true }[]
    tasks: readonly unknown[]
  }
  const ignored = findings.flatMap(({ ignore, ignored }) => (ignored ? [ignore] : []))
  for (const name of names) assert.ok(ignored.includes(name), name)
  assert.ok(tasks.length > 0)
})
