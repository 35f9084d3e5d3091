import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { clusterFile, freshLab, kubestrap, labDo, onNode, onTerminal, run, up } from './support.ts'

/**
 * What the lessons tell a person to type is typed here, on bare machines, by a shell; kubestrap
 * then has to find what it would have done itself. A command that is wrong or missing in a lesson
 * leaves its step open in the plan (seen so: a zram configuration other than the one of the step).
 */

before(async () => {
  await freshLab('--control-planes', '1', '--workers', '0')
})

after(async () => {
  if (process.env.KUBESTRAP_KEEP_LAB) return
  await labDo('down')
})

/** Only with a value that a person has to look up; no machine of the lab needs these lines. */
const withPlaceholder = /VERSION-RELEASE/

/** The commands of a lesson, told with the lab's own cluster file. */
async function commandsOf(phase: string, node: string): Promise<string> {
  const words = ['--explain', '--config', clusterFile, '--node', node]
  const { stdout } = await run(process.execPath, [`dist/node/${phase}.mjs`, ...words])
  const blocks = [...stdout.matchAll(/^```sh\n([\s\S]*?)\n```$/gm)].map(([, text = '']) => text)
  assert.ok(blocks.length > 0, `${phase} has commands`)
  const lines = blocks.join('\n').split('\n')
  return lines.filter((line) => !withPlaceholder.test(line)).join('\n')
}

async function typed(phase: string, node: string): Promise<void> {
  const text = (await commandsOf(phase, node)).replaceAll('TOKEN', 'abcdef.0123456789abcdef')
  await onNode(node, `cd /root\n${text}\n`)
}

test('the lessons make a cluster of a bare machine, and kubestrap finds nothing left to do', async () => {
  const node = 'k-master-1'
  for (const phase of ['prerequisites', 'control-plane-init', 'pod-network'])
    await typed(phase, node)
  // inspect needs Node.js, which a person at the keyboard does not.
  await onNode(node, 'dnf -y module enable nodejs:22 && dnf -y install nodejs')
  const { stdout, stderr } = await kubestrap('plan', '--accept-new-host-keys', '--only', only)
  assert.match(stdout, /Cluster \S+: lives, Kubernetes 1\.36\.3, 1 node\n/, stderr)
  assert.match(stdout, /Nothing to do/, stdout)
})

/** The question before a file is written. */
const asks = (file: string) =>
  new RegExp(`k-master-1 {2}prerequisites {2}Write /etc/${file}[\\s\\S]*Enter: do it`)

test('up --pause step shows a step and its reason before it is done; files say who wrote them', async () => {
  const node = 'k-master-1'
  const files = '/etc/sysctl.d/90-kubestrap.conf /etc/modules-load.d/kubestrap.conf'
  await onNode(node, `rm ${files}`)
  const words = [
    process.execPath,
    'dist/orchestrate.mjs',
    'up',
    '--yes',
    '--only',
    'prerequisites',
    '--pause',
    'step',
  ]
  const command = [...words, '--config', clusterFile].join(' ')
  const shown = await onTerminal(command, [
    [asks('modules-load'), '\n'],
    [asks('sysctl'), 'c\n'],
  ])
  assert.equal(shown.exitCode, 0, shown.stdout)
  const [, first = '', second = ''] = shown.stdout.split('k-master-1  prerequisites  Write /etc/')
  assert.match(first, /^modules-load\.d\/kubestrap\.conf\s+systemd loads [\s\S]*Enter: do it/)
  assert.match(second, /^sysctl\.d\/90-kubestrap\.conf\s+A node forwards [\s\S]*Enter: do it/)
  assert.match(shown.stdout, /, 2 changed,/)
  const { stdout } = await onNode(node, `head -n 2 ${files.split(' ')[0]}`)
  assert.equal(
    stdout,
    '# Written by kubestrap, phase prerequisites.\n# A node forwards packets between its pods and the network, and bridged packets pass the packet\n',
  )
  // Without a terminal nobody could press Enter.
  const deaf = await up('--pause', 'step')
  assert.equal(deaf.exitCode, 2)
  assert.match(deaf.stderr, /needs a terminal/)
})

const only = 'prerequisites,control-plane-init,pod-network'

test('kubestrap goes on from there', async () => {
  const raised = await up()
  assert.equal(raised.exitCode, 0, `${raised.stdout}${raised.stderr}`)
  const again = await up()
  assert.match(again.stdout, / 0 changed/, again.stderr)
})
