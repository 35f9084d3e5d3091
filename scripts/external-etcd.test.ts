import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAnswers } from './external-etcd.ts'

const endpoints = ['https://10.0.0.7:2379', 'https://10.0.0.8:2379']
const answers = (...lines: string[]) => readAnswers('k-master-1', endpoints, lines.join('\n'))

test('each endpoint with its status, and the number of keys', () => {
  const seen = answers(
    'Welcome to the machine',
    'endpoint=https://10.0.0.7:2379 200 ',
    'endpoint=https://10.0.0.8:2379 000 curl: (7) Failed to connect',
    'data=200 {"header":{},"count":"12"}',
    'asked=1',
  )
  assert.deepEqual(seen.endpoints, [
    { endpoint: endpoints[0], status: 200 },
    { endpoint: endpoints[1], status: 0, problem: 'Failed to connect' },
  ])
  assert.deepEqual(seen.data, { keys: 12 })
})

test('what no line speaks of did not answer, and was not seen to be empty', () => {
  const seen = answers('endpoint=https://10.0.0.7:2379 200 ')
  assert.equal(seen.endpoints[1]?.status, 0)
  assert.equal(seen.data, undefined)
})

test('no count is none, and a gateway that is off is unknown', () => {
  assert.deepEqual(answers('data=200 {"header":{}}').data, { keys: 0 })
  assert.match(JSON.stringify(answers('data=404 404 page not found').data), /switched off/)
  assert.match(JSON.stringify(answers('data=403 {"error":"permission denied"}').data), /permission/)
})
