import { join } from 'node:path'
import { $ } from 'zx'
import { clusterFilePath } from '../cluster-file.ts'
import { projectRoot } from '../project.ts'
import type { Report } from '../report.ts'
import { type UpOptions, up } from './up.ts'

/**
 * What `npm start` does: machines first, then the same orchestrator that raises real ones.
 * @returns the orchestrator's exit code
 */
export async function startEverything(options: UpOptions): Promise<number> {
  await up(options)
  const { lab, say } = options
  const file = clusterFilePath(lab)
  const orchestrator = join(projectRoot, 'dist/orchestrate.mjs')
  say(`orchestrate up --config ${file}`)
  const run = $({ nothrow: true, stdio: 'inherit' })
  const args = ['up', '--config', file, '--yes', '--accept-new-host-keys']
  const { exitCode } = await run`${process.execPath} ${orchestrator} ${args}`
  if (exitCode === 0) tryThese(lab, say)
  return exitCode ?? 1
}

function tryThese(lab: string, say: Report): void {
  const name = lab === 'lab' ? '' : `--name ${lab} `
  const kubeconfig = join(clusterFilePath(lab), '..', '.kubestrap', lab, 'kubeconfig')
  say('')
  say(`kubeconfig: ${kubeconfig}`)
  say('try:')
  say(`  npm run lab -- ${name}kubectl get nodes -o wide`)
  say(`  npm run lab -- ${name}ssh k-master-1`)
  say(`  npm run lab -- ${name}kill k-master-1     (and bring it back with: start k-master-1)`)
  say(`  npm run lab -- ${name}exercise             (break it on purpose, find out why, repair it)`)
}
