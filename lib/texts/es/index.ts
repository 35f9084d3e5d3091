import type { Catalogue } from '../catalogue.ts'
import { calico } from './calico.ts'
import { controlPlane } from './control-plane.ts'
import { joining } from './joining.ts'
import { leaving } from './leaving.ts'
import { lessons } from './lessons.ts'
import { machine } from './machine.ts'
import { packages } from './packages.ts'
import { phaseTitles } from './phases.ts'
import { podNetwork } from './pod-network.ts'
import { report } from './report.ts'
import { run } from './run.ts'
import { status } from './status.ts'
import { view } from './view.ts'

/** Everything there is in Spanish: a file a subject, in the order of `up`. */
export const spanish: Catalogue = {
  ...phaseTitles,
  ...machine,
  ...packages,
  ...controlPlane,
  ...joining,
  ...calico,
  ...podNetwork,
  ...leaving,
  ...lessons,
  ...view,
  ...run,
  ...status,
  ...report,
}
