import { containerName } from '../../lab/layout.ts'
import { lab, run } from '../e2e/support.ts'
import { said } from './actions.ts'

/** A node as the container it is: at once, where a verb of the lab takes seconds, and without ssh. */

export const containerOf = (machine: string): string => containerName(lab, machine)

/** @throws when it fails */
export async function podman(...words: readonly string[]): Promise<string> {
  const ran = await run('podman', words)
  if (ran.exitCode !== 0) throw new Error(`podman ${words.join(' ')}: ${said(ran)}`)
  return ran.stdout
}

/**
 * Freezes a node. Of many processes one may be just beginning: runc gives up then ("unable to freeze"),
 * so it is tried three times.
 *
 * @throws when it was not frozen
 */
export async function freeze(node: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const ran = await run('podman', ['pause', containerOf(node)])
    if (ran.exitCode === 0) return
    if (tries === 3) throw new Error(`${node} was not frozen: ${said(ran)}`)
  }
}

/** As root on a node, whatever happens to its ssh. @throws when it fails */
export async function inside(node: string, script: string): Promise<string> {
  const words = ['exec', '-i', containerOf(node), 'sh', '-eus']
  const ran = await run('podman', words, { stdin: script })
  if (ran.exitCode !== 0) throw new Error(`${node}: ${script}\n${said(ran)}`)
  return ran.stdout
}

/** When it was started last: another text after each start. */
export const startedAt = (node: string): Promise<string> =>
  podman('inspect', '--format', '{{.State.StartedAt}}', containerOf(node))

/** @throws when no run of the phase is active on the node */
export const seesRunning = (node: string, phase: string): Promise<string> =>
  inside(
    node,
    `systemctl list-units --plain --no-legend --state=active,activating 'kubestrap-run-${phase}-*' | grep .`,
  )
