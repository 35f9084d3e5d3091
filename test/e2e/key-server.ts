import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as httpServer, type RequestListener } from 'node:http'
import { createServer as httpsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Serves signing keys to the lab's nodes, by http and by https with certificates gone bad. */
export interface KeyServer {
  readonly http: string
  /** The certificate has ended; the CA that signed it is `ca`, for a machine to trust. */
  readonly expiredTls: string
  /** The certificate is signed by itself. */
  readonly selfSigned: string
  readonly ca: string
  readonly close: () => void
}

/** @param keys path -> armored key */
export async function keyServer(
  address: string,
  keys: Readonly<Record<string, string>>,
): Promise<KeyServer> {
  const answer: RequestListener = ({ url = '' }, to) => {
    const key = keys[url]
    to.writeHead(key === undefined ? 404 : 200).end(key)
  }
  const { ca, expired, own } = certificates(address)
  const servers = [httpServer(answer), httpsServer(expired, answer), httpsServer(own, answer)]
  const [http = 0, expiredTls = 0, selfSigned = 0] = await Promise.all(
    servers.map((server) => listening(server, address)),
  )
  return {
    http: `http://${address}:${http}`,
    expiredTls: `https://${address}:${expiredTls}`,
    selfSigned: `https://${address}:${selfSigned}`,
    ca,
    close: () => {
      for (const server of servers) server.close()
    },
  }
}

const listening = (server: Server, address: string) =>
  new Promise<number>((resolve) => {
    server.listen(0, address, () => resolve((server.address() as AddressInfo).port))
  })

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** openssl req cannot make a certificate of the past, openssl ca can. */
function certificates(address: string) {
  const folder = mkdtempSync(join(tmpdir(), 'ks-tls-'))
  const openssl = (...words: string[]) =>
    execFileSync('openssl', words, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  try {
    writeFileSync(join(folder, 'ca.cnf'), caConfig(address))
    writeFileSync(join(folder, 'index.txt'), '')
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
      '-subj',
      '/CN=test CA',
    )
    openssl('req', ...newKey, '-keyout', 'old.key', '-out', 'old.csr', '-subj', '/CN=old')
    const past = ['-startdate', '20200101000000Z', '-enddate', '20210101000000Z']
    openssl('ca', '-batch', '-config', 'ca.cnf', ...past, '-in', 'old.csr', '-out', 'old.crt')
    openssl(
      ...['req', '-x509', ...newKey, '-keyout', 'own.key', '-out', 'own.crt', '-subj', '/CN=own'],
      ...['-addext', `subjectAltName=IP:${address}`],
    )
    return {
      ca: read('ca.crt'),
      expired: { key: read('old.key'), cert: read('old.crt') },
      own: { key: read('own.key'), cert: read('own.crt') },
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const caConfig = (address: string) => `[ca]
default_ca = test
[test]
database = index.txt
new_certs_dir = .
certificate = ca.crt
private_key = ca.key
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = server
[any]
commonName = supplied
[server]
subjectAltName = IP:${address}
`
