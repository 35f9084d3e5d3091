import { deepEqual, match } from 'node:assert/strict'
import { test } from 'node:test'
import { warnings } from './members.ts'
import { file, parse, problems } from './test-files.ts'

const http = 'http://192.168.9.2:3128'

test('one proxy is for http and https; a slash at its end means nothing', async () => {
  deepEqual((await parse({ proxy: { http: `${http}/` } })).proxy, {
    http,
    https: http,
    noProxy: [],
  })
})

for (const wrong of [
  'http://user:secret@192.168.9.2:3128',
  '192.168.9.2:3128',
  'socks5://192.168.9.2:1080',
  'http://192.168.9.2:3128/path',
])
  test(`refused: ${wrong}`, async () => {
    match(
      await problems(file({ proxy: { http: wrong } })),
      /wanted http:\/\/HOST:PORT without path, user and password/,
    )
  })

for (const wrong of [
  '*',
  '*.example.org',
  '10.0.0.0/33',
  '10.0.0.300',
  'http://a.example',
  'a.example:80',
])
  test(`refused in noProxy: ${wrong}`, async () => {
    match(await problems(file({ proxy: { http, noProxy: [wrong] } })), /proxy\.noProxy\[0\]: found/)
  })

test('noProxy takes names, domains, addresses and networks, each once', async () => {
  const noProxy = ['a.example', '.example.org', '10.0.0.1', 'fd00:0::1', '10.0.0.0/8', '10.0.0.1']
  deepEqual((await parse({ proxy: { http, noProxy } })).proxy?.noProxy, [
    ...['a.example', '.example.org', '10.0.0.1', 'fd00::1', '10.0.0.0/8'],
  ])
})

test('https alone is not enough', async () => {
  match(await problems(file({ proxy: { https: http } })), /"http" is missing in proxy/)
})

test('a proxy without the network of the nodes is warned of', async () => {
  const told = async (noProxy: string[]) =>
    warnings(await parse({ proxy: { http, noProxy } })).filter((one) => /noProxy/.test(one)).length
  deepEqual([await told([]), await told(['10.0.0.0/8']), await told(['192.168.9.0/24'])], [1, 1, 0])
})
