/** The first by name: the runtime takes it. */
export const bridgeConflist = '/etc/cni/net.d/10-kubestrap-bridge.conflist'

/**
 * CNI configuration for the bridge plugin with this node's range.
 * https://www.cni.dev/plugins/current/main/bridge/ , .../ipam/host-local/ , .../meta/portmap/
 * No ipMasq here: it would also hide the addresses of pods that talk to pods of other nodes. The
 * translation for the world outside is in pod-routes.
 */
export function bridgeConfig(range: string): string {
  const anywhere = range.includes(':') ? '::/0' : '0.0.0.0/0'
  const config = {
    cniVersion: '1.0.0',
    name: 'kubestrap',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        hairpinMode: true,
        ipam: { type: 'host-local', ranges: [[{ subnet: range }]], routes: [{ dst: anywhere }] },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  }
  return `${JSON.stringify(config, undefined, 2)}\n`
}
