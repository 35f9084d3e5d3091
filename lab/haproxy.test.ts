import assert from 'node:assert/strict'
import { test } from 'node:test'
import { haproxyConfig } from './haproxy.ts'

test('all control planes a lab may get are backends, checked by /readyz over TLS', () => {
  const config = haproxyConfig(79)
  assert.equal(config.match(/^ {2}server k-master-\d 10\.79\.0\.1\d:6443$/gm)?.length, 9)
  assert.match(config, /uri \/readyz/)
  assert.match(config, /check-ssl verify none .* on-marked-down shutdown-sessions/)
})
