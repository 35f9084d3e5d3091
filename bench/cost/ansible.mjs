// Ansible on the same finished machines: 25 small tasks that find nothing to do.
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodes, run, sshFlags } from './machines.mjs'
import { measured, medianOf } from './measure.mjs'

const version = '2.19.14'

/** ansible-core from PyPI, in a folder of its own under the user's cache. */
async function ansiblePlaybook() {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
  const folder = join(cache, 'kubestrap/ansible', version)
  const program = join(folder, 'bin/ansible-playbook')
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true })
    await run(['python3', '-m', 'venv', folder])
    await run([join(folder, 'bin/pip'), 'install', '--quiet', `ansible-core==${version}`])
  }
  return program
}

const module = (name, args) => ({
  name: `${name} ${Object.values(args)[0]}`,
  [`ansible.builtin.${name}`]: args,
})

/** Small tasks as such playbooks are made of; each names what kubestrap has made. */
function tasks() {
  const file = (path) => module('stat', { path })
  return [
    module('command', { cmd: 'swapon --show', creates: '/etc/kubernetes' }),
    ...['overlay', 'br_netfilter'].map((name) =>
      module('lineinfile', { path: '/etc/modules-load.d/kubestrap.conf', line: name }),
    ),
    ...['net.ipv4.ip_forward = 1', 'net.bridge.bridge-nf-call-iptables = 1'].map((line) =>
      module('lineinfile', { path: '/etc/sysctl.d/90-kubestrap.conf', line }),
    ),
    ...['kubelet', 'containerd', 'sshd'].map((name) =>
      module('service', { name, enabled: true, state: 'started' }),
    ),
    ...[
      '/etc/kubernetes',
      '/etc/kubernetes/pki',
      '/etc/containerd',
      '/var/lib/kubelet',
      '/etc/cni/net.d',
    ].map((path) => module('file', { path, state: 'directory' })),
    ...['/etc/kubernetes/kubelet.conf', '/var/lib/kubelet/config.yaml'].map((path) =>
      module('file', { path, mode: '0600' }),
    ),
    ...[
      '/etc/yum.repos.d/kubestrap-kubernetes.repo',
      '/etc/containerd/config.toml',
      '/etc/hosts',
      '/etc/fstab',
      '/etc/hostname',
    ].map(file),
    ...[
      'kubeadm version',
      'kubelet --version',
      'containerd --version',
      'uname -r',
      'nft --version',
    ].map((cmd) => ({
      ...module('command', { cmd }),
      changed_when: false,
    })),
  ]
}

/** @returns the median of three runs */
export async function ansible() {
  const program = await ansiblePlaybook()
  const folder = mkdtempSync(join(tmpdir(), 'kubestrap-bench-'))
  const hosts = Object.fromEntries(
    nodes().map(({ name, address }) => [name, { ansible_host: address }]),
  )
  const vars = {
    ansible_user: 'kubernetesadmin',
    ansible_become: true,
    ansible_ssh_common_args: sshFlags().join(' '),
    ansible_python_interpreter: '/usr/bin/python3',
  }
  const all = tasks()
  if (all.length !== 25) throw new Error(`${all.length} tasks, not 25`)
  writeFileSync(join(folder, 'inventory.json'), JSON.stringify({ all: { hosts, vars } }))
  writeFileSync(join(folder, 'playbook.json'), JSON.stringify([{ hosts: 'all', tasks: all }]))
  writeFileSync(
    join(folder, 'ansible.cfg'),
    '[defaults]\nforks = 30\n[ssh_connection]\npipelining = true\n',
  )
  const argv = [program, '-i', join(folder, 'inventory.json'), join(folder, 'playbook.json')]
  const env = { ANSIBLE_CONFIG: join(folder, 'ansible.cfg') }
  return { ...(await medianOf(3, () => measured(argv, env))), tasks: all.length, version }
}
