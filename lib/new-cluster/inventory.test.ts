import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { expandHosts } from './host-ranges.ts'
import { readInventory } from './inventory.ts'

const ini = `# the seed's kind
[masters]
k-master-1 ansible_host=192.168.9.121
k-master-[2:3]   # without addresses: given below

[workers]
k-worker-1 ansible_host=192.168.9.141 ansible_port=2222 disk="a b" # the small one

[k8s:children]
masters
workers

[k8s:vars]
ansible_user = kubernetesadmin
pod_network=172.16.0.0/16

[proxmox]
pve-1 ansible_host=192.168.8.2
`

test('INI: groups give roles, variables the way in; the rest is named', () => {
  const addresses = ini
    .replace('k-master-[2:3]', 'k-master-2 ansible_host=192.168.9.122\nk-master-3')
    .replace('[workers]', '[masters:vars]\nansible_user=root\n[workers]')
    .replace('k-master-3', 'k-master-3 ansible_host=192.168.9.123')
  const { nodes, notes, problems } = readInventory(addresses)
  deepEqual(problems, [])
  const plane = (number: number) => ({
    name: `k-master-${number}`,
    address: `192.168.9.12${number}`,
    role: 'control-plane',
    ssh: { user: 'root' },
  })
  deepEqual(nodes, [
    ...[1, 2, 3].map(plane),
    {
      name: 'k-worker-1',
      address: '192.168.9.141',
      role: 'worker',
      ssh: { user: 'kubernetesadmin', port: 2222 },
    },
  ])
  deepEqual(notes, [
    'left out: "pve-1", in no group of control planes or workers (proxmox)',
    'not taken over: "disk" of k-worker-1',
    'not taken over: "pod_network" of [k8s]',
  ])
})

test('a host without an address is a problem of its own, all at once', () => {
  const { problems } = readInventory(ini)
  deepEqual(problems, [
    'k-master-2: "k-master-2" is no IP address: give the host ansible_host=ADDRESS',
    'k-master-3: "k-master-3" is no IP address: give the host ansible_host=ADDRESS',
  ])
})

const yaml = `---
all:
  vars: { ansible_user: admin, proxy: secret-value }
  children:
    kube_control_plane:
      hosts:
        cp-[1:2]: {}
    kube_node:
      hosts:
        cp-1:
        w1: { ansible_host: 2001:db8::9 }
  hosts:
    cp-1: { ansible_host: 10.0.0.1 }
    cp-2: { ansible_host: 10.0.0.2 }
`

test('YAML: the same, and a host in both roles is a control plane that takes pods', () => {
  const { nodes, notes, problems } = readInventory(yaml)
  deepEqual(problems, [])
  const ssh = { user: 'admin' }
  deepEqual(nodes, [
    { name: 'cp-1', address: '10.0.0.1', role: 'control-plane', schedulable: true, ssh },
    { name: 'cp-2', address: '10.0.0.2', role: 'control-plane', ssh },
    { name: 'w1', address: '2001:db8::9', role: 'worker', ssh },
  ])
  // Only the name: the value may be a secret.
  deepEqual(notes, ['not taken over: "proxy" of [all]'])
})

test('hosts that are addresses are left to be named', () => {
  deepEqual(readInventory('[control_plane]\n10.0.0.1\n').nodes, [
    { address: '10.0.0.1', role: 'control-plane' },
  ])
})

test('lines that cannot be read are named with their number', () => {
  const { problems } = readInventory('[masters]\nm-[1:\n[masters:vars]\nlonely\n')
  equal(problems.length, 2)
  match(problems[0] ?? '', /^line 2: "m-\[1:": wanted a host/)
  match(problems[1] ?? '', /^line 4: "lonely": wanted NAME=VALUE/)
  match(readInventory('all:\n  hosts: [\n').problems[0] ?? '', /at line/)
  deepEqual(readInventory('all:\n  hostz: {}\n').problems, [
    'all: "hostz" is not one of hosts, vars, children',
  ])
})

test('templates are not taken for values', () => {
  const { problems } = readInventory('[masters]\n10.0.0.1 ansible_user="{{ admin }}"\n')
  deepEqual(problems, ['10.0.0.1: "{{ admin }}" is a template: write what it means'])
})

test('ranges as Ansible has them', () => {
  deepEqual(expandHosts('k-[1:3].lab'), ['k-1.lab', 'k-2.lab', 'k-3.lab'])
  deepEqual(expandHosts('k-[08:10]'), ['k-08', 'k-09', 'k-10'])
  deepEqual(expandHosts('k-[1:9:4]-[a:b]'), ['k-1-a', 'k-1-b', 'k-5-a', 'k-5-b', 'k-9-a', 'k-9-b'])
  for (const wrong of ['k-[1:', 'k-[3:1]', 'k-[1:99999]', 'k-[1:5:0]', 'k-]'])
    equal(expandHosts(wrong), undefined, wrong)
})
