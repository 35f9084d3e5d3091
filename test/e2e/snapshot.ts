import { eventually, onNode } from './support.ts'

/** A machine as it is: what lies in its file systems, and what its kernel and systemd were told. */
export type Snapshot = ReadonlyMap<string, string>

// /var/lib by itself: it may be a file system of its own, and find stays on each.
const folders = [
  ...['/etc', '/opt', '/usr/libexec', '/usr/local', '/var', '/var/lib'],
  ...['/run', '/root', '/home'],
]

/** Prints `KEY<tab>VALUE` lines: type, mode, owner and target of everything, the content of /etc. */
const look = `
find ${folders.join(' ')} -xdev \\( -path '/var/lib/containerd/*' -o -path '/var/lib/containers/*' -o -path '/run/systemd/*' -o -path '/run/udev/*' \\) -prune -o -printf '%p\\t%y %#m %u:%g %l\\n'
find /etc -xdev -type f -exec sha256sum {} + | sed -E 's/^([0-9a-f]+)  (.*)$/content of \\2\\t\\1/'
systemctl list-unit-files --no-legend --state=enabled,masked,enabled-runtime | sed -E 's/^([^ ]+) +([a-z-]+).*/unit \\1\\t\\2/'
ip -oneline link | sed -E 's/^[0-9]+: ([^:@]+).*/link \\1\\tthere/'
ip route | sed 's/^/route /; s/ *$/\\tthere/'
nft list ruleset | grep -oE '(KUBE|CNI)-[A-Z-]+|kubestrap|kube-proxy' | sort -u | sed 's/^/chain /; s/$/\\tthere/'
awk '{print "mount " $2 "\\t" $3}' /proc/mounts
for name in net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.bridge.bridge-nf-call-iptables vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops; do
  printf 'sysctl %s\\t%s\\n' "$name" "$(sysctl -n "$name" 2> /dev/null)"
done
printf 'hostname\\t%s\\n' "$(hostname)"
# Alone: of a pipe's other programs one may be there, or not yet.
processes=$(ps -eo comm=)
printf '%s\\n' "$processes" | sort -u | sed 's/^/process /; s/$/\\truns/'
`

/** Comes back when podman's service, which every boot starts, has ended: for 5 s it has mounts of its own. */
async function podmanHasEnded(node: string): Promise<void> {
  await eventually(`podman's service of the boot has ended on ${node}`, 60_000, async () => {
    const { exitCode } = await onNode(node, 'pgrep -x podman')
    return exitCode === 1 ? true : undefined
  })
}

export async function snapshotOf(node: string): Promise<Snapshot> {
  await podmanHasEnded(node)
  const { stdout, stderr, exitCode } = await onNode(node, look)
  if (exitCode !== 0 && !stdout.includes('hostname')) throw new Error(stderr)
  const lines = stdout.split('\n').filter((line) => line.includes('\t'))
  return new Map(lines.map((line) => line.split('\t', 2) as [string, string]))
}

/** What came, went or is otherwise: `+ KEY VALUE`, `- KEY VALUE`, `~ KEY BEFORE -> AFTER`. */
export function differences(before: Snapshot, after: Snapshot): readonly string[] {
  const came = [...after].filter(([key]) => !before.has(key)).map(([k, v]) => `+ ${k} ${v}`)
  const went = [...before].filter(([key]) => !after.has(key)).map(([k, v]) => `- ${k} ${v}`)
  const otherwise = [...after]
    .filter(([key, value]) => before.has(key) && before.get(key) !== value)
    .map(([key, value]) => `~ ${key} ${before.get(key)} -> ${value}`)
  return [...came, ...went, ...otherwise]
}
