import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { exitCodes, KubestrapError } from '../../lib/errors.ts'
import type { Options } from '../arguments.ts'
import { fetchKubeconfig } from '../kubeconfig-file.ts'
import { observeAll } from '../observe.ts'
import { meet, withSession } from '../session.ts'
import { noLivingControlPlane } from '../steward.ts'

/** Fetches the administrator's kubeconfig. An existing file of another cluster is never replaced. */
export async function kubeconfig(options: Options): Promise<number> {
  return withSession(options, async (session) => {
    const planes = session.cluster.nodes.filter(({ role }) => role === 'control-plane')
    await meet(session, planes)
    const seen = await observeAll(session, planes)
    const living = seen.find(({ inspection }) => inspection?.cluster)
    if (!living) throw noLivingControlPlane()
    const path = options.out ? resolve(options.out) : session.state.kubeconfig
    if (options.out && existsSync(path)) throw exists(path)
    session.print(await fetchKubeconfig(session, living.node, path))
    return exitCodes.ok
  })
}

function exists(path: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-FILE-EXISTS',
    exit: 'usage',
    what: `${path} is already there, and is not overwritten`,
    remedy: 'give another --out, or move the file away',
  })
}
