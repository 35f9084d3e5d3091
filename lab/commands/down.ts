import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { hashOf, readClusterFile } from '../cluster-file.ts'
import { removeRules } from '../firewall.ts'
import { restoreHostSettings } from '../host-settings.ts'
import { networkName } from '../layout.ts'
import { askPodman, containersOf, labLabel, podman } from '../podman.ts'
import { labFolder } from '../project.ts'
import type { Report } from '../report.ts'
import { readState } from '../state.ts'

/**
 * Takes a lab away: containers, volumes, network, packet filter rules, its folder. For the last lab
 * the kernel settings are put back. Works from whatever state a crash left, and twice.
 */
export async function down(lab: string, say: Report): Promise<void> {
  const containers = await containersOf(lab)
  if (containers.length > 0) say(`removing ${containers.map(({ machine }) => machine).join(' ')}`)
  for (const { id, state } of containers) if (state === 'paused') await askPodman('unpause', id)
  await Promise.all(
    containers.map(({ id }) => podman('rm', '--force', '--time', '0', '--volumes', id)),
  )
  await removeLabelled('volume', lab)
  await removeLabelled('network', lab)
  await removeRules(lab)
  removeFolder(lab, say)
  if (await isLastLab()) {
    const settings = await restoreHostSettings((await podman('ps', '--quiet')) === '')
    if (settings.length > 0) say(`kernel settings put back: ${settings.join(', ')}`)
  }
  say(`lab "${lab}" is down`)
}

async function removeLabelled(kind: 'volume' | 'network', lab: string): Promise<void> {
  const names = await podman(kind, 'ls', '--quiet', '--filter', `label=${labLabel}=${lab}`)
  for (const name of names.split('\n').filter(Boolean)) {
    // podman 4.3 prints ids of networks, which `rm` takes as well.
    await podman(kind, 'rm', '--force', kind === 'network' ? networkName(lab) : name)
  }
}

/** What a person edited stays: the cluster file, for the next `up`. */
function removeFolder(lab: string, say: Report): void {
  const folder = labFolder(lab)
  if (!existsSync(folder)) return
  const text = readClusterFile(lab)
  const edited = text !== undefined && hashOf(text) !== readState(lab)?.clusterFile
  for (const name of readdirSync(folder)) {
    if (name === 'cluster.yaml' && edited) continue
    rmSync(join(folder, name), { recursive: true, force: true })
  }
  if (edited) say(`${join(folder, 'cluster.yaml')} was edited: kept for the next up`)
  else rmSync(folder, { recursive: true, force: true })
}

async function isLastLab(): Promise<boolean> {
  if ((await containersOf()).length > 0) return false
  return (await podman('network', 'ls', '--quiet', '--filter', `label=${labLabel}`)) === ''
}
