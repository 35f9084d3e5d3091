import * as v from 'valibot'
import { text } from './fields.ts'
import { patterns as form } from './patterns.ts'

const kubernetesUrl = 'https://pkgs.k8s.io/core:/stable:/v{minor}/rpm/'

const kubernetesSource = v.strictObject({
  baseurl: text(
    form.kubernetesBaseurl,
    'an http(s) URL; {minor}, $releasever and $basearch are replaced',
    'dnf repository of kubelet, kubeadm, kubectl. {minor} becomes the minor version.',
  ),
  gpgkey: text(
    form.kubernetesKey,
    'an http(s) URL; {minor} is replaced',
    'Key that signs the packages.',
  ),
  fingerprint: text(
    form.fingerprint,
    '40 hexadecimal digits',
    'Fingerprint of that key, compared before it is trusted.',
  ),
})

const containerdSource = v.strictObject({
  baseurl: text(
    form.containerdBaseurl,
    'an http(s) URL; $releasever and $basearch are replaced',
    'dnf repository of containerd.io.',
  ),
  gpgkey: text(form.containerdKey, 'an http(s) URL', 'Key that signs the packages.'),
  fingerprint: kubernetesSource.entries.fingerprint,
})

const crioUrl = 'https://download.opensuse.org/repositories/isv:/cri-o:/stable:/v{minor}/rpm/'
/** Where CRI-O's own key lies: https://github.com/cri-o/packaging */
export const crioKeyUrl = `${crioUrl}repodata/repomd.xml.key`

const crioSource = v.strictObject({
  baseurl: text(
    form.kubernetesBaseurl,
    'an http(s) URL; {minor}, $releasever and $basearch are replaced',
    'dnf repository of cri-o. {minor} becomes the minor version of Kubernetes.',
  ),
  gpgkey: kubernetesSource.entries.gpgkey,
  fingerprint: v.optional(
    text(
      form.fingerprint,
      '40 hexadecimal digits',
      'Fingerprint of that key. Without it the key that an https gpgkey gives first is trusted, and told.',
    ),
  ),
})

const manifestsSource = v.strictObject({
  calico: v.optional(
    text(
      form.calicoManifests,
      'an http(s) URL, or a folder; {version} is replaced in a URL',
      "Calico's manifests operator-crds.yaml and tigera-operator.yaml: a URL, or a folder beside this file. {version} becomes podNetwork.calico.version.",
    ),
    // https://docs.tigera.io/calico/3.32/getting-started/kubernetes/self-managed-onprem/onpremises
    'https://raw.githubusercontent.com/projectcalico/calico/{version}/manifests',
  ),
})

const binariesSource = v.strictObject({
  calicoctl: v.optional(
    text(
      form.calicoctl,
      'an http(s) URL; {version} and {arch} are replaced',
      'The program calicoctl. {version} becomes podNetwork.calico.version, {arch} amd64 or arm64.',
    ),
    'https://github.com/projectcalico/calico/releases/download/{version}/calicoctl-linux-{arch}',
  ),
})

export const sourcesSchema = v.strictObject({
  kubernetes: v.optional(kubernetesSource, {
    baseurl: kubernetesUrl,
    gpgkey: `${kubernetesUrl}repodata/repomd.xml.key`,
    // The key is called "isv:kubernetes OBS Project".
    fingerprint: 'DE15B14486CD377B9E876E1A234654DA9A296436',
  }),
  containerd: v.optional(containerdSource, {
    baseurl: 'https://download.docker.com/linux/centos/$releasever/$basearch/stable/',
    gpgkey: 'https://download.docker.com/linux/centos/gpg',
    // Docker Release (CE rpm): https://docs.docker.com/engine/install/centos/
    fingerprint: '060A61C51B558A7F742B77AAC52FEB6B621E9F35',
  }),
  // https://github.com/cri-o/packaging: the project publishes no fingerprint beside the key itself.
  crio: v.optional(crioSource, {
    baseurl: crioUrl,
    gpgkey: crioKeyUrl,
  }),
  images: v.optional(
    v.pipe(
      v.record(
        text(form.registry, 'a registry such as registry.k8s.io'),
        text(form.mirror, 'the URL of a mirror such as http://192.168.9.5:5000'),
      ),
      v.description(
        'Mirrors of image registries: registry, then URL. The registry itself comes second.',
      ),
    ),
    {},
  ),
  manifests: v.optional(
    v.pipe(manifestsSource, v.description('Where Kubernetes manifests come from.')),
    {},
  ),
  binaries: v.optional(
    v.pipe(binariesSource, v.description('Where single programs come from.')),
    {},
  ),
})
