import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { test } from 'node:test'
import { workerRequest } from '../test/serving-request.ts'
import { readCertificateRequest } from './certificate-request.ts'
import { plainCluster } from './example-cluster.ts'
import {
  isPending,
  type SigningRequest,
  servingProblems,
  servingSigner,
} from './serving-request.ts'

const cluster = plainCluster()
const node = 'k-worker-1'

// --- requests as bytes, also such as no tool would make

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts)
  const length =
    value.length < 0x80
      ? [value.length]
      : value.length < 0x100
        ? [0x81, value.length]
        : [0x82, value.length >> 8, value.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), value])
}

const oids = {
  cn: '0603550403',
  o: '060355040a',
  ou: '060355040b',
  extensionRequest: '06092a864886f70d01090e',
  challengePassword: '06092a864886f70d010907',
  subjectAltName: '0603551d11',
  basicConstraints: '0603551d13',
  ecdsaSha256: '06082a8648ce3d040302',
}
const oid = (name: keyof typeof oids) => Buffer.from(oids[name], 'hex')
const sequence = (...parts: Buffer[]) => der(0x30, ...parts)
const part = (type: keyof typeof oids, text: string) =>
  der(0x31, sequence(oid(type), der(0x13, Buffer.from(text, 'latin1'))))
const dns = (name: string) => der(0x82, Buffer.from(name, 'latin1'))
const ip = (...bytes: number[]) => der(0x87, Buffer.from(bytes))

interface Parts {
  readonly subject?: Buffer
  readonly names?: readonly Buffer[]
  readonly extensions?: Buffer
  readonly attributes?: Buffer
  readonly version?: number
  readonly signer?: KeyObject
  readonly after?: Buffer
}

const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const goodSubject = sequence(part('o', 'system:nodes'), part('cn', `system:node:${node}`))
const goodNames = [dns(node), ip(192, 168, 9, 141)]
const extension = (...names: readonly Buffer[]) =>
  sequence(oid('subjectAltName'), der(0x04, sequence(...names)))
const requested = (...extensions: Buffer[]) =>
  sequence(oid('extensionRequest'), der(0x31, sequence(...extensions)))

function pem(parts: Parts = {}): string {
  const { subject = goodSubject, names = goodNames, version = 0, signer = own.privateKey } = parts
  const key = own.publicKey.export({ type: 'spki', format: 'der' })
  const attributes = parts.attributes ?? requested(parts.extensions ?? extension(...names))
  const info = sequence(der(0x02, Buffer.from([version])), subject, key, der(0xa0, attributes))
  const signature = der(0x03, Buffer.from([0]), sign('sha256', info, signer))
  const whole = sequence(
    info,
    sequence(oid('ecdsaSha256')),
    signature,
    parts.after ?? Buffer.alloc(0),
  )
  return pemOf(whole)
}

const pemOf = (whole: Buffer) =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${whole.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE REQUEST-----\n`

const request = (text: string, spec: Partial<SigningRequest['spec']> = {}): SigningRequest => ({
  metadata: { name: 'csr-abcde' },
  spec: {
    request: Buffer.from(text).toString('base64'),
    signerName: servingSigner,
    usages: ['digital signature', 'server auth'],
    username: `system:node:${node}`,
    groups: ['system:nodes', 'system:authenticated'],
    ...spec,
  },
})

test('what a kubelet asks for, for its own name and address, fits', () => {
  assert.deepEqual(servingProblems(cluster, request(pem())), [])
  assert.deepEqual(servingProblems(cluster, request(workerRequest)), [])
  assert.deepEqual(servingProblems(cluster, request(pem({ names: [dns(node)] }))), [])
  const usages = ['key encipherment', 'digital signature', 'server auth']
  assert.deepEqual(servingProblems(cluster, request(pem(), { usages })), [])
})

test('IPv6 is compared in its one spelling', () => {
  const six = { ...cluster, nodes: cluster.nodes.map((one) => ({ ...one, address: 'fd00::1' })) }
  const bytes = [0xfd, ...Array<number>(14).fill(0), 1]
  assert.deepEqual(servingProblems(six, request(pem({ names: [ip(...bytes)] }))), [])
  // An IPv4 address written as IPv6 is another one for some programs: not the file's.
  const mapped = [...Array<number>(10).fill(0), 0xff, 0xff, 192, 168, 9, 141]
  const [problem] = servingProblems(cluster, request(pem({ names: [ip(...mapped)] })))
  assert.match(problem ?? '', /^the address ::ffff:\S+ is not that of k-worker-1/)
})

const foreign: readonly [string, Partial<SigningRequest['spec']>, RegExp][] = [
  ['an administrator', { username: 'kubernetes-admin' }, /kubernetes-admin is no node/],
  ['a node that is not in the file', { username: 'system:node:x' }, /no node of the cluster file/],
  ['another node of the file', { username: 'system:node:k-master-1' }, /its subject is/],
  ['nobody', { username: '' }, /no node/],
  ['a node by name only', { groups: ['system:authenticated'] }, /not in the group/],
  ['another signer', { signerName: 'kubernetes.io/kube-apiserver-client' }, /another signer/],
  ['a client', { usages: ['digital signature', 'client auth'] }, /wants the usage client auth/],
  ['a CA', { usages: ['digital signature', 'server auth', 'cert sign'] }, /usage cert sign/],
  ['nothing', { usages: [] }, /lacks the usage server auth/],
]
for (const [who, spec, wanted] of foreign)
  test(`refused: asked by or for ${who}`, () => {
    assert.match(servingProblems(cluster, request(pem(), spec)).join('; '), wanted)
  })

const cn = part('cn', `system:node:${node}`)
const contents: readonly [string, Parts, RegExp][] = [
  ['another name', { names: [dns('kubernetes.default')] }, /the name kubernetes\.default is not/],
  ['its name and one more', { names: [...goodNames, dns('k-master-1')] }, /the name k-master-1/],
  ['another address', { names: [ip(192, 168, 9, 120)] }, /the address 192\.168\.9\.120/],
  ['every name', { names: [dns('*')] }, /the name \* is not/],
  ['no name', { names: [] }, /no DNS name and no address/],
  ['a URI', { names: [der(0x86, Buffer.from('spiffe://x'))] }, /neither DNS name nor address/],
  ['an e-mail', { names: [der(0x81, Buffer.from('a@b'))] }, /neither DNS name nor address/],
  ['half an address', { names: [ip(192, 168)] }, /no known length/],
  ['a NUL in its name', { names: [dns(`${node}\0.evil`)] }, /unusual character/],
  [
    'another node as subject',
    { subject: sequence(part('o', 'system:nodes'), part('cn', 'system:node:k-master-1')) },
    /CN=system:node:k-master-1/,
  ],
  [
    'a second organisation',
    { subject: sequence(part('o', 'system:nodes'), part('o', 'system:masters'), cn) },
    /O=system:masters/,
  ],
  ['two names as subject', { subject: sequence(part('o', 'system:nodes'), cn, cn) }, /CN=.*CN=/],
  ['no organisation', { subject: sequence(cn) }, /its subject is/],
  [
    'a unit',
    { subject: sequence(part('o', 'system:nodes'), cn, part('ou', 'x')) },
    /unknown part of the subject, 2\.5\.4\.11/,
  ],
  [
    'to be a CA',
    {
      extensions: Buffer.concat([
        extension(...goodNames),
        sequence(oid('basicConstraints'), der(0x04, sequence(der(0x01, Buffer.from([0xff]))))),
      ]),
    },
    /more than one extension/,
  ],
  [
    'only to be a CA',
    { extensions: sequence(oid('basicConstraints'), der(0x04, sequence())) },
    /unknown extension, 2\.5\.29\.19/,
  ],
  [
    'names twice',
    { extensions: Buffer.concat([extension(...goodNames), extension(dns('x'))]) },
    /more than one extension/,
  ],
  [
    'two lists of extensions',
    {
      attributes: Buffer.concat([
        requested(extension(...goodNames)),
        requested(extension(dns('x'))),
      ]),
    },
    /an attribute other/,
  ],
  [
    'a password',
    { attributes: sequence(oid('challengePassword'), der(0x31, der(0x13, Buffer.from('x')))) },
    /an attribute other/,
  ],
  ['in another version', { version: 1 }, /another version/],
  [
    'with the key of somebody else',
    { signer: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey },
    /not that of its key/,
  ],
  ['with something behind', { after: der(0x04) }, /something follows/],
]
for (const [what, parts, wanted] of contents)
  test(`refused: ${what}`, () => {
    assert.match(servingProblems(cluster, request(pem(parts))).join('; '), wanted)
  })

test('bytes that are no request are refused, and nothing else happens', () => {
  const whole = Buffer.from(workerRequest.replace(/-----.*-----|\n/g, ''), 'base64')
  for (let end = 0; end < whole.length; end += 1)
    assert.throws(() => readCertificateRequest(pemOf(whole.subarray(0, end))), Error)
  for (const text of [
    '',
    'text',
    workerRequest + workerRequest,
    `${workerRequest}x`,
    `x${workerRequest}`,
  ])
    assert.throws(() => readCertificateRequest(text), /no PEM request/)
  // Each changed bit breaks the form or the signature; none may turn into another valid request.
  for (let at = 0; at < whole.length; at += 1) {
    const changed = Buffer.from(whole)
    changed[at] = (changed[at] ?? 0) ^ 0x01
    assert.throws(() => readCertificateRequest(pemOf(changed)), Error, `byte ${at}`)
  }
})

test('a length that is not the shortest is refused: others might read it otherwise', () => {
  const whole = Buffer.from(workerRequest.replace(/-----.*-----|\n/g, ''), 'base64')
  const longer = Buffer.concat([Buffer.from([0x30, 0x83, 0]), whole.subarray(2)])
  assert.throws(() => readCertificateRequest(pemOf(longer)), /a length/)
})

test('answered requests wait no more', () => {
  assert.ok(isPending(request(pem())))
  for (const type of ['Approved', 'Denied', 'Failed'])
    assert.ok(!isPending({ ...request(pem()), status: { conditions: [{ type }] } }))
})
