import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  type CalicoChecksums,
  type CalicoFile,
  checksumOf,
  crdsFile,
  defaultCalico,
  manifestFiles,
} from '../../lib/calico-releases.ts'
import { KubestrapError } from '../../lib/errors.ts'
import { type Given, imagesIn } from './given.ts'
import { architecture } from './versions.ts'

/** How the cluster file is to ask for the Calico that a person brought. */
export interface GivenCalico {
  readonly calicoctl: boolean
  /** False: images of Calico were given, but not that of its API server. */
  readonly apiServer: boolean
  /** Of the files that the kit does not know, or knows otherwise. */
  readonly checksums: Partial<CalicoChecksums>
}

/** What Calico's documentation calls the CRDs since 3.32; the kit asks for the older name. */
const newerCrdsFile = 'v1_crd_projectcalico_org.yaml'
export const calicoctlName = `calicoctl-linux-${architecture.go}` as const

/** The name that a given file is served under. */
export function servedName(file: string): string {
  const name = basename(file)
  if (name === newerCrdsFile) return crdsFile
  return name === 'calicoctl' ? calicoctlName : name
}

/**
 * @throws KubestrapError KS-LAB-ARTIFACTS when Calico's manifests are not there: the lab's machines
 *   reach no other place that has them
 */
export async function calicoIn(given: Given | undefined): Promise<GivenCalico> {
  const files = [...(given?.manifests ?? []), ...(given?.bin ?? [])]
  const byName = new Map(files.map((path) => [servedName(path), path]))
  const missing = manifestFiles.filter((name) => !byName.has(name))
  if (missing.length > 0) throw noManifests(given?.folder, missing)
  const checksums: [CalicoFile, string][] = []
  for (const name of [...manifestFiles, calicoctlName]) {
    const path = byName.get(name)
    if (path === undefined) continue
    const found = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
    if (found !== checksumOf({ version: defaultCalico, checksums: {} }, name))
      checksums.push([name, found])
  }
  return {
    calicoctl: byName.has(calicoctlName),
    apiServer: hasApiServer(await givenImages(given)),
    checksums: Object.fromEntries(checksums),
  }
}

const givenImages = async (given: Given | undefined): Promise<readonly string[]> =>
  (await Promise.all((given?.images ?? []).map(imagesIn))).flat().flatMap(({ names }) => names)

/** Without any image of Calico nothing is known: more may come into the folder later. */
export function hasApiServer(names: readonly string[]): boolean {
  const ofCalico = names.filter((name) => name.startsWith('calico/'))
  return ofCalico.length === 0 || ofCalico.some((name) => name.startsWith('calico/apiserver:'))
}

function noManifests(folder: string | undefined, missing: readonly string[]): KubestrapError {
  const place = folder ?? 'DIR'
  return new KubestrapError({
    id: 'KS-LAB-ARTIFACTS',
    exit: 'usage',
    what: `the lab cannot serve Calico: ${missing.join(' and ')} ${missing.length > 1 ? 'were' : 'was'} not given`,
    unchanged: 'nothing was done',
    remedy: `put the manifests of Calico ${defaultCalico} into ${place}/manifests, its images into ${place}/images, and call: lab up --pod-network calico --artifacts ${place}`,
  })
}
