import * as v from 'valibot'
import { address, dnsName, notAddress, text, wholeNumber } from './fields.ts'
import { patterns as form } from './patterns.ts'

/** Who keeps the endpoint's address alive when the file does not say. */
export const defaultEndpointProvider = 'kube-vip'

export const interfaceName = (about: string) =>
  text(form.interfaceName, 'the name of a network interface, at most 15 characters', about)

const seconds = (least: number, about: string) => wholeNumber(least, 600, `${about} Seconds.`)

// client-go's own defaults, and kube-vip's since 1.1: https://pkg.go.dev/k8s.io/client-go/tools/leaderelection
const lease = v.strictObject({
  duration: v.optional(
    seconds(2, 'How long the others wait before they take the address of a silent holder.'),
    15,
  ),
  renewDeadline: v.optional(
    seconds(1, 'How long the holder tries to renew its lease before it gives the address up.'),
    10,
  ),
  retryPeriod: v.optional(seconds(1, 'Time between two tries.'), 2),
})

/** 32 bits: RFC 6793. */
const autonomousSystem = (about: string) => wholeNumber(1, 4_294_967_295, about)

const peer = v.strictObject({
  address: address('Address of the router.'),
  as: autonomousSystem('Its autonomous system.'),
  multihop: v.optional(
    v.pipe(v.boolean(), v.description('The router is more than one hop away.')),
    false,
  ),
})

const bgp = v.strictObject({
  localAS: autonomousSystem('Autonomous system of the control planes.'),
  peers: v.pipe(
    v.array(peer),
    v.minLength(1, 'at least one router'),
    v.description(
      'Routers that the address is announced to. Sessions with a password are not supported: the manifest would hold it.',
    ),
  ),
})

const kubeVip = v.strictObject({
  mode: v.optional(
    v.pipe(
      v.picklist(['arp', 'bgp']),
      v.description(
        'arp: one control plane holds the address, all in one network. bgp: every control plane announces it to routers.',
      ),
    ),
    'arp',
  ),
  version: v.optional(
    text(form.kubeVipVersion, 'a version such as v1.2.3', 'Its release, at least v1.2.3.'),
    'v1.2.3',
  ),
  image: v.optional(
    text(
      form.imageRepository,
      'an image with its registry and without a tag, such as ghcr.io/kube-vip/kube-vip',
      'Its image, without a tag.',
    ),
    'ghcr.io/kube-vip/kube-vip',
  ),
  manifest: v.optional(
    v.pipe(
      v.picklist(['podman', 'template']),
      v.description(
        "podman: its own generator makes the manifest; where podman or the image is not to be had, kubestrap's template does, and says so. template: always the template.",
      ),
    ),
    'podman',
  ),
  services: v.optional(
    v.pipe(v.boolean(), v.description('It also gives addresses to Services of type LoadBalancer.')),
    false,
  ),
  lease: v.optional(v.pipe(lease, v.description('Leader election, in mode arp.')), {}),
  bgp: v.optional(v.pipe(bgp, v.description('Routing, in mode bgp.'))),
})

export const endpointSchema = v.strictObject({
  provider: v.optional(
    v.pipe(
      v.picklist(['external', 'kube-vip']),
      v.description(
        'external: a load balancer of your own, outside of the cluster. kube-vip: a virtual IP that the control planes carry themselves.',
      ),
    ),
    defaultEndpointProvider,
  ),
  address: address('Address all clients reach the API server at.'),
  name: v.optional(
    v.pipe(
      text(form.dnsName, dnsName, 'DNS name of that address; then used in its place.'),
      v.check(notAddress, 'a DNS name; the address belongs into endpoint.address'),
    ),
  ),
  port: v.optional(wholeNumber(1, 65535, 'Port of the API server at that address.'), 6443),
  hostsEntry: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'Keeps the line "ADDRESS NAME" in /etc/hosts of every node, for a name that no DNS server knows.',
      ),
    ),
    false,
  ),
  interface: v.optional(
    interfaceName(
      "With kube-vip: the network interface the virtual IP is put on. Without it the one with the node's address (mode bgp: lo).",
    ),
  ),
  kubeVip: v.optional(v.pipe(kubeVip, v.description('With kube-vip: how it works.')), {}),
})
