import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { parse, stringify } from 'yaml'
import { containerName } from '../../lab/layout.ts'
import {
  addressOf,
  clusterFile,
  kubestrap,
  lab,
  labDo,
  onTerminal,
  type Ran,
  run,
} from './support.ts'

/**
 * Ways to a machine that are not as in the manual, on one bare machine with another one as jump host.
 * Each test spoils the machine by itself and puts it back; taking a `spoil` away makes it fail. At
 * last a cluster is raised over such ways: `status` alone runs no phase.
 */

const [jump, node] = ['k-master-1', 'k-worker-1'] as const
const user = 'kubernetesadmin'
// A blank and a percent sign, which ssh would replace.
const folder = join(dirname(clusterFile), 'a folder 100%h')
const file = join(folder, 'cluster.yaml')
const passwordFile = join(folder, 'sudo password')
const said = ({ stdout, stderr }: Ran) => `${stdout}\n${stderr}`

/** As root in the machine, whatever happened to its ssh and sudo. @throws when it fails */
async function spoil(machine: string, script: string): Promise<string> {
  const ran = await run('podman', ['exec', '-i', containerName(lab, machine), 'sh', '-eus'], {
    stdin: script,
  })
  assert.equal(ran.exitCode, 0, said(ran))
  return ran.stdout
}

/** Writes the cluster file, with other ssh settings for the node. */
function write(ssh: Readonly<Record<string, unknown>> = {}, address = addressOf(node)): void {
  const whole = parse(readFileSync(clusterFile, 'utf8'))
  const key = join(dirname(clusterFile), 'id_ed25519')
  const nodes = whole.nodes.map((one: { name: string }) =>
    one.name === node ? { ...one, address, ssh } : one,
  )
  writeFileSync(file, stringify({ ...whole, ssh: { ...whole.ssh, key }, nodes }))
}

/** What `status` knows of the node when it was reached as root. */
async function reached(...words: readonly string[]): Promise<void> {
  const ran = await kubestrap('status', '--json', '--config', file, accept, ...words)
  const { nodes } = JSON.parse(ran.stdout) as {
    nodes: { name: string; reachable: boolean; os?: string; problem?: string }[]
  }
  const one = nodes.find(({ name }) => name === node)
  assert.equal(one?.reachable, true, `${one?.problem} ${ran.stderr}`)
  assert.match(one?.os ?? '', /./, 'its facts were read')
}

const accept = '--accept-new-host-keys'

/** `plan` refuses, with this exit code and text. */
async function refused(exitCode: number, what: RegExp, ...words: readonly string[]) {
  const began = Date.now()
  const ran = await kubestrap('plan', '--config', file, '--nodes', node, ...words)
  assert.equal(ran.exitCode, exitCode, said(ran))
  assert.match(ran.stderr, what)
  assert.ok(Date.now() - began < 40_000, 'soon')
  return ran
}

before(async () => {
  if (!process.env.KUBESTRAP_KEEP_LAB) await labDo('down')
  rmSync(clusterFile, { force: true })
  await labDo('up', '--control-planes', '1', '--workers', '1')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  write()
})

after(async () => {
  rmSync(folder, { recursive: true, force: true })
  if (!process.env.KUBESTRAP_KEEP_LAB) await labDo('down')
})

test('host keys that nobody knows are refused, and learned with consent', async () => {
  await refused(12, /host keys were not accepted .*KS-HOST-KEY-UNKNOWN/)
  await reached()
  await reached()
})

const greeting = (more = '') => `
cat > /home/${user}/.bashrc <<'RC'
umask 077
echo facts=1
echo os=fake
echo bundles=yes
echo '{"result":{"run":"inspect","outcome":"done","gives":{}}}'
printf '\\033[2J no line feed at the end'
${more}
RC
chown ${user} /home/${user}/.bashrc`

test('a login shell that prints, umask 077, a full /tmp without exec: all the same', async () => {
  await spoil(
    node,
    `cp /home/${user}/.bashrc /root/; ${greeting()}
     mount -t tmpfs -o noexec,size=64k tmpfs /tmp
     dd if=/dev/zero of=/tmp/full bs=1k 2> /dev/null || true`,
  )
  await reached()
  const { stdout } = await kubestrap('status', '--json', '--config', file)
  assert.doesNotMatch(stdout, /fake/)
  await spoil(node, 'umount /tmp')
})

test('a login shell that ends or eats what it is sent is named', async () => {
  await spoil(node, greeting('echo Go away; exit 7'))
  await refused(
    13,
    /login shell did not run sudo: .*Go away.*[\s\S]*KS-LOGIN-SHELL|KS-LOGIN-SHELL[\s\S]*Go away/,
  )
  await spoil(node, `cp /root/.bashrc /home/${user}/; usermod -s /usr/sbin/nologin ${user}`)
  await refused(13, /KS-LOGIN-SHELL[\s\S]*not available/)
  await spoil(node, `usermod -s /bin/bash ${user}`)
})

/** Other shells, unpacked from Debian's own packages. */
async function installShells(): Promise<void> {
  const packages = join(folder, 'packages')
  mkdirSync(packages)
  const names = ['fish', 'fish-common', 'tcsh', 'libpcre2-32-0']
  const load = await run('sh', [
    '-ec',
    // On a fresh computer apt has no lists yet.
    'cd "$1"; shift; apt-get download "$@" || { apt-get update && apt-get download "$@"; }',
    'sh',
    packages,
    ...names,
  ])
  assert.equal(load.exitCode, 0, said(load))
  const root = join(packages, 'root')
  const unpack =
    'for one in "$1"/*.deb; do dpkg-deb -x "$one" "$2"; done; tar -cf "$1/all.tar" -C "$2" bin usr'
  assert.equal((await run('sh', ['-ec', unpack, 'sh', packages, root])).exitCode, 0)
  const copy = await run('podman', [
    'cp',
    join(packages, 'all.tar'),
    `${containerName(lab, node)}:/root/`,
  ])
  assert.equal(copy.exitCode, 0, said(copy))
  await spoil(
    node,
    'tar -xf /root/all.tar --keep-directory-symlink -C /; rm /root/all.tar; ldconfig',
  )
}

test('fish and csh as login shells', async () => {
  await installShells()
  for (const shell of ['/usr/bin/fish', '/bin/tcsh']) {
    await spoil(node, `usermod -s ${shell} ${user}`)
    await reached()
  }
  await spoil(node, `usermod -s /bin/bash ${user}`)
})

const password = 'pass $(touch /tmp/owned) "\'word'
const sudoers = `/etc/sudoers.d/${user}`

test('sudo that wants a password: none given, a file others may read, a wrong one, the right one', async () => {
  await spoil(
    node,
    `cp -p ${sudoers} /root/sudoers; echo '${user} ALL=(ALL) ALL' > ${sudoers}
     chpasswd <<'PASSWORD'\n${user}:${password}\nPASSWORD`,
  )
  await refused(
    13,
    /sudo wants a password .*--sudo-password-file[\s\S]*KS-SUDO-PASSWORD|KS-SUDO-PASSWORD[\s\S]*sudo wants a password/,
  )
  const given = ['--sudo-password-file', passwordFile]
  writeFileSync(passwordFile, `${password}\n`)
  chmodSync(passwordFile, 0o644)
  await refused(2, /others may read it .*KS-SUDO-FILE/, ...given)
  writeFileSync(passwordFile, 'wrong\n')
  chmodSync(passwordFile, 0o600)
  await refused(13, /KS-SUDO-WRONG/, ...given)
  // After the wrong one sudo asks again by itself, and gets nothing: that is no failure of PAM.
  const failures = "sleep 1; journalctl --no-pager | grep -c 'sudo:auth): authentication failure'"
  assert.equal(await spoil(node, failures), '1\n', 'a wrong password is tried once')
  writeFileSync(passwordFile, `${password}\n`)
  await reached(...given)
  assert.equal(await spoil(node, 'ls /tmp/owned 2> /dev/null || true'), '')
})

test('on a terminal it is asked for once, and does not show', async () => {
  const words = [
    process.execPath,
    'dist/orchestrate.mjs',
    'status',
    '--json',
    '--config',
    `'${file}'`,
  ]
  const ran = await onTerminal(words.join(' '), [[/Password of sudo/, `${password}\n`]])
  assert.equal(said(ran).split('Password of sudo').length, 2, said(ran))
  assert.doesNotMatch(said(ran), /touch/)
  assert.match(said(ran), new RegExp(`"name": "${node}"[^}]*"reachable": true`))
  await spoil(node, `cp -p /root/sudoers ${sudoers}`)
})

test('sudo that wants a terminal, or is not for this user', async () => {
  await spoil(node, `echo 'Defaults requiretty' > /etc/sudoers.d/tty`)
  await refused(13, /KS-SUDO-TTY/)
  await spoil(node, `rm /etc/sudoers.d/tty; mv ${sudoers} /root/away`)
  await refused(13, /KS-SUDO\b/)
  await spoil(node, `mv /root/away ${sudoers}`)
})

test('a login that is refused, a port where nobody listens, an address that is nobody', async () => {
  write({ user: 'stranger' })
  await refused(13, /KS-LOGIN\b/)
  write({ port: 2222 })
  await refused(11, /Connection refused[\s\S]*|KS-UNREACHABLE/, accept)
  write({}, addressOf(node).replace(/\d+$/, '200'))
  await refused(11, /KS-UNREACHABLE/, accept)
  write()
})

test('a jump host: learned as nodes are, and the only way', async () => {
  await spoil(node, 'nft delete table inet way 2> /dev/null || true')
  const close =
    'nft add table inet way; nft "add chain inet way in { type filter hook input priority 0; }"'
  await spoil(
    node,
    `${close}; nft add rule inet way in tcp dport 22 ip saddr != ${addressOf(jump)} reject`,
  )
  await refused(11, /KS-UNREACHABLE/)
  write({ jump: addressOf(jump) })
  await reached()
  write({ jump: `stranger@${addressOf(jump)}` })
  await refused(13, new RegExp(`jump-host-${addressOf(jump)}: the login was refused`))
  write({ jump: addressOf(jump) })
  const forward = '/etc/ssh/sshd_config.d/00-forward.conf'
  await spoil(jump, `echo 'AllowTcpForwarding no' > ${forward}; systemctl reload ssh`)
  await refused(11, /KS-JUMP/)
  await spoil(jump, `rm ${forward}; systemctl reload ssh`)
  await spoil(node, 'nft delete table inet way')
  write()
})

test('a changed host key is never accepted', async () => {
  const key = '/etc/ssh/ssh_host_ed25519_key'
  await spoil(
    node,
    `cp -p ${key} ${key}.pub /root/; rm ${key}; ssh-keygen -q -t ed25519 -N '' -f ${key}; systemctl restart ssh`,
  )
  const { stderr } = await refused(12, /KS-HOST-KEY-CHANGED/, accept)
  assert.match(stderr, new RegExp(`ssh-keygen -R ${addressOf(node)} -f '${folder}/.kubestrap/`))
  await spoil(node, `mv /root/ssh_host_ed25519_key* /etc/ssh/; systemctl restart ssh`)
  await reached()
})

const noExec = 'mount -t tmpfs -o noexec tmpfs /tmp'
const shellFiles = `
mkdir -p /home/${user}/.config/fish
echo 'umask 077' | tee /home/${user}/.config/fish/config.fish > /home/${user}/.cshrc
chown -R ${user} /home/${user}/.config /home/${user}/.cshrc`
const written =
  '/etc/sysctl.d/90-kubestrap.conf /etc/modules-load.d/kubestrap.conf /etc/yum.repos.d/kubestrap-kubernetes.repo'

test('a cluster is raised over them: a shell that prints, umask 077, /tmp without exec; fish, then csh', async () => {
  await spoil(jump, `${greeting()}\n${noExec}`)
  await spoil(node, `${shellFiles}\n${noExec}\nusermod -s /usr/bin/fish ${user}`)
  const raise = () => kubestrap('up', '--yes', '--config', file, accept)
  const raised = await raise()
  assert.equal(raised.exitCode, 0, said(raised))
  for (const machine of [jump, node]) {
    const modes = await spoil(machine, `stat -c %a ${written}`)
    assert.equal(modes, '644\n644\n644\n', `${machine}: the umask of a login is not that of phases`)
  }
  await spoil(
    node,
    `usermod -s /bin/tcsh ${user}
     ip route delete $(ip -4 route show | sed -n 's/^\\(10[.]244[.][^ ]*\\) via .*/\\1/p' | head -n 1)`,
  )
  const mended = await raise()
  assert.equal(mended.exitCode, 0, said(mended))
  assert.match(mended.stdout, /2 nodes, 1 changed/)
  const { exitCode, stdout } = await kubestrap('status', '--config', file)
  assert.equal(exitCode, 0, stdout)
})
