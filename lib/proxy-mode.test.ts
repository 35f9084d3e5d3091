import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from './example-cluster.ts'
import { modeOf, proxyModeFor } from './proxy-mode.ts'

const cluster = plainCluster()
const el9 = '5.14.0-585.el9.x86_64'

test('one node with an old kernel decides for all', () => {
  equal(proxyModeFor(cluster, [el9, '6.12.0-55.el10.aarch64']), 'nftables')
  equal(proxyModeFor(cluster, [el9, '5.12.19']), 'iptables')
  equal(proxyModeFor(cluster, [el9, '5.13.0']), 'nftables')
  equal(proxyModeFor(cluster, ['4.18.0-553.el8_10.x86_64']), 'iptables')
})

test('what is no version of a kernel decides nothing', () => {
  equal(proxyModeFor(cluster, ['', 'unknown']), 'nftables')
})

test('the file counts more than the kernels', () => {
  equal(proxyModeFor({ ...cluster, kubeProxy: { mode: 'iptables' } }, [el9]), 'iptables')
  equal(proxyModeFor({ ...cluster, kubeProxy: { mode: 'nftables' } }, ['4.18.0']), 'nftables')
})

test('a configuration without a mode is one of iptables, a strange one is none', () => {
  equal(modeOf(''), 'iptables')
  equal(modeOf('ipvs'), 'ipvs')
  equal(modeOf('kernelspace'), undefined)
})
