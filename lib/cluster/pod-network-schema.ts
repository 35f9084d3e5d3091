import * as v from 'valibot'
import { defaultCalico } from '../calico-releases.ts'
import { filePath, text, wholeNumber } from './fields.ts'
import { patterns as form } from './patterns.ts'

/** Who connects the pods when the file does not say. */
export const defaultPodNetwork = 'calico'

const yesOrNo = (standard: boolean, about: string) =>
  v.optional(v.pipe(v.boolean(), v.description(about)), standard)

/** What is wanted in place of a version of Calico that is not accepted, with the reason. */
function wantedCalico(found: string): string {
  const [, major = '', minor = ''] = /^v?(\d+)\.(\d+)(?:\.\d+)?$/.exec(found) ?? []
  const number = Number(major) * 1000 + Number(minor)
  if (major === '' || (number >= 3030 && number <= 3032))
    return `a release such as ${defaultCalico}`
  return number > 3032
    ? 'v3.30 to v3.32: 3.33 and later bring other CRDs by default (native v3) and were not tried'
    : 'v3.30 to v3.32: older releases keep their CRDs elsewhere and were not tried'
}

const sha256 = v.optional(
  text(form.sha256, 'a SHA-256: 64 hexadecimal digits', 'SHA-256 of this file.'),
)

const checksums = v.strictObject({
  'operator-crds.yaml': sha256,
  'tigera-operator.yaml': sha256,
  'calicoctl-linux-amd64': sha256,
  'calicoctl-linux-arm64': sha256,
})

const calico = v.strictObject({
  version: v.optional(
    text(form.calicoVersion, wantedCalico, 'Release of Calico, v3.30 to v3.32.'),
    defaultCalico,
  ),
  encapsulation: v.optional(
    v.pipe(
      v.picklist(['VXLANCrossSubnet', 'VXLAN', 'IPIPCrossSubnet', 'IPIP', 'None']),
      v.description(
        'How packets of pods travel between nodes. CrossSubnet: as they are inside one network, wrapped between networks. None: as they are.',
      ),
    ),
    'VXLANCrossSubnet',
  ),
  bgp: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'Nodes tell each other their routes by BGP. If not given: not with VXLAN, which needs none; else yes.',
      ),
    ),
  ),
  mtu: v.optional(
    wholeNumber(
      1280,
      65_485,
      'Largest packet of pods, in bytes. If not given Calico finds it out from the nodes.',
    ),
  ),
  blockSize: v.optional(
    wholeNumber(
      20,
      128,
      'Prefix of the blocks of addresses that nodes take from podSubnet (26, with IPv6 122, if not given). It stays for ever.',
    ),
  ),
  natOutgoing: yesOrNo(true, 'Pods talk to the world with the address of their node.'),
  apiServer: yesOrNo(true, "Calico's API server: kubectl then knows its policies and pools."),
  calicoctl: yesOrNo(true, 'The program calicoctl of the same version on control planes.'),
  checksums: v.optional(
    v.pipe(
      checksums,
      v.description(
        'SHA-256 of files of the release, where kubestrap does not know them or a mirror has others.',
      ),
    ),
    {},
  ),
})

export const podNetworkSchema = v.strictObject({
  provider: v.optional(
    v.pipe(
      v.picklist(['bridge', 'calico', 'none']),
      v.description(
        'bridge: the CNI bridge plugin and routes between nodes of one network. calico: Calico by the Tigera operator. none: you bring your own.',
      ),
    ),
    defaultPodNetwork,
  ),
  calico: v.optional(v.pipe(calico, v.title('Calico'), v.description('With calico only.')), {}),
  manifests: v.optional(
    v.pipe(
      v.array(text(form.filePath, filePath)),
      v.description('With none: manifests to apply, relative to the folder of this file.'),
    ),
    [],
  ),
})
