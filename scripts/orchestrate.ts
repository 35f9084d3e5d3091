import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { exitCodes, formatError, KubestrapError } from '../lib/errors.ts'
import { languageFor } from '../lib/texts/language.ts'
import { speak } from '../lib/texts/told.ts'
import { type Options, parseOptions } from './arguments.ts'
import { generalHelp, verbHelp } from './help.ts'

declare const __VERSION__: string | undefined

/** Each verb is a file in commands/, loaded when it is asked for. */
async function perform(options: Options): Promise<number> {
  switch (options.verb?.name) {
    case 'new':
      return (await import('./commands/new.ts')).newCluster(options)
    case 'doctor':
      return (await import('./commands/doctor.ts')).doctor(options)
    case 'up':
      return options.dryRun
        ? (await import('./commands/plan.ts')).plan(options)
        : (await import('./commands/up.ts')).up(options)
    case 'plan':
      return (await import('./commands/plan.ts')).plan(options)
    case 'status':
      return (await import('./commands/status.ts')).status(options)
    case 'approve':
      return (await import('./commands/approve.ts')).approve(options)
    case 'reset':
      return (await import('./commands/reset.ts')).reset(options)
    case 'kubeconfig':
      return (await import('./commands/kubeconfig.ts')).kubeconfig(options)
    case 'diagnose':
      return (await import('./commands/diagnose.ts')).diagnose(options)
    case 'explain':
      return (await import('./commands/explain.ts')).explain(options)
    case 'why':
      return (await import('./commands/why.ts')).why(options)
    case 'report':
      return (await import('./commands/report.ts')).report(options)
    case 'completion':
      return (await import('./commands/completion.ts')).printCompletion(options)
    default:
      process.stdout.write(generalHelp())
      return options.help ? exitCodes.ok : exitCodes.usage
  }
}

/** `zx file.ts up` and `node file.mjs up` differ in argv: what counts comes after this very file. */
function ownArguments(): string[] {
  const self = realpathSync(fileURLToPath(import.meta.url))
  const isSelf = (word: string) => {
    try {
      return realpathSync(word) === self
    } catch {
      return false
    }
  }
  const at = process.argv.findIndex(isSelf)
  return process.argv.slice(at < 0 ? 2 : at + 1)
}

async function main(): Promise<number> {
  if (process.platform === 'win32') {
    process.stderr.write(
      'kubestrap needs ssh as Linux and macOS have it: on Windows run it inside WSL.\n',
    )
    return exitCodes.usage
  }
  try {
    const options = parseOptions(ownArguments())
    speak(languageFor(options.lang, process.env))
    if (options.version) {
      process.stdout.write(
        `kubestrap ${typeof __VERSION__ === 'string' ? __VERSION__ : 'from source'}\n`,
      )
      return exitCodes.ok
    }
    if (options.help && options.verb) {
      process.stdout.write(verbHelp(options.verb))
      return exitCodes.ok
    }
    return await perform(options)
  } catch (error) {
    process.stderr.write(`${formatError(error)}\n`)
    return error instanceof KubestrapError ? error.exitCode : 1
  }
}

process.exitCode = await main()
// After a signal, or when somebody else took a node, nobody waits for what still reads along with
// phases; they go on on their nodes.
const left = [exitCodes.interrupted, exitCodes.terminated, exitCodes.locked] as readonly number[]
if (left.includes(process.exitCode)) process.stdout.write('', () => process.exit())
