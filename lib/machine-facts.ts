/** What facts.sh tells of the machine itself, and of the way to others. */

export interface Disk {
  readonly folder: string
  /** Where the file system is mounted that the folder is, or will be, on. */
  readonly mount: string
  readonly freeKiB: number
  readonly sizeKiB: number
}

export interface MachineFacts {
  /** ID of /etc/os-release: `centos`. */
  readonly osId: string
  /** ID_LIKE, the closest relative first. */
  readonly osLike: readonly string[]
  readonly osVersion: string
  readonly machineId: string
  /** Empty where there is no firmware that tells one. */
  readonly productUuid: string
  readonly macs: readonly { readonly interface: string; readonly mac: string }[]
  readonly interfaces: readonly string[]
  /** Addresses with the length of their network: `192.168.9.121/24`. */
  readonly networks: readonly { readonly interface: string; readonly network: string }[]
  readonly memoryKiB: number | undefined
  readonly cpus: number | undefined
  readonly cgroup: 1 | 2 | undefined
  readonly disks: readonly Disk[]
  /** Ports of Kubernetes that something listens on; the program is empty when nobody told. */
  readonly ports: readonly { readonly port: number; readonly program: string }[]
  readonly firewalld: boolean
  /** undefined where systemd does not know. */
  readonly timeSynchronized: boolean | undefined
  /** Answers of others; absent when they were not asked, as on members. */
  readonly network?: NetworkFacts
}

/** Numbers are places in the lists of questions.ts. */
export interface NetworkFacts {
  /** Ways that a packet filter closes: it says nothing, or it says no. */
  readonly blocked: readonly { readonly number: number; readonly how: 'silent' | 'rejected' }[]
  /** What the endpoint's name is here; undefined when it has none. */
  readonly resolved: readonly string[] | undefined
  /** Hardware address of who has the virtual IP now. */
  readonly holder: string
  readonly served: readonly ServerAnswer[]
}

export interface ServerAnswer {
  readonly number: number
  /** Of curl: https://everything.curl.dev/cmdline/exitcode.html */
  readonly curl: number
  /** HTTP status, 0 when there was none. */
  readonly status: number
}

type Values = ReadonlyMap<string, string>

/** From the values of facts.sh. What is missing or of another form is the harmless answer. */
export function machineFacts(values: Values): MachineFacts {
  const word = (key: string) => values.get(key) ?? ''
  const synchronized = word('timeSynchronized')
  const cgroup = number(word('cgroup'))
  return {
    osId: word('osId'),
    osLike: words(word('osLike')),
    osVersion: word('osVersion'),
    machineId: word('machineId'),
    productUuid: word('productUuid').toLowerCase(),
    macs: parts(values, 'macs', 2).map(([name, mac]) => ({
      interface: name,
      mac: mac.toLowerCase(),
    })),
    interfaces: words(word('interfaces')),
    networks: parts(values, 'networks', 2).map(([name, network]) => ({ interface: name, network })),
    memoryKiB: number(word('memoryKiB')),
    cpus: number(word('cpus')),
    cgroup: cgroup === 1 || cgroup === 2 ? cgroup : undefined,
    disks: disks(values),
    ports: parts(values, 'ports', 2).flatMap(([port, program]) =>
      number(port) === undefined ? [] : [{ port: Number(port), program }],
    ),
    firewalld: word('firewalld') === 'active',
    timeSynchronized: synchronized === '' ? undefined : synchronized === 'yes',
    ...(word('asked') === 'yes' ? { network: networkFacts(values) } : {}),
  }
}

function disks(values: Values): readonly Disk[] {
  return parts(values, 'disks', 4).flatMap(([folder, mount, free, size]) => {
    const [freeKiB, sizeKiB] = [number(free), number(size)]
    return freeKiB === undefined || sizeKiB === undefined
      ? []
      : [{ folder, mount, freeKiB, sizeKiB }]
  })
}

const ways = ['silent', 'rejected'] as const

function networkFacts(values: Values): NetworkFacts {
  const resolved = values.get('resolved')
  return {
    blocked: parts(values, 'blocked', 2)
      .flatMap(([place, how]) => {
        const known = ways.find((way) => way === how)
        const found = number(place)
        return known !== undefined && found !== undefined ? [{ number: found, how: known }] : []
      })
      .sort(byNumber),
    resolved: resolved === undefined ? undefined : words(resolved),
    holder: (values.get('holder') ?? '').toLowerCase(),
    served: parts(values, 'served', 3)
      .flatMap(([place, curl, status]) => {
        const [first, second, third] = [place, curl, status].map(number)
        if (first === undefined || second === undefined || third === undefined) return []
        return [{ number: first, curl: second, status: third }]
      })
      // Answers come as they come.
      .sort(byNumber),
  }
}

const byNumber = (a: { number: number }, b: { number: number }) => a.number - b.number
const words = (text: string): readonly string[] => text.split(' ').filter(Boolean)
const number = (text: string) => (/^\d{1,12}$/.test(text) ? Number(text) : undefined)

type Parts<N extends number> = N extends 2
  ? [string, string]
  : N extends 3
    ? [string, string, string]
    : [string, string, string, string]

/** Words of `count` parts with "|" between them. */
function parts<N extends 2 | 3 | 4>(values: Values, key: string, count: N): readonly Parts<N>[] {
  return words(values.get(key) ?? '')
    .map((word) => word.split('|'))
    .filter((found) => found.length === count) as unknown as readonly Parts<N>[]
}
