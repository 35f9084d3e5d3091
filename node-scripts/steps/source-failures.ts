import { type ErrorDetails, KubestrapError } from '../../lib/errors.ts'

/**
 * curl, dnf and the container runtimes tell what went wrong by text alone. The cases that need
 * another remedy get a name: a signing key, a TLS certificate, a proxy, a mirror are mended by
 * different people.
 */
interface Known extends Required<Pick<ErrorDetails, 'id' | 'exit' | 'what' | 'remedy'>> {
  readonly sign: RegExp
}

/** An error of a command that fetched something, with a name and a remedy if its text is known. */
export function explained(error: unknown): unknown {
  if (!(error instanceof KubestrapError)) return error
  const text = (error.details.lines ?? []).join('\n')
  const known = failures.find(({ sign }) => sign.test(text))
  if (!known) return error
  const { id, exit, what, remedy } = known
  return new KubestrapError({ ...error.details, id, exit, what, remedy }, { cause: error })
}

const notTheKey = "this is about TLS, not about the packages' signing key"

const signatures: readonly Known[] = [
  {
    // rpm with Sequoia says "not live". curl speaks of an "SSH remote key" when a certificate expired.
    sign: /key is not live|EXPKEYSIG|\b(?:signing|public|primary|gpg) key\b[^[\n]{0,80}\bexpired/i,
    id: 'KS-KEY-EXPIRED',
    exit: 'verification',
    what: 'the key that signs the packages has expired: nothing was installed',
    remedy:
      'run the same command again: an extended key is fetched then; see docs/sources.md if it stays',
  },
  {
    sign: /not signed|GPG check FAILED|is not installed\. Failing package|bad GPG signature|Public key for .* is not installed|repomd\.xml GPG signature verification error/i,
    id: 'KS-PACKAGE-SIGNATURE',
    exit: 'verification',
    what: 'a package or its repository is not signed with the expected key: nothing was installed',
    remedy: 'check sources.*.gpgkey and .fingerprint in the cluster file, or the mirror',
  },
]

const tls: readonly Known[] = [
  {
    sign: /certificate is not yet valid/i,
    what: `the server's certificate is not valid yet: ${notTheKey}`,
    remedy: "this machine's clock is slow: look at `timedatectl`, start chronyd",
  },
  {
    sign: /certificate has expired/i,
    what: `the server's certificate has expired: ${notTheKey}`,
    remedy:
      "compare this machine's clock (`timedatectl`); if it is right the publisher has to renew it: wait, or name a mirror under sources",
  },
  {
    sign: /no alternative certificate subject name|does not match target host name|certificate is valid for .*, not /i,
    what: `the server's certificate is for another name: ${notTheKey}`,
    remedy: 'check the URL under sources; a proxy or a captive portal may stand between',
  },
  {
    sign: /self[- ]signed certificate|unable to get (?:local )?issuer certificate|unknown authority/i,
    what: `the server's certificate is signed by nobody whom this machine trusts: ${notTheKey}`,
    remedy:
      'if a proxy of your own opens TLS, copy its CA certificate to /etc/pki/ca-trust/source/anchors/ and run update-ca-trust; else do not go on: somebody stands between',
  },
  {
    // A package called openssl is no TLS problem.
    sign: /\b(?:certificate|SSL|TLS)\b|x509:/i,
    what: `the server could not be verified: ${notTheKey}`,
    remedy: "check the machine's clock, its CA certificates, and whether a proxy stands between",
  },
].map((one) => ({ ...one, id: 'KS-TLS', exit: 'verification' as const }))

const proxyHint =
  'behind a proxy set `proxy:` in the cluster file; offline name mirrors under `sources:` (docs/sources.md)'

const connections: readonly Known[] = [
  {
    // The proxy's own answers, before the server was asked.
    sign: /from proxy after CONNECT|CONNECT tunnel failed|resolve proxy|proxyconnect|Proxy Authentication Required|error: 407|Status code: 407/i,
    id: 'KS-PROXY',
    exit: 'phaseFailed',
    what: 'the proxy does not let this through, or cannot be reached',
    remedy:
      'check `proxy:` in the cluster file, and that the proxy allows the server named above; servers it must not be asked for belong into proxy.noProxy',
  },
  {
    sign: /filtered out by exclude filtering|All matches were filtered out/i,
    id: 'KS-PACKAGE-EXCLUDED',
    exit: 'conflict',
    what: 'dnf leaves a wanted package out: an exclude= or versionlock of this machine names it',
    remedy: 'see `grep exclude /etc/dnf/dnf.conf /etc/yum.repos.d/*` and `dnf versionlock list`',
  },
  {
    sign: /No match for argument|Unable to find a match/i,
    id: 'KS-PACKAGE-MISSING',
    exit: 'phaseFailed',
    what: 'the repositories do not have a wanted package in the wanted version',
    remedy: 'check kubernetesVersion and sources in the cluster file',
  },
  {
    sign: /returned error: (?:4|5)\d\d|Status code: \d+/i,
    id: 'KS-SOURCE-ANSWER',
    exit: 'phaseFailed',
    what: 'a source of packages, keys or images answers, but does not have what was asked for',
    remedy: `check the URL under sources in the cluster file, and kubernetesVersion; ${proxyHint}`,
  },
  {
    sign: /Could(?:n't| not) (?:resolve host|connect)|Failed to connect|Connection timed out|Operation timed out|Timeout was reached|Connection refused|No route to host|no such host|i\/o timeout|Cannot download|Failed to download|Curl error/i,
    id: 'KS-SOURCE-UNREACHABLE',
    exit: 'phaseFailed',
    what: 'a source of packages, keys or images could not be reached from this node',
    remedy: `try the URL above with curl on the node; ${proxyHint}`,
  },
]

/** curl calls it a write that failed, with exit code 23; to dnf that is a download like any other. */
const disk: Known = {
  sign: /no space left on device|curl(?: error)?:? \(23\)|Failure writing output to destination|more space needed on/i,
  id: 'KS-DISK-FULL',
  exit: 'phaseFailed',
  what: 'no space is left on a disk of the node',
  remedy:
    'see which: df -h; free some of it (dnf clean all; journalctl --vacuum-size=100M), or make it larger, then run the same command again',
}

const failures: readonly Known[] = [disk, ...signatures, ...tls, ...connections]
