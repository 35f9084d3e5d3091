import { X509Certificate } from 'node:crypto'
import type { CertificateSeen } from '../../lib/observed.ts'
import type { Machine } from '../run/machine.ts'
import { adminConf, kubeAccess, kubeletConf } from './kubeconfig.ts'

const kubernetes = '/etc/kubernetes'
const pki = `${kubernetes}/pki`

/** https://kubernetes.io/docs/setup/best-practices/certificates/ */
const folders = [pki, `${pki}/etcd`, `${pki}/etcd-external`]
const kubeconfigs = [
  adminConf,
  `${kubernetes}/super-admin.conf`,
  `${kubernetes}/controller-manager.conf`,
  `${kubernetes}/scheduler.conf`,
  kubeletConf,
]
/** The second one with serverTLSBootstrap only. */
const serving = ['kubelet.crt', 'kubelet-server-current.pem'].map(
  (name) => `/var/lib/kubelet/pki/${name}`,
)

/** Every certificate of Kubernetes on this machine, with its end: files, and those in kubeconfigs. */
export async function certificatesHere(on: Machine): Promise<readonly CertificateSeen[]> {
  const listed = await Promise.all(folders.map((folder) => certificatesIn(on, folder)))
  const files = await Promise.all(
    [...listed.flat(), ...serving].map(async (path) => seen(path, await on.read(path))),
  )
  const inside = await Promise.all(
    kubeconfigs.map(async (path) => seen(path, (await kubeAccess(on, path))?.cert)),
  )
  return [...files, ...inside].flatMap((one) => one ?? [])
}

async function certificatesIn(on: Machine, folder: string): Promise<readonly string[]> {
  const names = await on.list(folder).catch(() => [])
  return names.filter((name) => /^[\w.-]+\.crt$/.test(name)).map((name) => `${folder}/${name}`)
}

function seen(path: string, pem: string | undefined): CertificateSeen | undefined {
  if (pem === undefined) return undefined
  try {
    return { path, expires: new Date(new X509Certificate(pem).validTo).toISOString() }
  } catch {
    return undefined
  }
}
