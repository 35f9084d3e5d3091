import { proxyDropIn, proxyDropInPath } from '../../lib/render/proxy.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { command, different, type Step, wanted } from '../run/step.ts'
import { file, withReason } from './file.ts'

const kubelet = 'kubelet.service'
const noLonger = 'The cluster file names none. What an earlier one named is taken back.'

/** The proxy of the cluster file in a service's environment, and gone from it when it is not. */
export function serviceProxy({ cluster }: Context, unit: string, why: string): Step {
  const path = proxyDropInPath(unit)
  const content = proxyDropIn(cluster)
  if (cluster.proxy) return file({ title: `Tell ${unit} of the proxy`, path, content, why })
  // It leaves no file where there was none.
  const { writes: _, ...step } = file({
    title: `Tell ${unit} of no proxy`,
    path,
    content,
    why: noLonger,
  })
  const isThere = async (on: Machine) => (await on.stat(path)) !== undefined
  return {
    ...step,
    check: async (on) => ((await isThere(on)) ? step.check(on) : wanted),
    apply: {
      byHand: `[ ! -e ${path} ] || : > ${path}`,
      run: async (on) => {
        if (await isThere(on)) await on.write(path, withReason(content, noLonger), 0o644)
      },
    },
  }
}

/** kubelet's own: it is started by kubeadm, so that nobody else would start it anew. */
export function kubeletProxy(context: Context): readonly Step[] {
  const path = proxyDropInPath(kubelet)
  return [
    serviceProxy(
      context,
      kubelet,
      'The kubelet asks cloud registries for credentials itself. Everything it says to the API server goes past the proxy.',
    ),
    {
      title: 'Have a running kubelet take up its proxy settings',
      why: 'A service keeps the environment that it was started with. Containers go on running while the kubelet starts anew.',
      async check(on) {
        const [unit, state] = await Promise.all([on.unit(kubelet), on.stat(path)])
        if (state === undefined || unit.active !== 'active') return wanted
        return unit.activeSince >= state.modified
          ? wanted
          : different('started before they changed', 'started after it')
      },
      apply: [command('systemctl', 'daemon-reload'), command('systemctl', 'restart', kubelet)],
    },
  ]
}
