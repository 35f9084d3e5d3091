import { manifestFiles } from '../../lib/calico-releases.ts'
import type { Stack } from '../stack.ts'
import { type Given, imagesIn, packageNames } from './given.ts'
import { versions } from './versions.ts'

/** Names of what a person brought. */
export interface Names {
  readonly packages: readonly string[]
  /** As the lab's registry has them: `kube-vip/kube-vip:v1.2.3`. */
  readonly images: readonly string[]
}

export async function namesOf(given: Given | undefined): Promise<Names> {
  const images = await Promise.all((given?.images ?? []).map(imagesIn))
  return {
    packages: await packageNames(given?.rpms ?? []),
    images: images.flat().flatMap(({ names }) => names),
  }
}

/** Which parts of the stack are real and which are stand-ins: nobody shall take one for the other. */
export function partLines(stack: Stack, { packages, images }: Names): readonly string[] {
  const kubeVip = `kube-vip/kube-vip:v${versions.kubeVip}`
  return [
    ...(stack.runtime === 'cri-o'
      ? [
          packages.includes('cri-o')
            ? 'CRI-O: the package that was given'
            : 'CRI-O: a stand-in, containerd does its work (no package cri-o in DIR/rpms)',
        ]
      : []),
    ...(stack.endpoint === 'kube-vip'
      ? [
          images.includes(kubeVip)
            ? 'kube-vip: the image that was given'
            : `kube-vip: a stand-in (no image ${kubeVip}, whatever its registry, in DIR/images)`,
        ]
      : []),
    ...(stack.podNetwork === 'calico' && !images.some((name) => name.startsWith('tigera/operator:'))
      ? [
          `Calico: its manifests (${manifestFiles.join(', ')}), but no image tigera/operator in DIR/images: nodes will not become Ready`,
        ]
      : []),
  ]
}
