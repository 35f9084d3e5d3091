import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import {
  addressOf,
  artifactFlags,
  clusterFile,
  eventually,
  freshLab,
  healthy,
  kubectl,
  kubestrap,
  labDo,
  onNode,
  type Ran,
  run,
  up,
} from './support.ts'

/**
 * The endpoint carried by kube-vip, on three control planes. In the lab kube-vip is a stand-in, unless
 * KUBESTRAP_ARTIFACTS=DIR brings the real image (lab/artifacts/go/kube-vip-stand-in/main.go).
 */

const planes = ['k-master-1', 'k-master-2', 'k-master-3'] as const
const name = 'api.kubestrap.test'
const manifest = '/etc/kubernetes/manifests/kube-vip.yaml'

before(async () => {
  const machines = ['--control-planes', '3', '--workers', '0']
  await freshLab(...machines, '--endpoint', 'kube-vip', ...artifactFlags)
  // A name that no DNS server knows: every node has to have it from its own /etc/hosts.
  endpoint(`name: ${name}, hostsEntry: true`)
})

after(async () => {
  if (process.env.KUBESTRAP_KEEP_LAB) return
  await labDo('down')
})

const said = ({ stdout, stderr }: Ran) => `${stdout}\n${stderr}`

/** Writes the endpoint into the cluster file; a lab that is taken down leaves an edited file behind. */
function endpoint(more: string): void {
  const line = `endpoint: { provider: kube-vip, address: ${virtualIp()}, ${more} }`
  const text = readFileSync(clusterFile, 'utf8')
  writeFileSync(clusterFile, text.replace(/^endpoint: .*$/m, line))
}

const virtualIp = () =>
  /^endpoint: .*address: ([0-9.]+)/m.exec(readFileSync(clusterFile, 'utf8'))?.[1] ?? ''

/** HTTP status of /readyz at the virtual IP, asked from this computer; 000 when nothing answers. */
async function answer(): Promise<string> {
  const url = `https://${virtualIp()}:6443/readyz`
  const flags = ['--insecure', '--silent', '--output', '/dev/null', '--max-time', '2']
  return (await run('curl', [...flags, '--write-out', '%{http_code}', url])).stdout
}

/** Which of these nodes have the virtual IP on an interface. */
async function holders(nodes: readonly string[]): Promise<readonly string[]> {
  const seen = await Promise.all(
    nodes.map(async (node) => {
      const { stdout } = await onNode(node, 'ip -oneline address show')
      return stdout.includes(` ${virtualIp()}/32 `) ? [node] : []
    }),
  )
  return seen.flat()
}

const holder = async (): Promise<string | undefined> =>
  (JSON.parse((await kubestrap('status', '--json')).stdout) as { endpointHolder?: string })
    .endpointHolder

test('up: the virtual IP does not exist before, and everybody joins through it', async () => {
  assert.equal(await answer(), '000')
  const plan = await kubestrap('plan', '--accept-new-host-keys')
  assert.match(plan.stdout, /kube-vip: Carry the endpoint/)
  assert.equal(await answer(), '000')
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
  assert.equal(await answer(), '200')
  await healthy()
  assert.deepEqual(await holders(planes), [await holder()])
})

test('podman made the manifests, for each node with its own interface, readable for root only', async () => {
  for (const node of planes) {
    const { stdout } = await onNode(node, `stat -c %a ${manifest}; cat ${manifest}`)
    // With `manifest: template`, or without podman, this line says so instead: see the last test.
    assert.match(stdout, /^600\n# Written by kubestrap, phase kube-vip\.\n# Made by: podman run /)
    assert.match(stdout, /path: \/etc\/kubernetes\/admin\.conf/)
  }
})

test('podman leaves no network behind: no pod is in it, and its file is set aside', async () => {
  // The lab's machines have such a file from the start: without our step CoreDNS is in 10.88.0.0/16.
  const network = await onNode('k-master-1', 'ip link show cni-podman0; ls /etc/cni/net.d')
  assert.match(network.stderr, /does not exist/)
  assert.match(network.stdout, /87-podman-bridge\.conflist\.disabled/)
  const pods = await kubectl("get pods -A -o jsonpath='{.items[*].status.podIP}'")
  assert.doesNotMatch(pods.stdout, /10\.88\./)
})

test('the virtual IP is no node’s own address, and every node knows the endpoint by its name', async () => {
  const path = "-o jsonpath='{.items[*].status.addresses[*].address}'"
  const { stdout } = await kubectl(`get nodes ${path}`)
  assert.ok(!stdout.split(' ').includes(virtualIp()), stdout)
  for (const node of planes) {
    assert.ok(stdout.split(' ').includes(addressOf(node)), stdout)
    const resolved = await onNode(node, `getent hosts ${name}`)
    assert.match(resolved.stdout, new RegExp(`^${virtualIp()} `))
  }
  const conf = await onNode('k-master-2', 'cat /etc/kubernetes/admin.conf')
  assert.match(conf.stdout, new RegExp(`server: https://${name}:6443`))
})

test('a second up changes nothing', async () => {
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
  assert.match(ran.stdout, /Nothing to do/)
  assert.match(ran.stdout, / 0 changed/)
})

test('the holder loses power: another one has the address within a minute, and only one', async () => {
  const lost = (await holder()) ?? ''
  const others = planes.filter((node) => node !== lost)
  await labDo('kill', lost)
  const began = Date.now()
  await eventually('the API answers at the virtual IP', 60_000, async () =>
    (await answer()) === '200' ? true : undefined,
  )
  console.log(`the virtual IP answered again after ${Math.round((Date.now() - began) / 1000)} s`)
  assert.equal((await holders(others)).length, 1)
  await labDo('start', lost)
  await healthy()
  const now = await holders(planes)
  assert.equal(now.length, 1, now.join(', '))
  assert.notEqual(now[0], lost)
})

test('the holder is reset with kubeadm: it joins again and gets its manifest again, by the template', async () => {
  const node = (await holder()) ?? ''
  const [other = ''] = planes.filter((one) => one !== node)
  const reset = await onNode(node, 'kubeadm reset --force 2>&1')
  assert.equal(reset.exitCode, 0, reset.stdout)
  assert.equal((await onNode(node, `test -e ${manifest}`)).exitCode, 1)
  endpoint(`name: ${name}, hostsEntry: true, kubeVip: { manifest: template }`)
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
  const { stdout } = await onNode(node, `cat ${manifest}`)
  assert.match(stdout, /# Made by kubestrap's own template: endpoint\.kubeVip\.manifest says so\./)
  // What is in it counts, not who made it: the others keep podman's.
  const kept = await onNode(other, `cat ${manifest}`)
  assert.match(kept.stdout, /# Made by: podman run /)
  await healthy()
  // kubeadm reset kills kube-vip, which leaves its address: with it two would answer here.
  assert.equal((await holders(planes)).length, 1)
})
