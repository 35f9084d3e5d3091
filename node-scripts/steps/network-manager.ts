import type { Cluster } from '../../lib/cluster.ts'
import { networkManagerConfig, podInterfaces } from '../../lib/render/network-manager.ts'
import type { Machine } from '../run/machine.ts'
import { command, different, type Step, wanted, wantedSince } from '../run/step.ts'
import { file } from './file.ts'

type Provider = Cluster['podNetwork']['provider']

const limit = 30_000
const unit = 'NetworkManager.service'
export const networkManagerFile = '/etc/NetworkManager/conf.d/kubestrap.conf'

/** NetworkManager, where there is one, leaves the interfaces of pods alone. */
export function networkManager({ podNetwork }: Cluster): readonly Step[] {
  const written = file({
    path: networkManagerFile,
    content: networkManagerConfig(podNetwork.provider),
    why: 'NetworkManager takes care of every interface it sees. It would ask for addresses on the ends of pods’ cables and take away routes that the pod network has set.',
  })
  return [{ ...written, check: whereInstalled((on) => written.check(on)) }, loaded(podNetwork)]
}

const whereInstalled =
  (check: Step['check']): Step['check'] =>
  async (on) =>
    (await on.unit(unit)).load === 'not-found'
      ? wantedSince('this machine has no NetworkManager')
      : check(on)

function loaded({ provider }: Cluster['podNetwork']): Step {
  return {
    title: 'Let NetworkManager read it',
    why: 'It reads its configuration when it starts or is told to. A reload does not touch the interfaces that it keeps.',
    async check(on) {
      const { active, changed } = await on.unit(unit)
      if (active !== 'active') return wantedSince('NetworkManager does not run')
      const written = (await on.stat(networkManagerFile))?.modified ?? 0
      if (changed < written) return different('read before it was written', 'read since')
      const taken = await managedPods(on, provider)
      return taken.length === 0 ? wanted : different(`it manages ${taken}`, 'unmanaged')
    },
    apply: {
      byHand: `systemctl try-reload-or-restart ${unit}\nnmcli device   # after a moment: unmanaged; if not: systemctl restart ${unit}`,
      run: (on) => readAgain(on, provider),
    },
  }
}

async function readAgain(on: Machine, provider: Provider): Promise<void> {
  const taken = await managedPods(on, provider)
  await on.run(command('systemctl', 'try-reload-or-restart', unit))
  if (taken.length === 0) return
  on.emit({
    kind: 'notice',
    text: `NetworkManager had taken ${taken} and may have cut pods off: if they do not answer, restart this machine`,
  })
  // It lets go of cables at once, but of a bridge that it has taken only when it starts anew.
  if ((await managedPods(on, provider)).length > 0)
    await on.run(command('systemctl', 'try-restart', unit))
  await on.waitFor('NetworkManager leaves the interfaces of pods', limit, async () => {
    const rest = await managedPods(on, provider)
    return rest.length === 0 ? { value: undefined } : { missing: `it manages ${rest}` }
  })
}

/** Interfaces of pods that NetworkManager itself calls its own. */
async function managedPods(on: Machine, provider: Provider): Promise<readonly string[]> {
  const { stdout } = await on.ask('nmcli', '--terse', '--fields', 'DEVICE,STATE', 'device')
  const patterns = podInterfaces(provider).map(
    (name) => new RegExp(`^${name.replaceAll('.', '\\.').replace('*', '.*')}$`),
  )
  return stdout.split('\n').flatMap((line) => {
    const [device = '', state] = line.split(':')
    return state !== 'unmanaged' && patterns.some((one) => one.test(device)) ? [device] : []
  })
}
