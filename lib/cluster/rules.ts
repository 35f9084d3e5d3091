import { endpointRules } from './endpoint-rules.ts'
import { at, listOf } from './loose.ts'
import { networkRules } from './network-rules.ts'
import { nodeRules } from './node-rules.ts'
import { ownedSettings } from './owned-settings.ts'
import { podNetworkRules } from './pod-network-rules.ts'
import { described, type Path, type Problem, pathText, quoted } from './problem.ts'

/**
 * Rules between values. They look at the plain data, not at the checked file, so that they speak
 * up together with the schema's findings; a value of the wrong form is passed over here.
 *
 * @param whole false when only one node is described, by flags
 */
export function brokenRules(data: unknown, whole: boolean): readonly Problem[] {
  return [
    ...nodeRules(data, whole),
    ...networkRules(data),
    ...endpointRules(data),
    ...ownedSettings.flatMap(({ part, keys }) => owned(data, part, keys)),
    ...[['kubelet'], ['kubeProxy']].flatMap((path) => carried(at(data, path), path)),
    ...podNetworkRules(data),
    ...preflightRules(data),
    ...crioKeyRules(data),
    ...etcdRules(data),
    ...(whole ? [] : firewallRules(data)),
  ]
}

function owned(
  data: unknown,
  part: readonly string[],
  keys: Readonly<Record<string, string>>,
): Problem[] {
  return Object.entries(keys).flatMap(([key, who]) => {
    const inner = part.length > 1 ? [key] : key.split('.')
    const path = [...part, ...inner]
    if (at(data, path) === undefined) return []
    return [{ path, on: 'key' as const, what: `${pathText(path)} is not yours to set: ${who}` }]
  })
}

/** Free values travel as JSON and YAML: only what both can carry, in one spelling. */
function carried(value: unknown, path: Path): Problem[] {
  const on = 'value'
  const what = `${pathText(path)}: found ${described(value)}`
  if (typeof value === 'number' && !Number.isFinite(value))
    return [{ path, on, what, wanted: 'a number' }]
  if (typeof value === 'string' && hasControls(value)) {
    return [{ path, on, what, wanted: 'text without control characters' }]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key]
    if (!hasControls(key)) return carried(one, here)
    return [
      { path: here, on: 'key' as const, what: `found the key ${quoted(key)}`, wanted: 'a name' },
    ]
  })
}

// Line breaks and tabs are welcome in values such as a resolver's search list.
const hasControls = (text: string) => /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text)

/** What comes over plain http from a place nobody named a key of could be anybody's. */
function crioKeyRules(data: unknown): Problem[] {
  const path = ['sources', 'crio', 'fingerprint']
  const gpgkey = at(data, ['sources', 'crio', 'gpgkey'])
  if (typeof gpgkey !== 'string' || !gpgkey.startsWith('http:')) return []
  if (at(data, path) !== undefined) return []
  const what = 'sources.crio.fingerprint is missing, and the key comes over plain http'
  return [{ path, on: 'key', what, wanted: 'the fingerprint, or an https gpgkey' }]
}

/** A member listed twice would be asked twice, and hide that another one is missing. */
function etcdRules(data: unknown): Problem[] {
  const path = ['etcd', 'external', 'endpoints']
  const endpoints = listOf(at(data, path))
  return endpoints.flatMap((one, index) => {
    const here = { path: [...path, index], on: 'value' as const }
    if (endpoints.indexOf(one) < index)
      return [
        { ...here, what: `etcd.external.endpoints[${index}]: ${described(one)} is listed twice` },
      ]
    const port = typeof one === 'string' ? Number(/:(\d{1,5})$/.exec(one)?.[1] ?? 0) : 0
    if (port <= 65535) return []
    return [
      { ...here, what: `${described(one)} has no port a server can have`, wanted: '1 to 65535' },
    ]
  })
}

/** A node that knows only itself would shut the others out. */
function firewallRules(data: unknown): Problem[] {
  const path = ['firewall']
  if (at(data, path) !== 'managed') return []
  const what =
    'firewall: managed opens ports for the other nodes, and their addresses are not known'
  return [{ path, on: 'value', what, wanted: 'the whole cluster file, by --config' }]
}

function preflightRules(data: unknown): Problem[] {
  const path = ['preflight', 'ignore']
  // cmd/kubeadm/app/apis/kubeadm/validation: not allowed in a configuration file.
  return listOf(at(data, path)).flatMap((one, index) =>
    typeof one === 'string' && one.toLowerCase() === 'all'
      ? [
          {
            path: [...path, index],
            on: 'value' as const,
            what: `preflight.ignore[${index}]: found ${quoted(one)}`,
            wanted: 'the checks by their names: kubeadm takes no "all" from a file',
          },
        ]
      : [],
  )
}
