import { deepEqual, match } from 'node:assert/strict'
import { test } from 'node:test'
import { findingsOf } from './findings.ts'
import { type Diagnosis, firstPage, wrongLines } from './first-page.ts'

const now = new Date('2026-11-23T08:00:00Z')
const found = (sections: Readonly<Record<string, string>>) =>
  findingsOf(new Map(Object.entries(sections)), now).map(({ what }) => what)

const unit = (id: string, state: string, more = '') =>
  `Id=${id}\nLoadState=loaded\nActiveState=${state}\nSubState=dead\nResult=success\n${more}`

/** As diagnose.sh shows the events of a run. */
const events = (...bodies: readonly object[]) => {
  const lines = bodies.map((body, seq) => {
    const at = '2026-11-23T07:59:00.000Z'
    return JSON.stringify({ run: 'worker-join-0123456789ab', seq, at, ...body })
  })
  return ['--- /run/kubestrap/runs/worker-join-0123456789ab/events.jsonl', ...lines].join('\n')
}

const cases: readonly (readonly [string, Readonly<Record<string, string>>, readonly RegExp[]])[] = [
  [
    'a kubelet that does not run',
    { units: `${unit('kubelet.service', 'inactive')}\n\n${unit('crio.service', 'active')}` },
    [/^kubelet\.service is inactive/],
  ],
  [
    'a service that falls again and again',
    { units: unit('kubelet.service', 'active', 'NRestarts=7') },
    [/started again 7 times/],
  ],
  [
    'a failed unit',
    {
      units: '  UNIT LOAD ACTIVE SUB DESCRIPTION\n● logrotate.service loaded failed failed Rotate',
    },
    [/^logrotate\.service has failed/],
  ],
  [
    'a full disk',
    {
      disks:
        'Filesystem Type 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 xfs 100 96 4 96% /\n/dev/sdb xfs 100 9 91 9% /data',
    },
    [/^the file system of \/ is 96 % full/],
  ],
  [
    'swap',
    { swap: 'Filename Type Size Used Priority\n/dev/zram0 partition 100 0 100' },
    [/^swap is on/],
  ],
  ['a clock of its own', { time: 'NTPSynchronized=no' }, [/clock is not synchronised/]],
  [
    'too little memory',
    { 'kernel-log': 'x kernel: Out of memory: Killed process 12 (etcd) total-vm:1' },
    [/killed etcd/],
  ],
  [
    'certificates near their end',
    {
      certificates:
        '/etc/kubernetes/pki/apiserver.crt notAfter=Dec  3 08:00:01 2026 GMT subject=CN = a\n/etc/kubernetes/pki/ca.crt notAfter=Nov 21 08:00:00 2036 GMT\n/etc/kubernetes/pki/old.crt notAfter=Nov 20 08:00:00 2026 GMT',
    },
    [/apiserver\.crt expires in 10 days/, /old\.crt has expired 3 days ago/],
  ],
  ['a half join', { kubestrap: '--- /var/lib/kubestrap/begun\n{}' }, [/never finished/]],
  [
    'a static pod that has ended',
    {
      containers:
        'ID IMAGE CREATED STATE NAME\n1 x 2 Exited etcd 3\n2 x 2 Exited kube-scheduler 0\n3 x 2 Running kube-scheduler 1',
    },
    [/^etcd does not run/],
  ],
  [
    'what a command of a phase printed, and what a phase failed with',
    {
      runs: events(
        {
          kind: 'output',
          line: 'a Node with name "k-worker-1" and status "Ready" already exists in the cluster.',
        },
        { kind: 'error', error: { lines: ['etcdserver: too many learner members in cluster'] } },
      ),
    },
    [/^a log says "a Node with name/, /^a log says "etcdserver: too many learner/],
  ],
]

for (const [what, sections, wanted] of cases) {
  test(`found: ${what}`, () => {
    const texts = found(sections)
    deepEqual(texts.length, wanted.length, texts.join('\n'))
    for (const [index, form] of wanted.entries()) match(texts[index] ?? '', form)
  })
}

test('nothing is found on a node that is well, nor in what could not be asked', () => {
  deepEqual(found({}), [])
  const fine = {
    units: unit('kubelet.service', 'active', 'NRestarts=0'),
    time: 'NTPSynchronized=yes',
  }
  deepEqual(found({ ...fine, swap: 'Filename Type Size Used Priority' }), [])
})

test('that a phase waits for the pod network is no fault', () => {
  const what = 'cni plugin not initialized'
  deepEqual(found({ runs: events({ kind: 'waiting', what, elapsed: 0, limit: 1 }) }), [])
  deepEqual(found({ runs: events({ kind: 'output', line: what }) }).length, 1)
})

test('the first page names nodes that are away, and what to do', () => {
  const diagnosis: Diagnosis = {
    ...{ cluster: 'home', version: '1.36', kit: '1', time: now },
    nodes: [
      {
        name: 'a',
        role: 'control-plane',
        address: '10.0.0.1',
        unreachable: 'No route to host',
        findings: [],
      },
      {
        name: 'b',
        role: 'worker',
        address: '10.0.0.2',
        findings: [{ what: 'swap is on', todo: 'off' }],
      },
    ],
  }
  deepEqual(
    wrongLines(diagnosis).map((line) => line.split('. Next')[0]),
    ['cluster: no control plane answers', 'a: not reachable: No route to host', 'b: swap is on'],
  )
  match(firstPage(diagnosis), /\| a \| control-plane \| 10\.0\.0\.1 \| not reachable \|/)
})
