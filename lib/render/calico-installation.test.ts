import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { matchesGolden } from '../../test/golden/golden.ts'
import type { CalicoSettings } from '../cluster.ts'
import { exampleCluster } from '../example-cluster.ts'
import { calicoApiServer, calicoInstallation, calicoStatuses } from './calico-installation.ts'
import { yamlText } from './kubeadm-config.ts'

const cluster = exampleCluster()
const settings = cluster.podNetwork.calico as CalicoSettings

test('the Installation of a cluster with all defaults, and the API server', async () => {
  const objects = [calicoInstallation(cluster, settings, 'nftables'), calicoApiServer()]
  matchesGolden('calico.yaml', await yamlText(objects.map((one) => ({ ...one }))))
})

test('the Installation with everything otherwise', async () => {
  const full: CalicoSettings = {
    ...settings,
    encapsulation: 'IPIP',
    bgp: true,
    mtu: 1380,
    blockSize: 24,
    natOutgoing: false,
  }
  const one = calicoInstallation(cluster, full, 'iptables')
  matchesGolden('calico-full.yaml', await yamlText([{ ...one }]))
})

test('IPv6: its own pool and its own way to find addresses, none of IPv4', async () => {
  const networking = { ...cluster.networking, podSubnet: 'fd01::/56' }
  const one = calicoInstallation({ networking }, { ...settings, blockSize: 122 }, 'nftables')
  matchesGolden('calico-6.yaml', await yamlText([{ ...one }]))
})

test('Calico writes its rules where kube-proxy writes its own', () => {
  const dataplane = (mode: 'nftables' | 'iptables' | 'ipvs') =>
    (calicoInstallation(cluster, settings, mode).spec.calicoNetwork as { linuxDataplane: string })
      .linuxDataplane
  equal(dataplane('nftables'), 'Nftables')
  equal(dataplane('iptables'), 'Iptables')
  equal(dataplane('ipvs'), 'Iptables')
})

test('the API server is waited for only where it was asked for', () => {
  deepEqual(calicoStatuses(settings), ['calico', 'ippools', 'apiserver'])
  deepEqual(calicoStatuses({ ...settings, apiServer: false }), ['calico', 'ippools'])
})
