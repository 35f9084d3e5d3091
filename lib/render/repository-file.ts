import type { PackageSource } from '../cluster.ts'

export interface RepositoryFile {
  readonly id: string
  readonly title: string
  readonly source: PackageSource
  readonly exclude: readonly string[]
  /** The key as it was stored after its fingerprint was compared. */
  readonly keyFile: string
  /** For whoever calls dnf by hand; dnf called by a phase has it in its environment as well. */
  readonly proxy?: string
}

/** A dnf repository file (man dnf.conf). The key is the stored one, never fetched by dnf. */
export function repositoryFile({
  id,
  title,
  source,
  exclude,
  keyFile,
  proxy,
}: RepositoryFile): string {
  return [
    '# Written by kubestrap, phase prerequisites.',
    `[${id}]`,
    `name=${title}`,
    `baseurl=${source.baseurl}`,
    'enabled=1',
    'gpgcheck=1',
    `gpgkey=file://${keyFile}`,
    ...(proxy ? [`proxy=${proxy}`] : []),
    ...(exclude.length > 0 ? [`exclude=${exclude.join(' ')}`] : []),
    '',
  ].join('\n')
}
