import type { Cluster, PackageSource } from '../../lib/cluster.ts'
import { proxyFor } from '../../lib/render/proxy.ts'
import { repositoryFile } from '../../lib/render/repository-file.ts'
import type { Step } from '../run/step.ts'
import { file } from './file.ts'
import { importedKey } from './imported-key.ts'
import { signingKey } from './signing-key.ts'

export interface WantedRepository {
  /** Id in dnf, and name of the file: `/etc/yum.repos.d/ID.repo`. */
  readonly id: string
  readonly title: string
  readonly source: PackageSource
  /** Packages that only a pinned install may touch, so that `dnf update` leaves them alone. */
  readonly exclude: readonly string[]
  /** Those of them that this node gets: its key is needed for as long as one is missing. */
  readonly packages: readonly string[]
  /** Says which proxy leads there. */
  readonly cluster: Cluster
}

/** Where the key of a repository is stored. */
export const keyPath = (id: string) => `/etc/pki/rpm-gpg/RPM-GPG-KEY-${id}`

/** A signed dnf repository: its key compared by fingerprint and stored, then its file. */
export function repository(want: WantedRepository): readonly Step[] {
  const { id, title, source, packages } = want
  const path = keyPath(id)
  const proxy = proxyFor(want.cluster, source.baseurl)
  return [
    signingKey({ title, source, path, packages }),
    importedKey({ title, path }),
    file({
      title: `Add the ${title} repository`,
      path: `/etc/yum.repos.d/${id}.repo`,
      content: repositoryFile({ ...want, keyFile: path, ...(proxy ? { proxy } : {}) }),
      why: `dnf installs ${title} from here, in signed packages only. exclude= keeps a system update from moving their versions.`,
    }),
  ]
}
