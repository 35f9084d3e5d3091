import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { webManifest } from './manifests.ts'
import {
  addressOf,
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

/** The machine below the cluster: firewalld, NetworkManager and swap, on living machines. */

const [master, worker] = ['k-master-1', 'k-worker-1']
const said = ({ stdout, stderr }: Ran) => `${stdout}\n${stderr}`

before(async () => {
  await freshLab('--control-planes', '1', '--workers', '1')
  set('firewall', 'managed')
  set('systemUpdate', 'true')
})

after(async () => {
  if (process.env.KUBESTRAP_KEEP_LAB) return
  await labDo('down')
})

/** Sets a key of the lab's cluster file. */
function set(key: string, value: string): void {
  const lines = readFileSync(clusterFile, 'utf8').trimEnd().split('\n')
  const others = lines.filter((line) => !line.startsWith(`${key}:`))
  writeFileSync(clusterFile, [...others, `${key}: ${value}`, ''].join('\n'))
}

/** Output of a script that must end well. */
async function told(node: string, script: string): Promise<string> {
  const ran = await onNode(node, script)
  assert.equal(ran.exitCode, 0, said(ran))
  return ran.stdout.trim()
}

const swapsOf = async (node: string) =>
  (await told(node, "awk 'NR > 1 { print $1 }' /proc/swaps | sort | xargs")).split(' ').join(' ')

// Swap in all the ways a machine gets it. In a container systemd starts no swap unit and its own
// generators make none: two stand-ins write the units that they would, and start what would start.
const swapEverywhere = `
printf '/swapfile none swap defaults 0 0\\n' >> /etc/fstab
mkdir -p /etc/systemd/system-generators
cat > /etc/systemd/system-generators/stand-in <<'GENERATOR'
#!/bin/sh
if grep -q '^/swapfile' /etc/fstab; then
  mkdir -p "$1/swap.target.requires"
  printf '[Unit]\\nSourcePath=/etc/fstab\\n[Swap]\\nWhat=/swapfile\\n' > "$1/swapfile.swap"
  ln -s ../swapfile.swap "$1/swap.target.requires/"
fi
mkdir -p "$3/swap.target.wants"
printf '[Swap]\\nWhat=/partition\\n' > "$3/partition.swap"
ln -s ../partition.swap "$3/swap.target.wants/"
GENERATOR
printf '[Swap]\\nWhat=/own\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/own.swap
cat > /usr/local/sbin/stand-in-for-swap-units <<'STARTER'
#!/bin/sh
state() { systemctl show --value --property=LoadState "$1"; }
for target in swap.target multi-user.target; do
  [ "$(state $target)" = loaded ] || continue
  for unit in $(systemctl show --value --property=Wants,Requires $target); do
    case $unit in
      *.swap) [ "$(state $unit)" != loaded ] || swapon "$(systemctl show --value --property=What $unit)" ;;
    esac
  done
done
STARTER
printf '[Service]\\nType=oneshot\\nExecStart=/usr/local/sbin/stand-in-for-swap-units\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/stand-in-for-swap-units.service
chmod +x /etc/systemd/system-generators/stand-in /usr/local/sbin/stand-in-for-swap-units
printf '[zram0]\\n' > /usr/lib/systemd/zram-generator.conf
systemctl enable own.swap stand-in-for-swap-units.service NetworkManager.service
`

/** What the real zram-generator makes of its configuration, once it does not see the container. */
const zramUnits = `
folder=$(mktemp -d)
printf '#!/bin/sh\\nexit 1\\n' > $folder/systemd-detect-virt
chmod +x $folder/systemd-detect-virt
mkdir $folder/out
PATH=$folder:$PATH /lib/systemd/system-generators/zram-generator $folder/out $folder/out $folder/out
ls $folder/out
`

test('a machine with swap from everywhere switches it on at boot', async () => {
  await told(worker, swapEverywhere)
  await labDo('restart', worker)
  assert.equal(await swapsOf(worker), '/own /partition /swapfile')
  assert.match(await told(worker, zramUnits), /^dev-zram0\.swap$/m)
  // What the next restart reads is not read now.
  await told(worker, 'systemctl is-active NetworkManager')
})

/** As somebody left it: the first by name, of which no list knows. */
const foreignCni = `mkdir -p /etc/cni/net.d
cat > /etc/cni/net.d/00-somebody.conflist <<'END'
{ "cniVersion": "1.0.0", "name": "somebody", "plugins": [{ "type": "bridge", "bridge": "some0",
  "isGateway": true, "ipam": { "type": "host-local", "ranges": [[{ "subnet": "10.99.0.0/24" }]] } }] }
END`

test('up with a managed firewall: the cluster is healthy, swap is off, the system was updated', async () => {
  await told(master, foreignCni)
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
  await healthy()
  for (const node of [master, worker]) {
    assert.equal(await swapsOf(node), '')
    const services = await told(node, 'systemctl is-active firewalld chronyd')
    assert.equal(services, 'active\nactive')
    assert.match(await told(node, 'cat /var/lib/kubestrap/updated'), /^\d{4}-\d\d-\d\dT/)
  }
})

test('no pod got its address from a CNI configuration that was there before', async () => {
  const path = "-o jsonpath='{.items[*].status.podIP}'"
  const { stdout } = await kubectl(`-n kube-system get pods -l k8s-app=kube-dns ${path}`, master)
  assert.match(stdout, /^10\.244\.\d+\.\d+ 10\.244\.\d+\.\d+$/)
  await told(master, 'test -f /etc/cni/net.d/00-somebody.conflist.disabled')
})

/** Name of the pod that answers, or how it failed. @param from a node, or `here`: not a node */
async function asked(from: string, url: string): Promise<string> {
  const words = ['--silent', '--show-error', '--insecure', '--max-time', '5', url]
  const ran = await (from === 'here'
    ? run('curl', words)
    : onNode(from, `curl ${words.join(' ')} < /dev/null`))
  return `${ran.stdout}${ran.stderr}`.trim()
}

interface WebPod {
  readonly name: string
  readonly node: string
  readonly address: string
}

async function webPods(): Promise<readonly WebPod[]> {
  const format = '{range .items[*]}{.metadata.name} {.spec.nodeName} {.status.podIP}{"\\n"}{end}'
  const { stdout } = await kubectl(`get pods -l app=web -o jsonpath='${format}'`, master)
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', node = '', address = ''] = line.split(' ')
      return { name, node, address }
    })
}

const byService = async ({ name }: WebPod) =>
  (await kubectl(`exec ${name} -- web get http://web.default.svc.cluster.local`, master)).stdout

/** Every way from and to pods that a firewall could be in; each answer names the pod that gave it. */
async function allWaysAreOpen(): Promise<void> {
  const pods = await webPods()
  assert.equal(pods.length, 2)
  for (const from of pods) {
    for (const to of pods) {
      const url = `http://${to.address}:8080`
      const { stdout } = await kubectl(`exec ${from.name} -- web get ${url}`, master)
      assert.match(stdout, new RegExp(to.name), `from ${from.name} to ${to.name}`)
      // Across nodes this is what a webhook needs: the packet is no pod's, and not yet translated.
      assert.match(await asked(from.node, url), new RegExp(to.name), `${from.node} to ${to.name}`)
    }
    assert.match(await byService(from), /web-/, `from ${from.name} to the Service`)
  }
  // Every node hands NodePorts on to pods of both nodes.
  const seen = new Set<string>()
  for (let tries = 0; tries < 20; tries += 1)
    seen.add((/web-\w+/.exec(await asked('here', `http://${addressOf(worker)}:30080`)) ?? [''])[0])
  assert.deepEqual([...seen].sort(), pods.map(({ name }) => name).sort())
}

test('pods, nodes, Services and NodePorts reach pods across the nodes', async () => {
  const manifest = webManifest.replace(
    'spec:\n  selector: { app: web }\n  ports: [{ port: 80, targetPort: 8080 }]',
    'spec:\n  type: NodePort\n  selector: { app: web }\n  ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }]',
  )
  assert.match(manifest, /nodePort: 30080/)
  assert.equal((await kubectl('apply -f -', master, manifest)).exitCode, 0)
  await kubectl('rollout status daemonset/web --timeout=120s', master)
  // kube-proxy hears of a new Service a moment later, on each node for itself.
  for (const pod of await webPods())
    await eventually(`${pod.node} knows the Service`, 30_000, async () =>
      /web-/.test(await byService(pod)) ? true : undefined,
    )
  await allWaysAreOpen()
})

const listener = 'http://ADDRESS:8999/os-release'
const atListener = (from: string) => asked(from, listener.replace('ADDRESS', addressOf(worker)))

test('a port outside of the list is closed, and open when firewalld is stopped', async () => {
  await told(
    worker,
    'systemd-run --quiet --unit=listener python3 -m http.server 8999 --directory /etc',
  )
  await eventually('the listener answers on its own node', 20_000, async () =>
    /PRETTY_NAME/.test(await atListener(worker)) ? true : undefined,
  )
  const closed = /No route to host|Couldn't connect|Failed to connect/
  for (const from of [master, 'here']) assert.match(await atListener(from), closed)
  // Of the ports on the list some are for nodes only.
  const kubelet = `https://${addressOf(worker)}:10250/healthz`
  assert.match(await asked(master, kubelet), /Unauthorized|ok/)
  assert.match(await asked('here', kubelet), closed)
  assert.match(await asked('here', `https://${addressOf(master)}:6443/readyz`), /^ok$/)
  assert.match(await asked('here', `https://${addressOf(master)}:2379/health`), closed)

  await told(worker, 'systemctl stop firewalld')
  assert.match(await atListener(master), /PRETTY_NAME/)
  const planned = await kubestrap('plan')
  assert.match(planned.stdout, /~ k-worker-1: Start firewalld/, said(planned))
  const ran = await up()
  assert.match(ran.stdout, /2 nodes, [12] changed/, said(ran))
  assert.match(await atListener(master), closed)
})

test('a reload leaves everything open; a rule that went missing is found and put back', async () => {
  for (const node of [master, worker]) await told(node, 'firewall-cmd --reload')
  await allWaysAreOpen()
  const rule = 'rule family=ipv4 source ipset=kubestrap-nodes port port=10250 protocol=tcp accept'
  await told(worker, `firewall-cmd --policy=kubestrap-host --remove-rich-rule='${rule}'`)
  assert.match(
    await asked(master, `https://${addressOf(worker)}:10250/healthz`),
    /No route to host|connect/,
  )
  const ran = await up()
  assert.match(ran.stdout, /2 nodes, 1 changed/, said(ran))
  assert.match(await asked(master, `https://${addressOf(worker)}:10250/healthz`), /Unauthorized|ok/)
})

const podDevices = async () =>
  (await told(worker, 'nmcli --terse --fields DEVICE,STATE device'))
    .split('\n')
    .filter((line) => /^(veth|cni0)/.test(line))

test('NetworkManager leaves pods alone, and takes them when our file is not there', async () => {
  const ours = await podDevices()
  assert.ok(ours.length >= 2, 'a bridge and the cable of a pod')
  for (const line of ours) assert.match(line, /:unmanaged$/)
  const file = '/etc/NetworkManager/conf.d/kubestrap.conf'
  await told(worker, `mv ${file} /root/ && systemctl reload NetworkManager`)
  await eventually('NetworkManager takes an interface of a pod', 10_000, async () =>
    (await podDevices()).some((line) => /^veth.*:connect/.test(line)) ? true : undefined,
  )
  const ran = await up()
  assert.match(ran.stdout, /2 nodes, 2 changed/, said(ran))
  for (const line of await podDevices()) assert.match(line, /:unmanaged$/)
  // What it did to the pods' cables meanwhile is there until the restart below.
  assert.match(ran.stdout, /NetworkManager had taken .*veth/)
})

test('after a restart all of it holds, swap stays off, and there is nothing to do', async () => {
  await labDo('restart', worker)
  await healthy()
  assert.equal(await swapsOf(worker), '')
  assert.doesNotMatch(await told(worker, zramUnits), /swap/)
  await eventually('all ways are open again', 60_000, async () => {
    await kubectl('rollout status daemonset/web --timeout=60s', master)
    await allWaysAreOpen()
    return true
  })
  const ran = await up()
  assert.match(ran.stdout, /Nothing to do/, said(ran))
  assert.match(ran.stdout, /2 nodes, 0 changed/)
})

test('unmanaged: a firewalld that runs is told, with what to open; disabled: it goes', async () => {
  set('firewall', 'unmanaged')
  const planned = await kubestrap('plan')
  assert.match(planned.stdout, /note: k-worker-1: firewalld runs .*10250\/tcp/, said(planned))
  set('firewall', 'disabled')
  const ran = await up()
  assert.match(ran.stdout, /2 nodes, 2 changed/, said(ran))
  const states = await onNode(
    worker,
    'systemctl is-active firewalld; systemctl is-enabled firewalld',
  )
  assert.equal(states.stdout, 'inactive\ndisabled\n')
})
