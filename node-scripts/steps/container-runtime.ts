import type { Cluster } from '../../lib/cluster.ts'
import { containerdConfig, registryHosts } from '../../lib/render/containerd-config.ts'
import { crioConfig } from '../../lib/render/crio-config.ts'
import { proxyDropInPath } from '../../lib/render/proxy.ts'
import { registriesConfig } from '../../lib/render/registries-config.ts'
import { criSocket, runtimes } from '../../lib/runtimes.ts'
import { pauseImage } from '../../lib/versions.ts'
import type { Context } from '../run/phase-script.ts'
import { type Command, command, different, type Step, wanted } from '../run/step.ts'
import { file } from './file.ts'
import { serviceProxy } from './proxy.ts'
import { service } from './service.ts'

const limit = 60_000

/** The runtime's configuration, its service, and the wait until it answers. */
export function containerRuntime(context: Context): readonly Step[] {
  const { cluster, input } = context
  const { runtime, sources, selinux } = cluster
  const { title, service: name } = runtimes[runtime]
  const pause = pauseImage(input.observed.kubernetesVersion)
  const files =
    runtime === 'containerd'
      ? containerd(containerdConfig(pause, selinux === 'enforcing'), sources.images)
      : crio(pause, sources.images)
  return [
    ...files.map(({ step }) => step),
    serviceProxy(context, name, `${title} pulls images; behind a proxy it has to know it.`),
    service({
      name,
      title: `Start ${title} with its configuration`,
      why: 'The kubelet starts every container through it.',
      configuredBy: [
        ...files.filter(({ readAtStart }) => readAtStart).map(({ path }) => path),
        proxyDropInPath(name),
      ],
    }),
    runtimeAnswers(runtime),
  ]
}

interface ConfigFile {
  readonly path: string
  readonly step: Step
  /** Otherwise it is read again for every image. */
  readonly readAtStart: boolean
}

type Mirrors = Cluster['sources']['images']

const configFile = (path: string, content: string, why: string, readAtStart: boolean) => ({
  path,
  step: file({ path, content, why }),
  readAtStart,
})

function containerd(config: string, mirrors: Mirrors): readonly ConfigFile[] {
  return [
    configFile(
      '/etc/containerd/config.toml',
      config,
      'The kubelet talks to containerd through its CRI interface, and both must leave the cgroup tree to systemd.',
      true,
    ),
    ...Object.entries(mirrors).map(([registry, mirror]) =>
      configFile(
        `/etc/containerd/certs.d/${registry}/hosts.toml`,
        registryHosts(registry, mirror),
        `Images of ${registry} come from the mirror ${mirror} first.`,
        false,
      ),
    ),
  ]
}

function crio(pause: string, mirrors: Mirrors): readonly ConfigFile[] {
  const registries = configFile(
    registriesFile,
    registriesConfig(mirrors),
    'Images come from these mirrors first.',
    true,
  )
  return [
    configFile(
      '/etc/crio/crio.conf.d/20-kubestrap.conf',
      crioConfig(pause),
      'CRI-O and kubelet must leave the cgroup tree to systemd, and CRI-O must never make a folder where kubeadm will write a file.',
      true,
    ),
    ...(Object.keys(mirrors).length > 0 ? [registries] : []),
  ]
}

/** podman makes kube-vip's manifest; beside containerd nobody else has told it the mirrors. */
export function mirrorsForPodman({ cluster, node }: Context): readonly Step[] {
  const { runtime, sources, endpoint } = cluster
  const runsPodman = node.role === 'control-plane' && endpoint.kubeVip?.manifest === 'podman'
  if (!runsPodman || runtime === 'cri-o' || Object.keys(sources.images).length === 0) return []
  return [
    file({
      path: registriesFile,
      content: registriesConfig(sources.images),
      why: 'podman, which makes the manifest of kube-vip, asks these mirrors first.',
    }),
  ]
}

/** Read by CRI-O when it starts, and by podman each time. */
export const registriesFile = '/etc/containers/registries.conf.d/50-kubestrap.conf'

/** crictl comes with kubeadm: its package requires cri-tools. */
const crictl = (runtime: Cluster['runtime'], ...words: readonly string[]): Command =>
  command('crictl', '--runtime-endpoint', criSocket(runtime), '--timeout', '5s', ...words)

/** The runtime counts as there when it answers, not when its service is called active. */
function runtimeAnswers(runtime: Cluster['runtime']): Step {
  const { title, socket } = runtimes[runtime]
  const version = crictl(runtime, 'version')
  return {
    title: 'Wait until the container runtime answers',
    why: 'Its socket appears some time after systemd calls the service active; kubeadm would stop at once.',
    async check(on) {
      if ((await on.stat(socket)) === undefined) return different('no socket', 'an answer')
      const { exitCode } = await on.ask(...version.argv)
      return exitCode === 0 ? wanted : different('no answer', 'an answer')
    },
    apply: {
      byHand: `until ${version.argv.join(' ')}; do sleep 1; done`,
      run: (on) =>
        on.waitFor(`${title} answers`, limit, async () => {
          const { exitCode } = await on.ask(...version.argv)
          return exitCode === 0 ? { value: undefined } : { missing: `${title} does not answer yet` }
        }),
    },
  }
}

/** Asks the runtime which images it has. */
export const imageList = (runtime: Cluster['runtime']): Command =>
  crictl(runtime, 'images', '--output', 'json')

/** Names of the images in the answer to {@link imageList}; none when it is no such answer. */
export function imageNames(json: string): readonly string[] {
  try {
    const { images = [] } = JSON.parse(json) as { images?: readonly { repoTags?: string[] }[] }
    return images.flatMap(({ repoTags }) => repoTags ?? [])
  } catch {
    return []
  }
}
