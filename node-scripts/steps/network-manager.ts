import type { Cluster } from '../../lib/cluster.ts'
import { networkManagerConfig, podInterfaces } from '../../lib/render/network-manager.ts'
import type { Machine } from '../run/machine.ts'
import { command, different, type Finding, type Step, wanted, wantedSince } from '../run/step.ts'
import { file } from './file.ts'

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
      return managedPods(on, provider)
    },
    apply: {
      byHand: `systemctl try-reload-or-restart ${unit}\nnmcli device   # after a moment: unmanaged`,
      async run(on) {
        await on.run(command('systemctl', 'try-reload-or-restart', unit))
        // It lets go of an interface some time after it has said that the reload is done.
        await on.waitFor('NetworkManager leaves the interfaces of pods', limit, async () => {
          const finding = await managedPods(on, provider)
          return finding.as === 'different' ? { missing: finding.found } : { value: undefined }
        })
      },
    },
  }
}

/** What NetworkManager says itself: no interface of a pod is one of its own. */
async function managedPods(
  on: Machine,
  provider: Cluster['podNetwork']['provider'],
): Promise<Finding> {
  const { stdout } = await on.ask('nmcli', '--terse', '--fields', 'DEVICE,STATE', 'device')
  const patterns = podInterfaces(provider).map(
    (name) => new RegExp(`^${name.replaceAll('.', '\\.').replace('*', '.*')}$`),
  )
  const taken = stdout.split('\n').flatMap((line) => {
    const [device = '', state] = line.split(':')
    return state !== 'unmanaged' && patterns.some((one) => one.test(device)) ? [device] : []
  })
  return taken.length === 0 ? wanted : different(`it manages ${taken}`, 'unmanaged')
}
