// The same cluster as its lessons tell it (`--explain`), typed by a shell: what installing and kubeadm
// themselves need on these machines.
import { clusterFile, nodes, onNode, root, run } from './machines.mjs'

const seconds = async (work) => {
  const began = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - began) / 1e9
}

/** The commands of a phase's lesson for a node: its blocks of shell. */
async function lesson(phase, { name }) {
  const bundle = `${root}/dist/node/${phase}.mjs`
  const argv = [process.execPath, bundle, '--explain', '--config', clusterFile, '--node', name]
  const text = await run(argv)
  return [...text.matchAll(/^```sh\n([\s\S]*?)\n```$/gm)].map(([, block]) => block)
}

/** All machines at once, as an administrator with as many terminals would. */
const installAll = () =>
  Promise.all(
    nodes().map(async (node) => {
      const lines = (await lesson('prerequisites', node)).join('\n').split('\n')
      // A line with a value that a person has to look up; no machine of the lab needs it.
      const script = lines.filter((line) => !line.includes('VERSION-RELEASE')).join('\n')
      // No machine of the lab has modules to load; kubeadm finds out what else may be missing.
      await onNode(node, script, { mayFail: true })
    }),
  )

/** Only the block with kubeadm's command and its configuration. */
async function kubeadm(phase, node, values) {
  const block = (await lesson(phase, node)).find((text) => /^kubeadm (init|join) /m.test(text))
  const filled = Object.entries(values).reduce(
    (text, [name, value]) => text.replaceAll(name, value),
    block,
  )
  await onNode(node, filled)
}

async function credentials(first) {
  const certificateKey = 'be'.repeat(32)
  const text = await onNode(
    first,
    `kubeadm token create 2> /dev/null
kubeadm init phase upload-certs --upload-certs --certificate-key ${certificateKey} > /dev/null 2>&1
openssl x509 -in /etc/kubernetes/pki/ca.crt -noout -pubkey | openssl pkey -pubin -outform der 2> /dev/null | sha256sum`,
  )
  const [token = '', hash = ''] = text
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0])
  return { TOKEN: token, 'HASH-OF-CA': hash, 'CERTIFICATE-KEY': certificateKey }
}

/** Seconds of all commands on the critical path. */
export const together = ({ install, init, joins, workerJoins }) =>
  [install, init, ...joins, workerJoins].reduce((sum, one) => sum + one, 0)

/** @returns seconds: installing on all machines at once, and each kubeadm command of the critical path */
export async function byHand() {
  const install = await seconds(installAll)
  const planes = nodes().filter(({ role }) => role === 'control-plane')
  const workers = nodes().filter(({ role }) => role === 'worker')
  const [first, ...others] = planes
  const init = await seconds(() =>
    kubeadm('control-plane-init', first, { TOKEN: 'abcdef.0123456789abcdef' }),
  )
  const values = await credentials(first)
  const joins = []
  for (const node of others)
    joins.push(await seconds(() => kubeadm('control-plane-join', node, values)))
  const workerJoins = await seconds(() =>
    Promise.all(workers.map((node) => kubeadm('worker-join', node, values))),
  )
  return { install, init, joins, workerJoins }
}
