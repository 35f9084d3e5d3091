import type { Cluster } from '../../lib/cluster.ts'
import { clusterConfiguration, yamlText } from '../../lib/render/kubeadm-config.ts'
import { criSocket } from '../../lib/runtimes.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { different, type Step, wanted, wantedSince } from '../run/step.ts'
import { apiServerManifest } from './api-server-files.ts'
import { imageList, imageNames } from './container-runtime.ts'
import { withSecretFile } from './secret-file.ts'
import { explained } from './source-failures.ts'

/** The images of a control plane, pulled by kubeadm before it needs them. */
export function controlPlaneImages(context: Context): Step {
  const version = context.input.observed.kubernetesVersion
  return {
    title: `Pull the images of a control plane, v${version}`,
    why: 'All nodes pull at the same time now; later, in init and join, each would keep the others waiting.',
    async check(on) {
      if (await runsFromThem(on, context)) return wantedSince('this control plane runs from them')
      const missing = await missingImages(on, context.cluster, version)
      if (missing === undefined) return different('kubeadm is not installed yet', 'the images')
      return missing.length === 0 ? wanted : different(`missing: ${missing.join(', ')}`, 'pulled')
    },
    apply: {
      byHand: `kubeadm config images pull --kubernetes-version v${version}`,
      run: (on) => pull(on, context, version),
    },
  }
}

/** Both are asked: a wiped machine's Node object lives on, a half join has manifests already. */
async function runsFromThem(on: Machine, { node, input }: Context): Promise<boolean> {
  const known = input.observed.nodes.some(
    ({ name, controlPlane }) => name === node.name && controlPlane,
  )
  return known && (await on.stat(apiServerManifest)) !== undefined
}

async function missingImages(
  on: Machine,
  { runtime, etcd }: Cluster,
  version: string,
): Promise<string[] | undefined> {
  const [wantedList, found] = await Promise.all([
    on.ask('kubeadm', 'config', 'images', 'list', '--kubernetes-version', `v${version}`),
    on.ask(...imageList(runtime).argv),
  ])
  if (wantedList.exitCode !== 0) return undefined
  const there = new Set(imageNames(found.stdout))
  const listed = wantedList.stdout.split('\n').filter((name) => name !== '')
  // The list is made without the configuration: an external etcd needs no image here.
  const names = listed.filter((name) => !etcd.external || !/\/etcd:/.test(name))
  return names.filter((name) => !there.has(name))
}

async function pull(on: Machine, { cluster, node }: Context, version: string): Promise<void> {
  const text = await yamlText([
    clusterConfiguration({ cluster, node, version }),
    initWithSocket(cluster),
  ])
  try {
    await withSecretFile(on, 'images.yaml', text, (path) =>
      on.run({
        argv: ['kubeadm', 'config', 'images', 'pull', '--config', path],
        timeout: 1_200_000,
      }),
    )
  } catch (error) {
    throw explained(error)
  }
}

const initWithSocket = ({ runtime }: Cluster) => ({
  apiVersion: 'kubeadm.k8s.io/v1beta4',
  kind: 'InitConfiguration',
  nodeRegistration: { criSocket: criSocket(runtime) },
})
