import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firewallRules, jumpsToNetavark, ownRules, tableName } from './firewall.ts'

test('the bridge is closed both ways, and loading the rules twice gives them once', () => {
  const rules = firewallRules('e2e-1', 'podman3')
  assert.ok(rules.startsWith('add table inet kubestrap_lab_e2e_1\ndelete table'))
  assert.match(rules, /iifname "podman3" oifname != "podman3" reject/)
  assert.match(rules, /iifname != "podman3" oifname "podman3" reject/)
})

test('a table’s name is a word for nft', () => {
  assert.match(tableName('a-b-c'), /^[a-z_][a-z0-9_]*$/)
})

const listing = `-P FORWARD ACCEPT
-N NETAVARK_FORWARD
-A FORWARD -m comment --comment "netavark firewall plugin rules" -j NETAVARK_FORWARD
-A FORWARD -i podman1 -o podman1 -m comment --comment kubestrap-lab-lab -j ACCEPT
-A FORWARD -i podman2 -o podman2 -m comment --comment "kubestrap-lab-lab-2" -j ACCEPT
-A NETAVARK_FORWARD -d 10.77.0.0/24 -j NETAVARK_X`

test('only the rules of this very lab are taken away', () => {
  const rules = ownRules(listing, 'lab')
  assert.equal(rules.length, 1)
  assert.deepEqual(rules[0]?.slice(0, 3), ['FORWARD', '-i', 'podman1'])
  assert.equal(ownRules(listing, 'lab-2').length, 1)
  assert.equal(ownRules(listing, 'other').length, 0)
})

test('jumps into netavark’s chains are found, rules inside them are not', () => {
  const rules = jumpsToNetavark(listing)
  assert.equal(rules.length, 1)
  assert.ok(rules[0]?.includes('netavark firewall plugin rules'))
})
