import type { Cluster } from '../../lib/cluster.ts'
import type { Step } from '../run/step.ts'
import { service } from './service.ts'

/** chronyd keeps the clock; its package comes with the others. */
export function timeSync(how: Cluster['timeSync']): readonly Step[] {
  if (how === 'unmanaged') return []
  return [
    service({
      name: 'chronyd.service',
      title: 'Keep the clock right with chronyd',
      why: 'Certificates are not valid before their time and tokens end: a node whose clock is minutes off cannot join, and etcd warns at a second. The servers are those of /etc/chrony.conf.',
      configuredBy: [],
    }),
  ]
}
