import { type Document, isMap, isSeq, parse, parseDocument } from 'yaml'
import { listOf, loose } from './cluster/loose.ts'

/** What a kubeconfig tells about one cluster and one user in it. The key is a secret. */
export interface ClusterAccess {
  /** `https://10.0.0.10:6443` */
  readonly server: string
  /** PEM in base64, as kubeconfigs have it; so are the other two. */
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

/** The names a kubeconfig gives them. */
export interface AccessNames {
  readonly cluster: string
  readonly user: string
  readonly context: string
  readonly namespace?: string
}

const server = /^https:\/\/(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/
const base64 = /^[A-Za-z0-9+/]{1,100000}={0,2}$/

/**
 * Reads a kubeconfig of one cluster and one user, as kubeadm writes it; undefined if it is none. Of
 * what a node hands over only these four values are taken, in their exact forms: a kubeconfig may
 * name a program that kubectl runs here (`user.exec`).
 */
export function readAccess(text: string): ClusterAccess | undefined {
  const file = loose(parsed(text))
  const cluster = loose(loose(listOf(file.clusters)[0]).cluster)
  const user = loose(loose(listOf(file.users)[0]).user)
  const values = {
    server: cluster.server,
    ca: cluster['certificate-authority-data'],
    certificate: user['client-certificate-data'],
    key: user['client-key-data'],
  }
  const fits = ([name, value]: [string, unknown]) =>
    typeof value === 'string' && (name === 'server' ? server : base64).test(value)
  return Object.entries(values).every(fits) ? (values as ClusterAccess) : undefined
}

function parsed(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

/** The three entries of a kubeconfig, by the list each belongs to. */
const entriesOf = (access: ClusterAccess, names: AccessNames) => ({
  clusters: {
    name: names.cluster,
    cluster: { 'certificate-authority-data': access.ca, server: access.server },
  },
  contexts: {
    name: names.context,
    context: {
      cluster: names.cluster,
      ...(names.namespace === undefined ? {} : { namespace: names.namespace }),
      user: names.user,
    },
  },
  users: {
    name: names.user,
    user: { 'client-certificate-data': access.certificate, 'client-key-data': access.key },
  },
})

export interface Merged {
  readonly text: string
  /** Entries of another content that have given way: `the user k-lab-admin`. */
  readonly replaced: readonly string[]
  /** Whether anything differs from what was there. */
  readonly changed: boolean
  /** The context in use afterwards. */
  readonly current: string
}

/**
 * Puts a cluster, a user and a context into a kubeconfig. Whatever else it holds stays as it is,
 * comments too; the context in use changes only where there was none.
 *
 * @param text undefined where there is no file yet
 * @throws Error when the text is no kubeconfig
 */
export function mergeKubeconfig(
  text: string | undefined,
  access: ClusterAccess,
  names: AccessNames,
): Merged {
  const document = parseDocument(text?.trim() ? text : emptyFile)
  const [problem] = document.errors
  if (problem) throw new Error(problem.message.split('\n')[0])
  if (!isMap(document.contents)) throw new Error('it is no kubeconfig: its top is no map')
  const found = Object.entries(entriesOf(access, names)).map(([list, entry]) => ({
    entry: `the ${list.slice(0, -1)} ${entry.name}`,
    was: put(document, list, entry),
  }))
  const current = document.get('current-context')
  const isNew = typeof current !== 'string' || current === ''
  if (isNew) document.set('current-context', names.context)
  return {
    text: document.toString({ lineWidth: 0 }),
    replaced: found.filter(({ was }) => was === 'other').map(({ entry }) => entry),
    changed: isNew || found.some(({ was }) => was !== 'same'),
    current: isNew ? names.context : current,
  }
}

const emptyFile = 'apiVersion: v1\nkind: Config\npreferences: {}\n'

/** @returns what was there under this name */
function put(document: Document, list: string, entry: { readonly name: string }) {
  if (!isSeq(document.get(list))) document.set(list, document.createNode([]))
  const before = listOf(document.toJS()[list])
  const at = before.findIndex((one) => loose(one).name === entry.name)
  if (at < 0) {
    document.addIn([list], document.createNode(entry))
    return 'nothing'
  }
  if (sorted(before[at]) === sorted(entry)) return 'same'
  document.setIn([list, at], document.createNode(entry))
  return 'other'
}

/** The same text for the same content, in whatever order its keys are. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
