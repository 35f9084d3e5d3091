import { KubestrapError } from './errors.ts'
import { encryptionKeyForm } from './render/encryption-config.ts'

/** The values of join credentials; only `reveal()` gives them. */
export interface JoinSecrets {
  /** `address:port` of the control plane endpoint. */
  readonly endpoint: string
  /** Bootstrap token, `abcdef.0123456789abcdef`. */
  readonly token: string
  /** `sha256:` and 64 hex digits: hash of the cluster CA's public key. */
  readonly caCertHash: string
  /** Base64 of the cluster CA's certificate in PEM, as a kubeconfig holds it. */
  readonly caCertificate: string
  /** 64 hex digits; only for control planes. */
  readonly certificateKey?: string
  /** Base64 of the 32 bytes that Secrets are encrypted with in etcd; only for control planes. */
  readonly encryptionKey?: string
}

/**
 * What a node needs to join. Prints as `[join credentials]` everywhere: JSON, template strings,
 * util.inspect. The one deliberate way to the values is `reveal()`, for standard input only.
 */
export interface JoinCredentials {
  readonly reveal: () => JoinSecrets
  readonly toString: () => string
  readonly toJSON: () => string
}

const forms: Readonly<Record<keyof JoinSecrets, RegExp>> = {
  endpoint: /^(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\]):[0-9]{1,5}$/,
  token: /^[a-z0-9]{6}\.[a-z0-9]{16}$/,
  caCertHash: /^sha256:[0-9a-f]{64}$/,
  // `-----BEGIN CERTIFICATE-----`, and no more than a few certificates.
  caCertificate: /^LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t[A-Za-z0-9+/]{100,20000}={0,2}$/,
  certificateKey: /^[0-9a-f]{64}$/,
  encryptionKey: encryptionKeyForm,
}

const optional = ['certificateKey', 'encryptionKey']

/**
 * Takes what a node handed back and accepts it only in its exact form: a node that was taken over
 * must not be able to run something elsewhere through us.
 *
 * @throws KubestrapError KS-JOIN-CREDENTIALS; the text names the field, never its value.
 */
export function joinCredentials(value: unknown): JoinCredentials {
  const given = typeof value === 'object' && value !== null ? value : {}
  const wrong = Object.keys(given).filter((key) => !Object.hasOwn(forms, key))
  for (const [field, form] of Object.entries(forms)) {
    const found = (given as Record<string, unknown>)[field]
    if (found === undefined && optional.includes(field)) continue
    if (typeof found !== 'string' || !form.test(found)) wrong.push(field)
  }
  if (wrong.length > 0) {
    throw new KubestrapError({
      id: 'KS-JOIN-CREDENTIALS',
      exit: 'verification',
      what: `the join credentials are not in their exact form: ${wrong.map((w) => w.slice(0, 40)).join(', ')}`,
      remedy: 'issue new ones on a healthy control plane: sh join-credentials.mjs issue',
    })
  }
  return redacted({ ...(given as JoinSecrets) })
}

function redacted(secrets: JoinSecrets): JoinCredentials {
  const shown = '[join credentials]'
  return Object.freeze({
    reveal: () => secrets,
    toString: () => shown,
    toJSON: () => shown,
    // util.inspect and console.log ask for this symbol.
    [Symbol.for('nodejs.util.inspect.custom')]: () => shown,
  })
}
