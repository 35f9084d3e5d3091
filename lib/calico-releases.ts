/**
 * What is known of Calico's releases. SHA-256 of the two manifests are those of the release's tag in
 * https://github.com/projectcalico/calico/tree/v3.32.1/manifests. Of calicoctl they are copied from
 * https://github.com/kubernetes-sigs/kubespray (vars/main/checksums.yml of 2026-08-21), which has
 * none of 3.32. Checksums are kept here and not fetched: who could change a file at its place could
 * change a list beside it, too.
 */
export interface CalicoChecksums {
  readonly 'operator-crds.yaml': string
  readonly 'tigera-operator.yaml': string
  readonly 'calicoctl-linux-amd64'?: string
  readonly 'calicoctl-linux-arm64'?: string
}

export type CalicoFile = keyof CalicoChecksums

export const defaultCalico = 'v3.32.1'

/**
 * The custom resource definitions. Since 3.32 the documentation calls the file
 * v1_crd_projectcalico_org.yaml; the same bytes are still published under the older name.
 */
export const crdsFile = 'operator-crds.yaml'
export const operatorFile = 'tigera-operator.yaml'
export const manifestFiles = [crdsFile, operatorFile] as const

/** The program's file for a machine, by what `uname -m` calls it; undefined: there is none. */
export const calicoctlFile = (machine: string): CalicoFile | undefined => programs[machine]

const programs: Readonly<Record<string, CalicoFile>> = {
  x86_64: 'calicoctl-linux-amd64',
  aarch64: 'calicoctl-linux-arm64',
}

const releases: Readonly<Record<string, CalicoChecksums>> = {
  'v3.30.7': {
    'operator-crds.yaml': '53b2e2791915809db8016b72d4ceac9d1dd529d053984eb203c06b94c6639ee3',
    'tigera-operator.yaml': 'bcc9f89c1847ee5237c29c1b7e4a67c86296cb0139619093df6ca98ec14abf18',
    'calicoctl-linux-amd64': '087e1547878913587ebaa756686f38184a730e9af9b71f3d91b92f6c99b60c11',
    'calicoctl-linux-arm64': 'e62d6f909d72bfd8876a363c3f49cda722d7bfdb282a4bbdeca38dd7e26e7578',
  },
  'v3.31.7': {
    'operator-crds.yaml': '380414d5756e9a1af29ddb1ad70cada07aa344ae7a2680ba7355248621f8adbf',
    'tigera-operator.yaml': '092c10b3d0cb73617aca51367ca59755348f4647e6d2e63fa4e5b81266203214',
    'calicoctl-linux-amd64': '1b91928adc39861ba5e04d8d15c4ce489731269b07a8e7444c0fdf677f041113',
    'calicoctl-linux-arm64': 'd7adff41398cb77b97451bf238022376382725ff231228f78b3ebc35d9fb9fda',
  },
  'v3.32.0': {
    'operator-crds.yaml': 'd9fe9189f1003ea80d93fb4776bfbadfffa42a470909cd2494a0003197cb1a9a',
    'tigera-operator.yaml': 'e48fe027f8be3d9136a012a32450f1eabc4c5257c0b76083cd1ab32316637d47',
  },
  'v3.32.1': {
    'operator-crds.yaml': '192f8b2d934ef24b62e86b7e1a6e1762d1c8af26a916f78057bc13fa5ed60f71',
    'tigera-operator.yaml': 'f18e073794207d372606bc3ea6f8fd73972f86d6828f4ba666dfe0d4aa8ab07f',
  },
}

export const knownCalico: readonly string[] = Object.keys(releases)

/** SHA-256 that a file of a release has; what the cluster file says counts more. */
export function checksumOf(
  { version, checksums }: CalicoVersion,
  file: CalicoFile,
): string | undefined {
  return checksums[file]?.toLowerCase() ?? releases[version]?.[file]
}

export interface CalicoVersion {
  /** `v3.32.1` */
  readonly version: string
  readonly checksums: Partial<CalicoChecksums>
}

/** `http://mirror/calico/{version}` and a file's name as one URL. */
export const calicoUrl = (base: string, version: string, file: string): string =>
  `${base.replaceAll('{version}', version).replace(/\/*$/, '')}/${file}`
