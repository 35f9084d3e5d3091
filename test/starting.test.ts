import { deepEqual, equal, match } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

declare const __ROOT__: string

/** The built program as somebody meets it who has no cluster file yet. */
const folder = mkdtempSync(join(tmpdir(), 'kubestrap-starting-'))
after(() => rmSync(folder, { recursive: true }))

function kubestrap(...words: string[]) {
  const argv = [join(__ROOT__, 'dist/orchestrate.mjs'), ...words]
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

const seed = ['--control-planes', '192.168.9.121-123', '--workers', '192.168.9.141-143']

test('new writes a file that plan reads, and never twice', () => {
  const made = kubestrap('new', ...seed, '--endpoint', '192.168.9.120', '--name', 'seed')
  equal(made.status, 0, made.stderr)
  match(made.stderr, /^cluster\.yaml written: cluster seed, 3 control planes, 3 workers, endpoint/)
  const plan = kubestrap('plan', '--offline')
  equal(plan.status, 0, plan.stderr)
  match(plan.stdout, /k-worker-3/)
  const before = readFileSync(join(folder, 'cluster.yaml'), 'utf8')
  const again = kubestrap('new', ...seed, '--endpoint', '192.168.9.120')
  equal(again.status, 2)
  match(again.stderr, /KS-FILE-EXISTS/)
  equal(readFileSync(join(folder, 'cluster.yaml'), 'utf8'), before)
})

test('what breaks the rules of the file is told before anything is written', () => {
  const same = kubestrap(
    'new',
    '--control-planes',
    'a=10.0.0.1,b=10.0.0.1,C=10.0.0.3',
    '--out',
    'x',
  )
  equal(same.status, 2)
  match(same.stderr, /3 control planes need one address/)
  const argv = ['--control-planes', 'a=10.0.0.1,a=10.0.0.1', '--endpoint', '10.0.0.9', '--out', 'x']
  const rules = kubestrap('new', ...argv)
  equal(rules.status, 2)
  match(rules.stderr, /"a" already belongs to nodes\[0\]/)
  match(rules.stderr, /not changed: nothing was written/)
  const wrong = kubestrap('new', '--controlplanes', '10.0.0.1')
  match(wrong.stderr, /no flag --controlplanes, did you mean --control-planes\?/)
})

test('an inventory becomes a file, what it has beyond is named', () => {
  const inventory = [
    '[masters]',
    'k-master-1 ansible_host=192.168.9.121',
    '[workers]',
    'k-worker-1 ansible_host=192.168.9.141',
    '[all:vars]',
    'ansible_user=kubernetesadmin',
    'pod_cidr=172.16.0.0/16',
  ]
  writeFileSync(join(folder, 'hosts.ini'), `${inventory.join('\n')}\n`)
  const made = kubestrap('new', '--from-inventory', 'hosts.ini', '--out', '-')
  equal(made.status, 0, made.stderr)
  const lines = made.stdout.split('\n').filter((line) => /^(?:\s*[^#\s]|$)/.test(line) && line)
  deepEqual(lines, [
    'name: kubernetes',
    'endpoint:',
    '  provider: external',
    '  address: 192.168.9.121',
    'ssh:',
    '  user: kubernetesadmin',
    'nodes:',
    '  - { name: k-master-1, address: 192.168.9.121, role: control-plane }',
    '  - { name: k-worker-1, address: 192.168.9.141, role: worker }',
  ])
  match(made.stderr, /not taken over: "pod_cidr" of \[all\]/)
})
