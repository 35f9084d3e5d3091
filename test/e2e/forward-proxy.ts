import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** A forward proxy that writes down what goes through it. */
export interface ForwardProxy {
  readonly url: string
  /** Each request: `GET http://...` or `CONNECT host:port`. */
  readonly requests: string[]
  readonly close: () => Promise<void>
}

/** Listens on an address of this computer that the lab's nodes reach: the gateway of their network. */
export async function forwardProxy(address: string, port = 0): Promise<ForwardProxy> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((from, to) => {
    requests.push(`${from.method} ${from.url}`)
    forward(from, to)
  })
  server.on('connect', (from, client: Socket, head: Buffer) => {
    requests.push(`CONNECT ${from.url}`)
    tunnel(from.url ?? '', client, head)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(port, address, resolve))
  const url = `http://${address}:${(server.address() as AddressInfo).port}`
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return { url, requests, close }
}

function forward(from: IncomingMessage, to: ServerResponse): void {
  const { method, url = '', headers } = from
  if (!url.startsWith('http://')) {
    to.writeHead(400).end('this is a proxy')
    return
  }
  const onward = request(url, { ...(method ? { method } : {}), headers }, (answer) => {
    to.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(to)
  })
  onward.on('error', () => to.writeHead(502).end())
  from.pipe(onward)
}

function tunnel(target: string, client: Socket, head: Buffer): void {
  const { hostname, port } = new URL(`http://${target}`)
  const onward = connect(Number(port), hostname, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    onward.write(head)
    onward.pipe(client)
    client.pipe(onward)
  })
  onward.on('error', () => client.destroy())
  client.on('error', () => onward.destroy())
}
