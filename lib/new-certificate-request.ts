import { generateKeyPairSync, sign } from 'node:crypto'
import { tags, writeDer, writeOid } from './der.ts'

/** A fresh key and the request for a client certificate, both PEM. */
export interface NewRequest {
  /** Private: for its owner's file only. */
  readonly key: string
  readonly request: string
}

const oids = { commonName: '2.5.4.3', organization: '2.5.4.10', ecdsaSha256: '1.2.840.10045.4.3.2' }
const attributesTag = 0xa0

/**
 * Makes a P-256 key and a PKCS#10 request (RFC 2986) as Kubernetes reads it: the common name is
 * the user, each organization a group.
 * https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
 */
export function newClientRequest(user: string, groups: readonly string[]): NewRequest {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const info = writeDer(
    tags.sequence,
    writeDer(tags.integer, Buffer.from([0])),
    writeDer(
      tags.sequence,
      ...groups.map((group) => nameOf(oids.organization, group)),
      nameOf(oids.commonName, user),
    ),
    publicKey.export({ type: 'spki', format: 'der' }),
    writeDer(attributesTag),
  )
  const signature = sign('sha256', info, privateKey)
  const request = writeDer(
    tags.sequence,
    info,
    writeDer(tags.sequence, writeOid(oids.ecdsaSha256)),
    writeDer(tags.bits, Buffer.from([0]), signature),
  )
  return {
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    request: pem('CERTIFICATE REQUEST', request),
  }
}

/** A set of one attribute: `O=students`. */
const nameOf = (oid: string, value: string) =>
  writeDer(
    tags.set,
    writeDer(tags.sequence, writeOid(oid), writeDer(tags.utf8, Buffer.from(value))),
  )

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
