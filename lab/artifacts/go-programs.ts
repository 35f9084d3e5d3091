import { readdirSync, readFileSync } from 'node:fs'
import { cp, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from 'zx'
import { KubestrapError } from '../../lib/errors.ts'
import { projectRoot } from '../project.ts'
import { type Report, withHeartbeat } from '../report.ts'
import { cached, inputHash } from './cache.ts'
import { versions } from './versions.ts'

/** Programs built through the Go module proxy: the tools of a small go.mod, or one of ours. */
interface GoModule {
  /** Folder in lab/artifacts/go/. */
  readonly folder: string
  /** Packages to build; each gives a program named by its last part, unless renamed. */
  readonly programs: readonly string[]
  readonly rename?: Readonly<Record<string, string>>
  /** Values for -ldflags -X: what the programs say is their version. */
  readonly set?: Readonly<Record<string, string>>
}

const commit = '0000000000000000000000000000000000000000'
const kubernetesVersion = {
  gitVersion: `v${versions.kubernetes}`,
  gitMajor: versions.kubernetes.split('.')[0] ?? '',
  gitMinor: versions.kubernetes.split('.')[1] ?? '',
  gitCommit: commit,
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
}

function kubernetesSettings(): Record<string, string> {
  const packages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
  return Object.fromEntries(
    packages.flatMap((name) =>
      Object.entries(kubernetesVersion).map(([key, value]) => [`${name}.${key}`, value]),
    ),
  )
}

const containerd = 'github.com/containerd/containerd/v2'
const plugins = 'github.com/containernetworking/plugins/plugins'

export const goModules: readonly GoModule[] = [
  {
    folder: 'kubernetes',
    programs: [
      'kubeadm',
      'kubelet',
      'kubectl',
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
      'kube-proxy',
    ].map((name) => `k8s.io/kubernetes/cmd/${name}`),
    set: kubernetesSettings(),
  },
  {
    folder: 'containerd',
    programs: ['containerd', 'containerd-shim-runc-v2', 'ctr'].map((n) => `${containerd}/cmd/${n}`),
    set: {
      [`${containerd}/version.Version`]: `v${versions.containerd}`,
      [`${containerd}/version.Revision`]: commit,
    },
  },
  {
    folder: 'etcd',
    programs: ['server', 'etcdctl', 'etcdutl'].map((name) => `go.etcd.io/etcd/${name}/v3`),
    rename: { server: 'etcd' },
  },
  { folder: 'coredns', programs: ['github.com/coredns/coredns'] },
  {
    folder: 'cni-plugins',
    set: {
      'github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion': `v${versions.cniPlugins}`,
    },
    programs: [
      ...['bridge', 'dummy', 'host-device', 'ipvlan', 'loopback', 'macvlan', 'ptp', 'vlan'].map(
        (name) => `${plugins}/main/${name}`,
      ),
      ...['dhcp', 'host-local', 'static'].map((name) => `${plugins}/ipam/${name}`),
      ...['bandwidth', 'firewall', 'portmap', 'sbr', 'tuning', 'vrf'].map(
        (name) => `${plugins}/meta/${name}`,
      ),
    ],
  },
  { folder: 'registry', programs: ['github.com/distribution/distribution/v3/cmd/registry'] },
  { folder: 'crane', programs: ['github.com/google/go-containerregistry/cmd/crane'] },
  { folder: 'web', programs: ['.'] },
  { folder: 'crictl', programs: ['.'] },
  { folder: 'kube-vip-stand-in', programs: ['.'] },
]

const source = (folder: string) => join(projectRoot, 'lab/artifacts/go', folder)
const isInput = (name: string) => /^go\.(mod|sum)$|\.go$/.test(name)

/** Hash of all that decides what a program becomes. */
export function goModuleHash(module: GoModule): string {
  const names = readdirSync(source(module.folder)).filter(isInput).sort()
  const files = names.map((name) => join(source(module.folder), name))
  return inputHash(
    module,
    process.arch,
    files.map((file) => readFileSync(file, 'utf8')),
  )
}

/**
 * Folders of programs by module, built or from the cache.
 *
 * @throws KubestrapError KS-LAB-BUILD with the compiler's last lines
 */
export async function ensureGoPrograms(say: Report): Promise<ReadonlyMap<string, string>> {
  const folders = new Map<string, string>()
  for (const module of goModules) {
    const hash = goModuleHash(module)
    folders.set(module.folder, await cached('go', hash, (out) => build(module, out, say)))
  }
  return folders
}

async function build(module: GoModule, out: string, say: Report): Promise<void> {
  for (const [index, program] of module.programs.entries()) {
    const name = program === '.' ? module.folder : nameOf(program)
    const what = `building ${module.folder}: ${name} (${index + 1} of ${module.programs.length})`
    await withHeartbeat(what, say, () => goBuild(module, program, join(out, name)))
  }
  for (const [from, to] of Object.entries(module.rename ?? {})) {
    await rename(join(out, from), join(out, to))
  }
}

/** `go.etcd.io/etcd/server/v3` gives `server`, as go build would name it. */
function nameOf(program: string): string {
  const parts = program.split('/')
  const last = parts.at(-1) ?? ''
  return /^v\d+$/.test(last) ? (parts.at(-2) ?? last) : last
}

async function goBuild(module: GoModule, program: string, out: string): Promise<void> {
  const settings = Object.entries(module.set ?? {}).map(([key, value]) => `-X ${key}=${value}`)
  const flags = ['-trimpath', '-buildvcs=false', '-ldflags', ['-s', '-w', ...settings].join(' ')]
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' }
  const options = { quiet: true, nothrow: true, env, cwd: source(module.folder) } as const
  const { exitCode, stderr } = await $(options)`go build ${flags} -o ${out} ${program}`
  if (exitCode === 0) return
  throw new KubestrapError({
    id: 'KS-LAB-BUILD',
    exit: 'phaseFailed',
    what: `go could not build ${program}`,
    lines: stderr.trim().split('\n').slice(-12),
    unchanged: 'what was built before stays in the cache',
    remedy:
      'check that Go is at least 1.26 and that its module proxy can be reached, then run again',
  })
}

/** The C program every pod begins with; it is not a Go program. */
export async function ensurePause(say: Report): Promise<string> {
  const file = join(projectRoot, 'lab/artifacts/files/pause.c')
  const text = readFileSync(file, 'utf8')
  return cached('pause', inputHash(text, process.arch), async (out) => {
    say('building pause')
    await mkdir(out, { recursive: true })
    await cp(file, join(out, 'pause.c'))
    await $({ quiet: true, cwd: out })`gcc -O2 -static -s -o pause pause.c`
  })
}
