import type { Symptom } from './page.ts'

export const packages: Symptom = {
  title: 'Packages, keys and images do not come',
  about:
    'The step and the last lines of dnf or curl say which URL. Try it on that node: `curl -IL URL`. Nothing is half installed: dnf works in transactions, and the same command can be given again. Everything that can be replaced by a mirror is below `sources`: [sources.md](sources.md) has mirrors, proxy, and what to do when a key ends.',
  errors: {
    'KS-VERSION-UNKNOWN': {
      says: 'the newest patch of Kubernetes <1.36> could not be asked',
      means:
        'The cluster file names a minor version; the node asks the repository for its newest patch, and got no answer.',
      todo: 'Check that the node reaches the repository, or write the exact version (`"1.36.3"`): then nobody is asked.',
      unchanged: 'Nothing.',
    },
    'KS-NODE-INSTALL': {
      says: 'dnf could not install Node.js, which the phases need',
      means:
        'It is the first thing a bare machine fetches, from its own repositories: so it is the first to meet a missing way out.',
      todo: '`dnf install nodejs` on the node says more. Behind a proxy set `proxy` in the cluster file (by hand: `--proxy URL`); without internet the machine needs mirrors of its own repositories: [sources.md](sources.md).',
      unchanged: 'Nothing was installed.',
    },
    'KS-SOURCE-UNREACHABLE': {
      says: 'a source of packages, keys or images could not be reached from this node',
      means: 'No DNS, no route, a firewall, or a proxy that is not known to the kit.',
      todo: '`getent hosts pkgs.k8s.io` and `curl -IL URL` on the node. Behind a proxy set `proxy` in the cluster file; without internet name mirrors under `sources`.',
    },
    'KS-DISK-FULL': {
      says: 'no space is left on a disk of the node',
      means:
        'Packages, images, or what kubeadm and etcd write found no room. To dnf it looks like a failed download, to kubeadm like an API server that does not start.',
      todo: '`df -h` and `df -i` on the node show which. `dnf clean all`, `journalctl --vacuum-size=100M`, or a larger disk; then run the same command again.',
    },
    'KS-SOURCE-ANSWER': {
      says: 'a source of packages, keys or images answers, but does not have what was asked for',
      means:
        '404 or another refusal: a wrong URL, a version that does not exist, a mirror that is behind.',
      todo: 'Open the URL in a browser. Check `kubernetesVersion` and `sources`.',
    },
    'KS-PROXY': {
      says: 'the proxy does not let this through, or cannot be reached',
      means: 'The proxy itself said no (403, 407), or does not answer.',
      todo: 'Ask for the server that is named to be allowed. Addresses the proxy must not be asked for belong into `proxy.noProxy`; the cluster’s own are there already.',
    },
    'KS-TLS': {
      says: "the server's certificate <has expired ...>",
      means:
        'The connection is not trusted. It has nothing to do with the key that signs packages. Five texts: not valid yet (this machine’s clock is slow), expired, for another name, signed by nobody whom this machine trusts, or not to be verified at all.',
      todo: '`timedatectl` first. A proxy that opens TLS needs its CA in `/etc/pki/ca-trust/source/anchors/` and `update-ca-trust`. If it is none of these do not go on: somebody may stand between.',
    },
    'KS-KEY-FINGERPRINT': {
      says: 'the signing key at <URL> is not the expected one',
      means:
        'The fingerprint in the cluster file (or the one the kit knows) is not that of the key that was fetched.',
      todo: 'Compare with the publisher’s announcement. Only then change `sources.*.fingerprint`.',
    },
    'KS-KEY-EXPIRED': {
      says: 'the key that signs the packages has expired: nothing was installed',
      means:
        'The key of pkgs.k8s.io ends on 2026-12-29 unless it is extended (it was before). dnf keeps the copy it imported first, so an extension does not reach it by itself.',
      todo: 'Check the clock. Then run again: the key is fetched anew. If it stays, the repository of a newer minor version may have the extended key.',
    },
    'KS-KEY-REVOKED': {
      says: 'the signing key at <URL> is the expected one, but it is <revoked>',
      means: 'Its owner has taken it back: somebody else may have it.',
      todo: 'Look for the announcement with the new key and its fingerprint. Do not go on with the old one.',
    },
    'KS-CHECKSUM': {
      says: '<URL> is not the expected file',
      means:
        'The SHA-256 of a file that was fetched is not the one the kit knows, or the cluster file names. The file was deleted.',
      todo: 'Look at what its place gives (`curl --location URL`): a proxy or a captive portal may answer with a page of its own. A mirror that changes the file: `podNetwork.calico.checksums`. Else do not go on.',
    },
    'KS-PACKAGE-SIGNATURE': {
      says: 'a package or its repository is not signed with the expected key: nothing was installed',
      means:
        'An unsigned package, or another key: a mirror that signs by itself, or something that was put in.',
      todo: 'For a mirror of your own give its `gpgkey` and `fingerprint` under `sources`. Else do not go on.',
    },
    'KS-PACKAGE-MISSING': {
      says: 'the repositories do not have a wanted package in the wanted version',
      means: 'The version was never published, or the mirror does not have it yet.',
      todo: '`dnf --disablerepo=* --enablerepo=kubestrap-kubernetes --disableexcludes=all list --showduplicates kubeadm` on the node shows what there is.',
    },
    'KS-PACKAGE-EXCLUDED': {
      says: 'dnf leaves a wanted package out: an exclude= or versionlock of this machine names it',
      means:
        'Somebody else keeps the package out. Our own `exclude=` lines are switched off for our own installations.',
      todo: '`grep -r exclude /etc/dnf/dnf.conf /etc/yum.repos.d/` and `dnf versionlock list`.',
    },
    'KS-PACKAGE-LOCKED': {
      says: 'dnf versionlock keeps a wanted package out',
      means: 'The lines name the locks.',
      todo: '`dnf versionlock delete PACKAGE`, or set `kubernetesVersion` to the locked version.',
      unchanged: 'No package was installed, removed or replaced.',
    },
    'KS-PACKAGE-OTHER-VERSION': {
      says: 'another version is already installed, and is not overwritten',
      means:
        'kubelet, kubeadm or kubectl are there in another version: of an older try, or because something updated them.',
      todo: 'Set `kubernetesVersion` to what is installed; or on a machine without a cluster `dnf remove kubelet kubeadm kubectl` and run again.',
      unchanged: 'No package was installed, removed or replaced.',
    },
    'KS-PACKAGE-FOREIGN': {
      says: 'another installation of the same program is on this machine, and is not overwritten',
      means:
        'The program comes from a package of another name, or lies in a folder that is searched first.',
      todo: 'Remove it, if nothing needs it: `dnf remove PACKAGE`, or the file.',
      unchanged: 'No package was installed, removed or replaced.',
    },
  },
  messages: [
    {
      from: 'kubectl describe pod, with CRI-O',
      says: 'short name mode is enforcing, but image name <alpine:3> returns ambiguous list',
      means: 'CRI-O since 1.34 does not guess the registry of an image without one.',
      todo: 'Write the whole name: `docker.io/library/alpine:3`.',
    },
    {
      from: 'kubectl describe pod',
      says: 'Back-off pulling image',
      means: 'The node cannot pull the image; the reason is in an event a few lines above.',
      todo: 'On that node `sudo crictl pull IMAGE`. Behind a proxy or with mirrors: `sources.images`.',
    },
    {
      from: 'dnf',
      says: 'Error: Failed to download metadata for repo',
      means: 'A repository of the machine does not answer; it need not be one of ours.',
      todo: '`dnf repolist`; switch off what you do not need: `dnf config-manager --set-disabled REPO`.',
    },
  ],
}
