import type { Cluster } from '../../lib/cluster.ts'
import { type HostsEntry, withHostsEntry } from '../../lib/render/hosts-entry.ts'
import { different, type Step, wanted } from '../run/step.ts'

const hostsFile = '/etc/hosts'

/** `ADDRESS NAME` of the endpoint in /etc/hosts; nothing when the file does not ask for it. */
export function endpointInHosts({ endpoint }: Cluster): readonly Step[] {
  const { hostsEntry, name, address } = endpoint
  if (!hostsEntry || name === undefined) return []
  const entry = { name, address }
  return [
    hosts(
      `Write ${name} into ${hostsFile}`,
      'Every node must reach the endpoint by its name, and endpoint.hostsEntry says that no DNS server knows it.',
      entry,
    ),
  ]
}

/** After a reset the name must not lead to a cluster that this machine no longer belongs to. */
export const noEndpointInHosts = (): Step =>
  hosts(
    `Take the endpoint out of ${hostsFile}`,
    'Only what stands between the marker lines of kubestrap goes.',
    undefined,
  )

function hosts(title: string, why: string, entry: HostsEntry | undefined): Step {
  const line = entry && `${entry.address} ${entry.name}`
  return {
    title,
    why,
    ...(entry ? { writes: hostsFile } : {}),
    async check(on) {
      const text = (await on.read(hostsFile)) ?? ''
      if (withHostsEntry(text, entry) === text) return wanted
      return line
        ? different('not in it, or otherwise', line)
        : different('an entry of kubestrap', 'no entry')
    },
    apply: {
      byHand: line
        ? `echo '${line}' >> ${hostsFile}`
        : `sed -i '/^# BEGIN kubestrap/,/^# END kubestrap/d' ${hostsFile}`,
      async run(on) {
        const text = (await on.read(hostsFile)) ?? ''
        await on.write(hostsFile, withHostsEntry(text, entry), 0o644)
      },
    },
  }
}
