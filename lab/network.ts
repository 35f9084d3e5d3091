import { $ } from 'zx'
import { KubestrapError } from '../lib/errors.ts'
import { closeBridge } from './firewall.ts'
import { raiseHostSettings } from './host-settings.ts'
import { chooseOctet, gatewayOf, networkName, subnetOf } from './layout.ts'
import { askPodman, labLabel, podman } from './podman.ts'

/** Addresses and ranges that this computer already uses. */
async function takenNetworks(): Promise<readonly string[]> {
  const ask = $({ quiet: true, nothrow: true })
  const [routes, addresses] = await Promise.all([
    ask`ip -o -4 route show table all`,
    ask`ip -o -4 address show`,
  ])
  const ids = (await podman('network', 'ls', '--quiet')).split('\n').filter(Boolean)
  const networks = ids.length === 0 ? '' : await podman('network', 'inspect', ...ids)
  return `${routes.stdout}\n${addresses.stdout}\n${networks}`.match(/\d+\.\d+\.\d+\.\d+/g) ?? []
}

/** Chooses the network of a new lab. */
export async function newOctet(lab: string): Promise<number> {
  const octet = chooseOctet(lab, await takenNetworks())
  if (octet !== undefined) return octet
  throw new KubestrapError({
    id: 'KS-LAB-NETWORK',
    exit: 'preflight',
    what: 'no free network for the lab: 10.77.0.0/24 to 10.87.0.0/24 are all in use',
    unchanged: 'nothing was started',
    remedy: 'end a lab that is no longer needed: npm run lab -- --name NAME down',
  })
}

/** Makes the lab's network when it is missing. @returns the name of its bridge */
export async function ensureNetwork(lab: string, octet: number): Promise<string> {
  const name = networkName(lab)
  if ((await askPodman('network', 'exists', name)).exitCode !== 0) {
    const range = ['--subnet', subnetOf(octet), '--gateway', gatewayOf(octet)]
    await podman(
      'network',
      'create',
      '--disable-dns',
      '--label',
      `${labLabel}=${lab}`,
      ...range,
      name,
    )
  }
  const bridge = await podman('network', 'inspect', '--format', '{{.NetworkInterface}}', name)
  if (!/^[a-zA-Z0-9_.-]{1,15}$/.test(bridge)) throw new Error(`bridge of ${name}: "${bridge}"`)
  return bridge
}

/**
 * What has to be in force before a machine of the lab may run: kernel settings noted and raised, the
 * bridge closed. Nothing of it outlives a reboot of the computer, so every start does it again.
 */
export async function protectHost(lab: string, octet: number): Promise<void> {
  await raiseHostSettings()
  await closeBridge(lab, await ensureNetwork(lab, octet))
}
