import { told } from '../texts/told.ts'
import { type Html, html } from './html.ts'
import type { PicturedCluster, PicturedNode } from './record.ts'

/** Sizes in the drawing's own units; the page scales it. */
const box = { width: 168, height: 58, gap: 16 }

/**
 * The cluster: endpoint, control planes, workers, and the networks under them.
 *
 * @param perRow boxes beside each other: more on a desk than on a phone
 */
export function picture(cluster: PicturedCluster, perRow: number): Html {
  const width = perRow * (box.width + box.gap) + box.gap
  const rowsOf = (nodes: readonly unknown[]) => Math.ceil(nodes.length / perRow)
  const places = (nodes: readonly PicturedNode[], top: number) => placesOf(nodes, top, perRow)
  const planes = cluster.nodes.filter(({ role }) => role === 'control-plane')
  const workers = cluster.nodes.filter(({ role }) => role === 'worker')
  const top = 84
  const between = top + rowsOf(planes) * (box.height + box.gap) + 14
  const below = between + rowsOf(workers) * (box.height + box.gap) + (workers.length > 0 ? 14 : 0)
  const height = below + 62
  const { endpoint, networking } = cluster
  const end = `${endpoint.address}:${endpoint.port}`
  return html`<svg class="picture" viewBox="0 0 ${width} ${height}" role="img"
  aria-label="${cluster.name}: ${told(`${planes.length} control planes and ${workers.length} workers behind ${end}`)}">
<rect class="endpoint" x="${width / 2 - 150}" y="6" width="300" height="46" rx="23"/>
<text class="name" x="${width / 2}" y="26" text-anchor="middle">${told('endpoint')} ${end}</text>
<text class="small" x="${width / 2}" y="43" text-anchor="middle">${told(endpointText(cluster))}</text>
${places(planes, top)
  .slice(0, perRow)
  .map(({ x }) => wire(x, width / 2, top))}
${places(planes, top).map((place) => nodeBox(place, etcdText(cluster)))}
${places(workers, between).map((place) => nodeBox(place, 'worker'))}
<rect class="network" x="${box.gap}" y="${below}" width="${width - 2 * box.gap}" height="46" rx="6"/>
<text class="small" x="${width / 2}" y="${below + 19}" text-anchor="middle">${told('pods')} ${networking.podSubnet} (${cluster.podNetwork})</text>
<text class="small" x="${width / 2}" y="${below + 37}" text-anchor="middle">${told('services')} ${networking.serviceSubnet}</text>
</svg>`
}

const endpointText = ({ endpoint }: PicturedCluster) =>
  endpoint.provider === 'kube-vip'
    ? 'a virtual IP on a control plane (kube-vip)'
    : 'a load balancer of your own'

const etcdText = ({ externalEtcd }: PicturedCluster) =>
  externalEtcd.length > 0 ? 'control plane, etcd elsewhere' : 'control plane, etcd'

interface Place {
  readonly node: PicturedNode
  readonly x: number
  readonly y: number
}

/** Full rows, the last in the middle. */
function placesOf(nodes: readonly PicturedNode[], top: number, perRow: number): Place[] {
  const width = perRow * (box.width + box.gap) + box.gap
  return nodes.map((node, index) => {
    const row = Math.floor(index / perRow)
    const inRow = Math.min(perRow, nodes.length - row * perRow)
    const left = (width - inRow * (box.width + box.gap) + box.gap) / 2
    const x = left + (index % perRow) * (box.width + box.gap)
    return { node, x, y: top + row * (box.height + box.gap) }
  })
}

const wire = (x: number, middle: number, top: number) =>
  html`<path class="wire" d="M${middle} 52 L${x + box.width / 2} ${top}"/>`

function nodeBox({ node, x, y }: Place, what: string): Html {
  const middle = x + box.width / 2
  return html`<g class="${node.role}"><rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="6"/>
<text class="name" x="${middle}" y="${y + 20}" text-anchor="middle">${short(node.name)}</text>
<text class="small" x="${middle}" y="${y + 36}" text-anchor="middle">${node.address}</text>
<text class="small" x="${middle}" y="${y + 51}" text-anchor="middle">${told(what)}</text></g>
`
}

const short = (name: string) => (name.length > 20 ? `${name.slice(0, 19)}…` : name)
