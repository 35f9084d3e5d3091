import { $ } from 'zx'
import { KubestrapError } from '../../lib/errors.ts'
import { waitForMachine } from '../machines.ts'
import { protectHost } from '../network.ts'
import { askPodman, podman } from '../podman.ts'
import type { Report } from '../report.ts'
import { readState } from '../state.ts'
import { type Found, findMachine } from './machine.ts'

/** A fault, or its end, on one machine. */
export type Fault = (found: Found, say: Report) => Promise<void>

/** Power loss: every process is gone at once, memory and /run with them. */
const kill: Fault = async ({ container, state }) => {
  if (state === 'paused') await podman('unpause', container)
  if (state === 'running' || state === 'paused') await podman('kill', '--signal', 'KILL', container)
}

/** The power is back. */
const start: Fault = async (found, say) => {
  const { lab, machine, container, state } = found
  if (state === 'paused') await podman('unpause', container)
  else await podman('start', container)
  if (machine.address !== '') await waitForMachine(lab, machine, say)
}

/** An orderly reboot. */
const restart: Fault = async ({ lab, machine, container }, say) => {
  await podman('restart', container)
  if (machine.address !== '') await waitForMachine(lab, machine, say)
}

/** All processes stop where they are, and do not notice. */
const freeze: Fault = async ({ container, state }) => {
  if (state !== 'paused') await podman('pause', container)
}

const thaw: Fault = async ({ container, state }) => {
  if (state === 'paused') await podman('unpause', container)
}

/** The cable is pulled: addresses and routes of the machine stay. It is plugged in again by a start. */
const cut: Fault = async (found) => setLink(found, 'down')
const mend: Fault = async (found) => setLink(found, 'up')

export const faults = { kill, start, restart, freeze, thaw, cut, mend } as const

export type FaultName = keyof typeof faults

/** Does a fault to a machine, by name. */
export async function doFault(fault: FaultName, lab: string, name: string, say: Report) {
  const found = await findMachine(lab, name)
  const octet = readState(lab)?.octet
  if (octet !== undefined) await protectHost(lab, octet)
  await faults[fault](found, say)
  say(`${name}: ${done[fault]}`)
}

const done: Readonly<Record<FaultName, string>> = {
  kill: 'stopped, as by power loss',
  start: 'up',
  restart: 'up again',
  freeze: 'frozen',
  thaw: 'goes on',
  cut: 'cut off the network',
  mend: 'on the network again',
}

async function setLink({ container, machine }: Found, state: 'up' | 'down'): Promise<void> {
  const link = await hostLink(container)
  if (link === undefined) {
    throw new KubestrapError({
      id: 'KS-LAB-NOT-RUNNING',
      exit: 'usage',
      what: `${machine.name} does not run, so it has no network`,
      remedy: `npm run lab -- start ${machine.name}`,
    })
  }
  await $({ quiet: true, timeout: '20s' })`ip link set dev ${link} ${state}`
}

/** Name of the computer's end of a container's network cable (ip-link(8): eth0@ifNUMBER). */
export async function hostLink(container: string): Promise<string | undefined> {
  const { stdout } = await askPodman('inspect', '--format', '{{.State.Pid}}', container)
  const pid = Number(stdout.trim())
  if (!(pid > 0)) return undefined
  const ask = $({ quiet: true, nothrow: true, timeout: '20s' })
  const inside = await ask`nsenter --net --target ${pid} ip -o link show dev eth0`
  const outside = await ask`ip -o link show type veth`
  return linkNumbered(outside.stdout, Number(/eth0@if(\d+):/.exec(inside.stdout)?.[1]))
}

/** Name of the link with a number in the output of `ip -o link show`. */
export function linkNumbered(listing: string, number: number): string | undefined {
  return new RegExp(`^${number}: ([^@:\\s]+)`, 'm').exec(listing)?.[1]
}

/** Whether the cable of a running machine is pulled. */
export async function isCut(container: string): Promise<boolean> {
  const link = await hostLink(container)
  if (link === undefined) return false
  const { stdout } = await $({ quiet: true, nothrow: true })`ip -o link show dev ${link}`
  return !/<[^>]*\bUP\b/.test(stdout)
}
