import { calicoctlFile, checksumOf } from '../../lib/calico-releases.ts'
import type { CalicoSettings } from '../../lib/cluster.ts'
import { KubestrapError } from '../../lib/errors.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { different, type Finding, type Step, wanted } from '../run/step.ts'
import { curlByHand, download, sha256Of, verify, verifyByHand } from './download.ts'

export const calicoctlPath = '/usr/local/bin/calicoctl'
/** Beside its place, so that it is renamed and never half there. */
const partial = '/usr/local/bin/.calicoctl.kubestrap'
const sums = '/run/kubestrap/calico/SHA256SUMS'

/** Calico's own program, of the version that runs in the cluster: it refuses another one. */
export function calicoctl(context: Context, calico: CalicoSettings): Step {
  const { url } = placeOf(context, calico, 'calicoctl-linux-amd64')
  const sha256 = checksumOf(calico, 'calicoctl-linux-amd64')
  const compare = sha256
    ? verifyByHand(sha256, 'calicoctl-linux-amd64')
    : `${curlByHand(sumsUrl(url))}\nsha256sum --check --ignore-missing SHA256SUMS`
  return {
    title: `Install calicoctl ${calico.version}`,
    why: 'Some things only it shows: the state of a node (calicoctl node status), who has which addresses (calicoctl ipam show). Its checksum is compared before it may run.',
    writes: calicoctlPath,
    check: (on) => check(on, calico),
    apply: {
      byHand: `${curlByHand(url)}\n${compare}\ninstall -m 0755 calicoctl-linux-amd64 ${calicoctlPath}`,
      run: (on) => install(on, context, calico),
    },
  }
}

async function check(on: Machine, calico: CalicoSettings): Promise<Finding> {
  const state = await on.stat(calicoctlPath)
  if (!state) return different('no calicoctl', calico.version)
  if (state.mode !== 0o755) return different('not executable for all', '0755')
  const expected = checksumOf(calico, await ownFile(on))
  if (expected !== undefined) {
    const same = (await sha256Of(on, calicoctlPath)) === expected
    return same ? wanted : different('another file', `calicoctl ${calico.version}`)
  }
  const { stdout } = await on.ask(calicoctlPath, 'version', '--client')
  const found = /^Client Version:\s*(\S+)/m.exec(stdout)?.[1] ?? 'another file'
  return found === calico.version ? wanted : different(found, calico.version)
}

async function install(on: Machine, context: Context, calico: CalicoSettings): Promise<void> {
  const file = await ownFile(on)
  const { url } = placeOf(context, calico, file)
  try {
    await download(on, url, partial)
    const expected = checksumOf(calico, file) ?? (await publishedSum(on, url, file))
    await verify(on, partial, url, expected)
    await on.run({ argv: ['chmod', '0755', partial] })
    await on.run({ argv: ['mv', '-f', '--', partial, calicoctlPath] })
  } finally {
    await on.remove(partial)
  }
}

async function ownFile(on: Machine) {
  const machine = (await on.ask('uname', '-m')).stdout.trim()
  const file = calicoctlFile(machine)
  if (file) return file
  throw new KubestrapError({
    id: 'KS-CALICOCTL',
    exit: 'preflight',
    what: `there is no calicoctl for the architecture ${machine || 'of this machine'}`,
    unchanged: 'nothing was installed',
    remedy: 'podNetwork: { calico: { calicoctl: false } } in the cluster file',
  })
}

const placeOf = ({ cluster }: Context, { version }: CalicoSettings, file: string) => ({
  url: cluster.sources.binaries.calicoctl
    .replaceAll('{version}', version)
    .replaceAll('{arch}', file.split('-').at(-1) ?? ''),
})

/** The release's own list lies beside its files. */
const sumsUrl = (url: string) => url.replace(/[^/]*$/, 'SHA256SUMS')

/**
 * What the publisher says the checksum is. It guards against a broken or replaced download, not
 * against the publisher's own place having been taken over: so it is told.
 */
async function publishedSum(on: Machine, url: string, file: string): Promise<string> {
  const from = sumsUrl(url)
  try {
    await download(on, from, sums)
    const text = (await on.read(sums)) ?? ''
    const found = text.split('\n').flatMap((line) => {
      const [, sum, name] = /^([0-9a-f]{64}) [ *](?:\.\/)?(\S+)$/.exec(line) ?? []
      return sum && name === file ? [sum] : []
    })
    const [sum, second] = found
    if (sum === undefined || second !== undefined) throw notListed(from, file)
    on.emit({
      kind: 'notice',
      text: `compared with the publisher's own list: SHA-256 ${sum} of ${file}; write it into podNetwork.calico.checksums to have it compared on every node`,
    })
    return sum
  } finally {
    await on.remove(sums)
  }
}

const notListed = (from: string, file: string) =>
  new KubestrapError({
    id: 'KS-CHECKSUM',
    exit: 'verification',
    what: `${from} does not say which checksum ${file} has`,
    unchanged: 'calicoctl was not installed',
    remedy: `name it in the cluster file, podNetwork.calico.checksums: { ${file}: SHA256 }, or set calicoctl: false`,
  })
