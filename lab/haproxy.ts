import { machineNamed, mostControlPlanes } from './layout.ts'

/**
 * Configuration of the control plane endpoint. All control planes a lab may ever have are in it, so
 * that one added later is served without a restart.
 * The check asks /readyz: the API server of a joiner accepts connections before its etcd is joined.
 * https://docs.haproxy.org/2.6/configuration.html
 */
export function haproxyConfig(octet: number): string {
  const servers = Array.from({ length: mostControlPlanes }, (_, index) => {
    const machine = machineNamed(`k-master-${index + 1}`, octet)
    return `  server ${machine?.name} ${machine?.address}:6443`
  })
  return `# Written by the kubestrap lab.
global
  log stdout format raw local0 notice
  maxconn 4000

defaults
  mode tcp
  log global
  timeout connect 5s
  timeout client 24h
  timeout server 24h
  timeout check 3s

frontend kubernetes
  bind :6443
  default_backend control-planes

backend control-planes
  balance roundrobin
  option httpchk
  http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host kubernetes
  http-check expect status 200
  default-server check check-ssl verify none inter 1s fall 2 rise 2 on-marked-down shutdown-sessions
${servers.join('\n')}
`
}
