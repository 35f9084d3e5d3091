import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KubestrapError } from '../../lib/errors.ts'
import { failure } from '../../test/failure.ts'
import type { Command } from '../run/command.ts'
import type { Machine } from '../run/machine.ts'
import { runKubeadm } from './run-kubeadm.ts'

/** A machine where the command fails with these last lines, and whose journal of the kubelet is this. */
function machine(
  line: string,
  journal: string,
): { readonly on: Machine; readonly looked: string[] } {
  const looked: string[] = []
  const on = {
    async run() {
      throw new KubestrapError({
        id: 'KS-COMMAND',
        exit: 'phaseFailed',
        what: 'it failed',
        lines: [line],
      })
    },
    async look({ argv }: Command) {
      looked.push(argv.join(' '))
      return { exitCode: 0, stdout: journal, stderr: '' }
    },
  }
  return { on: on as unknown as Machine, looked }
}

// Recorded from kubeadm 1.36.3 in the lab.
const gaveUp = '[kubelet-check] The kubelet is not healthy after 6m0.000972217s'
const join = ['kubeadm', 'join', '--config', 'join.yaml']

test('a kubelet that does not start is told with its own words', async () => {
  const word =
    'E1123 "command failed" err="failed to load kubelet config file, path: /var/lib/kubelet/config.yaml"'
  const { on, looked } = machine(gaveUp, `Started kubelet.service\n${word}\n`)
  const { details } = await failure(runKubeadm(on, join))
  assert.equal(details.id, 'KS-KUBELET-UNHEALTHY')
  assert.deepEqual(details.lines, ['Started kubelet.service', word])
  assert.deepEqual(
    looked.map((text) => text.split(' ')[0]),
    ['df', 'journalctl'],
  )
})

test('a full disk is called by its name', async () => {
  const { on } = machine(gaveUp, 'write /etc/kubernetes/kubelet.conf: no space left on device\n')
  const { details } = await failure(runKubeadm(on, join))
  assert.match(details.what, /no space is left/)
  assert.match(details.remedy ?? '', /df -h/)
})

const room =
  'File           Avail\n/var/lib/etcd  60000\n/var/log        9000\n/run             900\n'

test('whatever else fails stays as it is, and the journal unread', async () => {
  const { on, looked } = machine(
    'error execution phase preflight: something',
    'File           Avail\n/var/lib/etcd 900000\n/run            9000\n',
  )
  assert.equal((await failure(runKubeadm(on, join))).details.id, 'KS-COMMAND')
  assert.equal(looked.length, 1)
  assert.match(looked.join(), /^df /)
})

test('a file system without room is named, whatever kubeadm says', async () => {
  const { on } = machine('[control-plane-check] kube-apiserver is not healthy after 4m0s', room)
  const { details } = await failure(runKubeadm(on, join))
  assert.equal(details.id, 'KS-DISK-FULL')
  assert.match(
    (details.lines ?? []).join('\n'),
    /^\/var\/lib\/etcd: 60000 KiB left\n\/run: 900 KiB left\n.*kube-apiserver/,
  )
})

test('a kubelet that found no room: the file system is named, whatever its journal says', async () => {
  const { on } = machine(gaveUp, room)
  const { details } = await failure(runKubeadm(on, join))
  assert.equal(details.id, 'KS-DISK-FULL')
  assert.match((details.lines ?? []).join('\n'), /^\/run: 900 KiB left$/m)
})

test('what kubeadm’s own preflight names is the reason', async () => {
  const { on } = machine('\t[ERROR Port-6443]: Port 6443 is in use', room)
  assert.equal((await failure(runKubeadm(on, join))).details.id, 'KS-COMMAND')
})

// Recorded from kubeadm 1.36.3 in the lab, by the fault suite.
const refused = [
  'error execution phase preflight: unable to fetch the kubeadm-config ConfigMap: failed to get config map: Unauthorized',
  'error execution phase control-plane-prepare/download-certs: error downloading certs: error downloading the secret: Secret "kubeadm-certs" was not found in the "kube-system" Namespace. This Secret might have expired. Please, run `kubeadm init phase upload-certs --upload-certs` on a control plane to generate a new one',
]
for (const line of refused)
  test(`credentials that have ended: ${line.slice(0, 90)}`, async () => {
    const { on } = machine(line, '')
    const { details, exitCode } = await failure(runKubeadm(on, join))
    assert.equal(details.id, 'KS-CREDENTIALS-ENDED')
    assert.equal(exitCode, 15)
    assert.deepEqual(details.lines, [line])
  })

test('an image registry that wants a login is not the token', async () => {
  const { on } = machine('failed to pull image: unexpected status 401 Unauthorized', '')
  assert.equal((await failure(runKubeadm(on, join))).details.id, 'KS-COMMAND')
})
