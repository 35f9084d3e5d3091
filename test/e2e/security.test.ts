import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { parseCluster } from '../../lib/cluster.ts'
import { guardedFiles } from '../../lib/file-modes.ts'
import { auditLogFile } from '../../lib/render/audit-policy.ts'
import { initDocuments, joinDocuments, yamlText } from '../../lib/render/kubeadm-config.ts'
import {
  addressOf,
  clusterFile,
  eventually,
  freshLab,
  kubectl,
  kubestrap,
  labDo,
  onNode,
  type Ran,
  up,
} from './support.ts'

/** Secure where it costs nothing, seen on real Kubernetes, with both options of `security` on. */

const planes = ['k-master-1', 'k-master-2', 'k-master-3']
const marker = `marker-${Math.random().toString(36).slice(2)}`
const said = ({ stdout, stderr }: Ran) => `${stdout}\n${stderr}`

before(async () => {
  await freshLab('--control-planes', '3', '--workers', '0')
  const options = 'encryptSecrets: true, kubeletServingCertificates: true'
  appendFileSync(clusterFile, `security: { ${options} }\n`)
})

after(async () => {
  if (process.env.KUBESTRAP_KEEP_LAB) return
  await labDo('down')
})

test('up raises it, kubelets’ certificates included; the second run has nothing to do', async () => {
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
  const again = await up()
  assert.match(again.stdout, /Nothing to do/, said(again))
})

// Another spelling of any field in lib/render/kubeadm-config.ts is refused by kubeadm here.
test('kubeadm accepts the configurations', async () => {
  const cluster = await parseCluster(readFileSync(clusterFile, 'utf8'), clusterFile)
  const [node] = cluster.nodes
  assert.ok(node)
  const version = (await onNode(node.name, 'kubeadm version -o short')).stdout.trim().slice(1)
  const token = 'abcdef.0123456789abcdef'
  const join = { endpoint: 'a:6443', token, caCertHash: `sha256:${'0'.repeat(64)}` }
  const certificateKey = 'be'.repeat(32)
  const documents = [
    initDocuments({ cluster, node, version }, { token, certificateKey }),
    joinDocuments({ cluster, node }, { ...join, certificateKey }),
  ]
  for (const one of documents) {
    const text = await yamlText(one)
    const ran = await onNode(
      node.name,
      `kubeadm config validate --config /dev/stdin <<'E'\n${text}\nE`,
    )
    assert.equal(ran.exitCode, 0, said(ran))
  }
})

// Without the step fileModes /var/lib/kubelet/config.yaml is 0644, as kubeadm writes it.
test('files are as closed as the list says; a loosened one is mended', async () => {
  const looks = guardedFiles.map(({ path }) => `stat -c '%a %U:%G %n' ${path} 2> /dev/null`)
  for (const node of planes) {
    const { stdout } = await onNode(node, looks.join('\n'))
    const seen = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
    assert.ok(seen.length > 25, stdout)
    for (const [mode = '', owner, path = ''] of seen) {
      assert.equal(owner, 'root:root', `${node} ${path}`)
      const most = guardedFiles.find((one) => matches(one.path, path))?.mode ?? 0
      assert.equal(Number.parseInt(mode, 8) & ~most, 0, `${node} ${path} ${mode}`)
    }
  }
  const first = await onNode('k-master-1', 'stat /etc/kubernetes/super-admin.conf')
  assert.notEqual(first.exitCode, 0, 'super-admin.conf is still there')
  await onNode(
    'k-master-2',
    'chmod 0644 /etc/kubernetes/admin.conf; chown 1000 /etc/kubernetes/pki/ca.key',
  )
  const mended = await up()
  assert.match(mended.stdout, / 1 changed/, said(mended))
  const again = await onNode(
    'k-master-2',
    'stat -c %a:%u /etc/kubernetes/admin.conf /etc/kubernetes/pki/ca.key',
  )
  assert.equal(again.stdout.trim(), '600:0\n600:0')
})

const matches = (pattern: string, path: string) =>
  pattern === path ||
  (pattern.includes('*') && new RegExp(`^${pattern.replace('*', '[^/]+')}$`).test(path))

// A policy of level Request for Secrets would show the marker; without the flags there is no file.
test('the audit log notes who made a Secret, and not what is in it', async () => {
  const manifest = `apiVersion: v1\nkind: Secret\nmetadata: { name: probe }\nstringData: { k: ${marker} }`
  const made = await kubectl('create -f -', 'k-master-2', manifest)
  assert.equal(made.exitCode, 0, said(made))
  const created = `"requestURI":"/api/v1/namespaces/default/secrets[^"]*","verb":"create","user":{"username":"kubernetes-admin"`
  const logs = await Promise.all(
    planes.map((node) =>
      onNode(node, `grep -hE '${created}' ${auditLogFile}; grep -c . ${auditLogFile}`),
    ),
  )
  assert.ok(
    logs.some(({ stdout }) => stdout.includes('"kind":"Event"')),
    'nobody noted it',
  )
  for (const [index, node] of planes.entries()) {
    assert.match(logs[index]?.stdout.trim().split('\n').at(-1) ?? '', /^[1-9]\d*$/, node)
    const bodies = await onNode(
      node,
      `grep -cE 'requestObject|responseObject|${marker}' ${auditLogFile}`,
    )
    assert.equal(bodies.stdout.trim(), '0', node)
  }
})

// With profiling on each of the three answers 200.
test('nobody gets a profile, not even an administrator', async () => {
  const { stdout } = await onNode(
    'k-master-3',
    `umask 077; d=$(mktemp -d); for f in certificate key; do sed -n "s/^ *client-$f-data: //p" /etc/kubernetes/admin.conf | base64 -d > $d/$f; done
for port in 6443 10257 10259; do curl -ks -o /dev/null -w '%{http_code} ' --cert $d/certificate --key $d/key https://localhost:$port/metrics; curl -ks -o /dev/null -w '%{http_code}\\n' --cert $d/certificate --key $d/key https://localhost:$port/debug/pprof/; done; rm -r $d`,
  )
  assert.equal(stdout.trim(), '200 404\n200 404\n200 404')
})

// Without admission.yaml the API server says nothing.
test('a pod that could take over its node is warned of, not refused; kube-system is exempt', async () => {
  const pod =
    'apiVersion: v1\nkind: Pod\nmetadata: { name: strong }\nspec: { containers: [{ name: a, image: a, securityContext: { privileged: true } }] }'
  const ran = await kubectl('create --dry-run=server -f -', 'k-master-1', pod)
  assert.equal(ran.exitCode, 0, said(ran))
  assert.match(ran.stderr, /would violate PodSecurity "baseline:latest": privileged/)
  const exempt = await kubectl(
    '--namespace kube-system create --dry-run=server -f -',
    'k-master-1',
    pod,
  )
  assert.equal(exempt.stderr.trim(), '')
})

// Without the flag etcd holds the marker; with another key on one node that node cannot read it.
test('Secrets are encrypted in etcd, and every control plane can read them', async () => {
  const pki = '/etc/kubernetes/pki/etcd'
  const flags = `--cacert=${pki}/ca.crt --cert=${pki}/healthcheck-client.crt --key=${pki}/healthcheck-client.key`
  for (const node of planes) {
    const stored = await kubectl(
      `-n kube-system exec etcd-${node} -- etcdctl ${flags} get /registry/secrets/default/probe --print-value-only`,
      node,
    )
    assert.ok(stored.stdout.startsWith('k8s:enc:secretbox:v1:key1:'), said(stored).slice(0, 300))
    assert.ok(!stored.stdout.includes(marker))
    const server = `--server https://${addressOf(node)}:6443`
    const read = await kubectl(`${server} get secret probe -o jsonpath={.data.k}`, node)
    assert.equal(Buffer.from(read.stdout, 'base64').toString(), marker, node)
  }
})

const logsOf = (node: string) =>
  kubectl(`-n kube-system logs kube-scheduler-${node} --tail=1`, 'k-master-1')

interface Requests {
  readonly servingRequests: readonly { name: string; node?: string; problems: string[] }[]
}

const waiting = async () =>
  (JSON.parse((await kubestrap('status', '--json')).stdout) as Requests).servingRequests

// Without judgement the forged ones are approved as well; without approval the log cannot be read.
test('a kubelet’s request waits until it is approved; a forged one is not', async () => {
  for (const node of planes) assert.equal((await logsOf(node)).exitCode, 0, node)
  await onNode('k-master-2', 'rm /var/lib/kubelet/pki/kubelet-server-*; systemctl restart kubelet')
  await eventually('the kubelet asks', 60_000, async () =>
    (await waiting()).some(({ node, problems }) => node === 'k-master-2' && problems.length === 0)
      ? true
      : undefined,
  )
  assert.notEqual(
    (await logsOf('k-master-2')).exitCode,
    0,
    'its log can be read without a certificate',
  )
  const node = '--as system:node:k-master-2 --as-group system:nodes --as-group system:authenticated'
  await forge('forged-by-node', `IP:${addressOf('k-master-1')}`, node)
  await forge('forged-by-admin', `DNS:k-master-2,IP:${addressOf('k-master-2')}`, '')
  const shown = await kubestrap('status')
  assert.match(
    shown.stdout,
    /certificate request csr-\w+ of system:node:k-master-2 waits: kubestrap approve/,
  )
  const ran = await kubestrap('approve')
  assert.equal(ran.exitCode, 17, said(ran))
  assert.match(ran.stdout, /Approve the serving certificate of k-master-2: done/)
  assert.match(
    ran.stdout,
    /forged-by-node of system:node:k-master-2 is not approved: the address \S+ is not that of k-master-2/,
  )
  assert.match(
    ran.stdout,
    /forged-by-admin of kubernetes-admin is not approved: kubernetes-admin is no node/,
  )
  assert.equal((await logsOf('k-master-2')).exitCode, 0)
  const still = (await waiting()).map(({ name }) => name).sort()
  assert.deepEqual(still, ['forged-by-admin', 'forged-by-node'])
  await kubectl('delete csr forged-by-node forged-by-admin')
  const none = await kubestrap('approve')
  assert.equal(none.exitCode, 0, said(none))
  assert.match(none.stdout, /No request is waiting/)
})

/** A request with the right subject and these names, made as somebody. */
async function forge(name: string, names: string, as: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kubestrap-e2e-'))
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    join(folder, 'key'),
  ]
  const subject = [
    '-subj',
    '/O=system:nodes/CN=system:node:k-master-2',
    '-addext',
    `subjectAltName=${names}`,
  ]
  const pem = execFileSync('openssl', ['req', '-new', ...key, ...subject], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  rmSync(folder, { recursive: true })
  const spec = `{ request: ${pem.toString('base64')}, signerName: kubernetes.io/kubelet-serving, usages: [digital signature, server auth] }`
  const object = `apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: { name: ${name} }\nspec: ${spec}`
  const made = await kubectl(`${as} create -f -`, 'k-master-1', object)
  assert.equal(made.exitCode, 0, said(made))
}
