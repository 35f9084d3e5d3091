/**
 * Texts of nodes are made to be handed on: logs and settings without what opens anything. The forms
 * are those that Kubernetes uses; a form too many costs a word of a log, one too few a cluster.
 */
const forms: readonly (readonly [RegExp, string])[] = [
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
    '(private key)',
  ],
  // The same in base64, as kubeconfigs and Secrets hold it, certificates included.
  [/LS0tLS1CRUdJTi[A-Za-z0-9+/=]+/g, '(PEM in base64)'],
  // https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#token-format
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, '(bootstrap token)'],
  // A token of a service account: RFC 7519.
  [/\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, '(token)'],
  [/(\/\/)[^\s/@:]+:[^\s/@]+@/g, '$1(password)@'],
  [
    /((?:client-key-data|certificate-?key|tls-private-key|password|passwd|secret|bearer|token)["']?\s*[:= ]\s*["']?)(?!\()[A-Za-z0-9+/=_.-]{12,}/gi,
    '$1(removed)',
  ],
  // kubeadm's certificate key is 32 bytes in hexadecimal digits, as are ids of containers: their
  // beginning stays, to find a container by, and nobody guesses the rest.
  [/\b(?<!sha256:)([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1...'],
]

/** A text without private keys, tokens, passwords and certificate keys. */
export const withoutSecrets = (text: string): string =>
  forms.reduce((rest, [form, instead]) => rest.replaceAll(form, instead), text)
