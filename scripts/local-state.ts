import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { KubestrapError } from '../lib/errors.ts'
import { ownerFile } from './left-connections.ts'

/** Where the orchestrator keeps what belongs to one cluster, on the admin's computer. */
export interface LocalState {
  /** Beside the cluster file: `.kubestrap/NAME`, root-only for its owner. */
  readonly folder: string
  /** Host keys of this cluster's nodes and of no others. */
  readonly knownHosts: string
  /** Host keys that several nodes share: for this run only. */
  readonly knownClones: string
  readonly kubeconfig: string
  /** Logs of this run: `runs/TIME`. */
  readonly logs: string
  /** Sockets of the ssh connections; short, for a socket's path may have about 100 characters. */
  readonly sockets: string
}

export function localState(clusterFile: string, name: string): LocalState {
  const folder = join(dirname(resolve(clusterFile)), '.kubestrap', name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const runtime = process.env.XDG_RUNTIME_DIR
  const base = runtime && existsSync(runtime) ? runtime : tmpdir()
  const time = new Date().toISOString().replace(/[:.]/g, '-')
  const sockets = mkdtempSync(join(base, 'ks-'))
  writeFileSync(join(sockets, ownerFile), String(process.pid))
  return {
    folder,
    knownHosts: join(folder, 'known_hosts'),
    knownClones: join(sockets, 'known_clones'),
    kubeconfig: join(folder, 'kubeconfig'),
    logs: join(folder, 'runs', time),
    sockets,
  }
}

/** A file that only its owner may read from the moment it is there; whole or not at all. */
export function writePrivate(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  writeFileSync(temporary, content, { mode: 0o600, flag: 'wx' })
  chmodSync(temporary, 0o600)
  renameSync(temporary, path)
}

/** What is said in place of overwriting a file that somebody named. */
export function fileExists(path: string, flag = '--out'): KubestrapError {
  return new KubestrapError({
    id: 'KS-FILE-EXISTS',
    exit: 'usage',
    what: `${path} is already there, and is not overwritten`,
    remedy: `give another ${flag}, or move the file away`,
  })
}
