import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { $ } from 'zx'
import type { LabMachine } from './layout.ts'
import { labFolder } from './project.ts'

export const loginUser = 'kubernetesadmin'
export const loginKey = (lab: string) => join(labFolder(lab), 'id_ed25519')
const knownHosts = (lab: string) => join(labFolder(lab), 'known_hosts')
const hostKey = (lab: string, machine: string) => join(labFolder(lab), 'host-keys', machine)

async function ensureKey(path: string, comment: string): Promise<void> {
  if (existsSync(path)) return
  await $({ quiet: true })`ssh-keygen -q -t ed25519 -N ${''} -C ${comment} -f ${path}`
}

/** The student's key for all machines, and a host key for each; ssh-keygen makes them 0600. */
export async function ensureKeys(lab: string, machines: readonly LabMachine[]): Promise<void> {
  mkdirSync(join(labFolder(lab), 'host-keys'), { recursive: true, mode: 0o700 })
  await ensureKey(loginKey(lab), `kubestrap lab ${lab}`)
  await Promise.all(machines.map(({ name }) => ensureKey(hostKey(lab, name), name)))
  writeFileSync(knownHosts(lab), machines.map((machine) => knownHost(lab, machine)).join(''))
}

function knownHost(lab: string, { name, address }: LabMachine): string {
  const [kind, key] = readFileSync(`${hostKey(lab, name)}.pub`, 'utf8').split(' ')
  return `${name},${address} ${kind} ${key}\n`
}

/** Paths of the files that make a machine reachable, for its root file system. */
export const machineKeys = (lab: string, machine: string) => ({
  authorized: `${loginKey(lab)}.pub`,
  hostKey: hostKey(lab, machine),
})

/** Arguments of ssh, without the destination. */
export const sshArguments = (lab: string): readonly string[] => [
  '-F',
  'none',
  '-i',
  loginKey(lab),
  '-o',
  'IdentitiesOnly=yes',
  '-o',
  'BatchMode=yes',
  '-o',
  'ConnectTimeout=5',
  '-o',
  'LogLevel=ERROR',
  '-o',
  `UserKnownHostsFile=${knownHosts(lab)}`,
  '-o',
  'GlobalKnownHostsFile=none',
  '-o',
  'StrictHostKeyChecking=yes',
]
