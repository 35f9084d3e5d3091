import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KubestrapError } from '../../lib/errors.ts'
import { explained } from './source-failures.ts'

const failed = (line: string) =>
  new KubestrapError({ id: 'KS-COMMAND', exit: 'phaseFailed', what: 'it failed', lines: [line] })

// Texts of curl 7.76 and 8, dnf 4.14 (librepo), rpm 4.16 and 4.20, containerd 2 and CRI-O (Go).
const said: readonly [string, string, RegExp][] = [
  [
    '[MIRROR] kubeadm-1.36.3.rpm: Curl error (23): Failed writing received data to disk/application for http://x/y.rpm [Failure writing output to destination]',
    'KS-DISK-FULL',
    /no space is left/,
  ],
  ['curl: (23) Failure writing output to destination', 'KS-DISK-FULL', /no space is left/],
  ['At least 52MB more space needed on the / filesystem.', 'KS-DISK-FULL', /no space is left/],
  ['write /var/lib/containerd/x: no space left on device', 'KS-DISK-FULL', /no space is left/],
  ['curl: (60) SSL certificate problem: certificate has expired', 'KS-TLS', /has expired/],
  ['curl: (60) SSL certificate problem: certificate is not yet valid', 'KS-TLS', /not valid yet/],
  ['curl: (60) SSL certificate problem: self-signed certificate', 'KS-TLS', /nobody whom/],
  ['curl: (60) SSL certificate problem: self signed certificate', 'KS-TLS', /nobody whom/],
  [
    'curl: (60) SSL certificate problem: unable to get local issuer certificate',
    'KS-TLS',
    /nobody whom/,
  ],
  [
    "curl: (60) SSL: no alternative certificate subject name matches target host name 'pkgs.k8s.io'",
    'KS-TLS',
    /another name/,
  ],
  [
    'Curl error (60): SSL peer certificate or SSH remote key was not OK for https://pkgs.k8s.io/x [SSL certificate problem: certificate has expired]',
    'KS-TLS',
    /has expired/,
  ],
  [
    'failed to pull image "registry.k8s.io/pause:3.10.1": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'KS-TLS',
    /nobody whom/,
  ],
  [
    'error: Verifying a signature using certificate DE15: The primary key is not live',
    'KS-KEY-EXPIRED',
    /key that signs the packages has expired/,
  ],
  [
    'curl: (7) Failed to connect to 10.0.0.6 port 80: Connection refused',
    'KS-SOURCE-UNREACHABLE',
    /reached/,
  ],
  ['curl: (6) Could not resolve host: pkgs.k8s.io', 'KS-SOURCE-UNREACHABLE', /reached/],
  ['curl: (28) Connection timed out after 15001 milliseconds', 'KS-SOURCE-UNREACHABLE', /reached/],
  ['dial tcp: lookup registry.k8s.io: no such host', 'KS-SOURCE-UNREACHABLE', /reached/],
  ['curl: (56) CONNECT tunnel failed, response 403', 'KS-PROXY', /proxy/],
  ['curl: (56) Received HTTP code 407 from proxy after CONNECT', 'KS-PROXY', /proxy/],
  ['curl: (5) Could not resolve proxy: proxy.example.org', 'KS-PROXY', /proxy/],
  ['proxyconnect tcp: dial tcp 10.0.0.9:3128: connect: connection refused', 'KS-PROXY', /proxy/],
  ['curl: (22) The requested URL returned error: 404', 'KS-SOURCE-ANSWER', /does not have/],
  [
    'Error: Failed to download metadata for repo "x": Status code: 404 for http://10.0.0.6/x',
    'KS-SOURCE-ANSWER',
    /does not have/,
  ],
  [
    'All matches were filtered out by exclude filtering for argument: kubelet-1.36.3',
    'KS-PACKAGE-EXCLUDED',
    /exclude/,
  ],
]
for (const [line, id, what] of said)
  test(`${id}: ${line.slice(0, 80)}`, () => {
    const error = explained(failed(line))
    assert.ok(error instanceof KubestrapError)
    assert.equal(error.details.id, id)
    assert.match(error.details.what, what)
    assert.deepEqual(error.details.lines, [line], 'the words of the tool stay')
    assert.ok(error.details.remedy)
  })

test('TLS and signing key are never told as one another', () => {
  const tls = explained(failed('curl: (60) SSL certificate problem: certificate has expired'))
  assert.match(String(tls), /not about the packages' signing key/)
  const key = explained(failed('The primary key is not live because: Expired on 2026-12-29'))
  assert.doesNotMatch(String(key), /TLS|certificate/)
})

test('what nobody knows stays as it was', () => {
  const error = failed('something nobody has seen')
  assert.equal(explained(error), error)
  const bug = new TypeError('a bug')
  assert.equal(explained(bug), bug)
})
