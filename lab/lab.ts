import { formatError, KubestrapError } from '../lib/errors.ts'
import { type Asked, help, parseArguments } from './arguments.ts'
import { add } from './commands/add.ts'
import { down } from './commands/down.ts'
import { exercise } from './commands/exercise.ts'
import { doFault, type FaultName, faults } from './commands/faults.ts'
import { kubectl, logs, ssh, status } from './commands/look.ts'
import { startEverything } from './commands/start.ts'
import { up } from './commands/up.ts'
import { hasPodman, requireLab } from './host.ts'
import { report } from './report.ts'

const print = (line: string) => process.stdout.write(`${line}\n`)

/** Does one verb. @returns the exit code */
async function perform({ verb, words, lab, counts, stack, bare, wish }: Asked): Promise<number> {
  const [name, ...rest] = words
  if (verb === 'ssh') return ssh(lab, name ?? '', rest)
  if (verb === 'kubectl') return kubectl(lab, words)
  if (verb === 'logs') return logs(lab, name ?? '', rest)
  if (verb === 'start' && name === undefined) {
    return startEverything({ lab, counts, stack, say: report })
  }
  if (verb === 'exercise') {
    const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true
    return exercise({ lab, name, wish, print, say: report, terminal })
  }
  if (verb === 'up') await up({ lab, counts, stack, bare, say: report })
  else if (verb === 'down') await down(lab, report)
  else if (verb === 'status') await status(lab, print)
  else if (verb === 'add') await add({ lab, names: words, bare, say: report })
  else if (verb in faults) await doFault(verb as FaultName, lab, name ?? '', report)
  return 0
}

async function main(): Promise<number> {
  const asked = parseArguments(process.argv.slice(2))
  if (asked.help) {
    process.stdout.write(help)
    return 0
  }
  // These raise a lab, and check the whole computer themselves.
  const raises = asked.verb === 'up' || (asked.verb === 'start' && asked.words.length === 0)
  if (asked.verb === 'down' && !hasPodman()) {
    report('podman is not installed: there is no lab to take away')
    return 0
  }
  if (!raises) requireLab()
  return perform(asked)
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${formatError(error)}\n`)
  process.exitCode = error instanceof KubestrapError ? error.exitCode : 1
}
