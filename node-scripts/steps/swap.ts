import type { Machine } from '../run/machine.ts'
import { command, different, type Step, shellText, wanted } from '../run/step.ts'

const why =
  'The kubelet refuses to start while swap is on: memory limits of pods would not mean anything.'

/** Swap off now and after every boot, whoever would switch it on: fstab, a unit, or a generator. */
export function swapOff(): readonly Step[] {
  return [noSwapInFstab(), noZram(), noSwapUnits(), noSwapNow()]
}

/** What was there before is kept beside it. */
const kept = '.before-kubestrap'

const fstab = '/etc/fstab'
const swapLines = (text = '') =>
  text.split('\n').filter((line) => /^\s*[^#\s]+\s+\S+\s+swap\s/.test(line))

function noSwapInFstab(): Step {
  return {
    title: 'Take swap out of /etc/fstab',
    writes: [fstab, `${fstab}${kept}`],
    why: `${why} At boot systemd makes a unit from each of these lines.`,
    async check(on) {
      const [line] = swapLines(await on.read(fstab))
      return line === undefined ? wanted : different(line.trim(), 'no swap in it')
    },
    apply: {
      byHand: `sed -i${kept} '/^[^#].*[[:space:]]swap[[:space:]]/s/^/# /' /etc/fstab`,
      async run(on) {
        const text = (await on.read(fstab)) ?? ''
        if (swapLines(text).length === 0) return
        const mode = (await on.stat(fstab))?.mode ?? 0o644
        const off = new Set(swapLines(text))
        const lines = text.split('\n').map((line) => (off.has(line) ? `# ${line}` : line))
        await on.write(`${fstab}${kept}`, text, mode)
        await on.write(fstab, lines.join('\n'), mode)
      },
    },
  }
}

const zramGenerators = [
  '/usr/lib/systemd/system-generators/zram-generator',
  '/usr/local/lib/systemd/system-generators/zram-generator',
]
const zramFile = '/etc/systemd/zram-generator.conf'
const noDevices =
  '# Written by kubestrap, phase prerequisites.\n# No device: no swap in compressed memory.\n'

/** https://github.com/systemd/zram-generator: the file in /etc is read in place of the vendor's. */
function noZram(): Step {
  const isThere = async (on: Machine) =>
    (await Promise.all(zramGenerators.map((path) => on.stat(path)))).some(Boolean)
  return {
    title: 'Switch zram-generator off',
    writes: zramFile,
    why: `${why} Where zram-generator is installed it makes swap in compressed memory at every boot; an empty configuration makes none.`,
    async check(on) {
      if (!(await isThere(on))) return wanted
      const found = await on.read(zramFile)
      if (found === noDevices) return wanted
      return different(
        found === undefined ? 'the configuration of the distribution' : 'another configuration',
        'an empty one',
      )
    },
    apply: {
      byHand: `install -m 0644 /dev/stdin ${zramFile} <<'EOF'\n${noDevices}EOF\nsystemctl daemon-reload`,
      async run(on) {
        const found = await on.read(zramFile)
        if (found !== undefined && found !== noDevices)
          await on.write(`${zramFile}${kept}`, found, 0o644)
        await on.write(zramFile, noDevices, 0o644)
        await on.run(command('systemctl', 'daemon-reload'))
      },
    },
  }
}

/** zram-generator as it was before us, for a machine that is no longer a node. */
export function zramMayWork(): Step {
  return {
    title: 'Take our configuration of zram-generator away',
    why: 'With --purge the machine is as it was: at its next boot it makes what its distribution wants.',
    async check(on) {
      return (await on.read(zramFile)) === noDevices ? different('ours', 'not ours') : wanted
    },
    apply: {
      byHand: `rm ${zramFile}; [ ! -e ${zramFile}${kept} ] || mv ${zramFile}${kept} ${zramFile}`,
      async run(on) {
        const before = await on.read(`${zramFile}${kept}`)
        if (before === undefined) await on.remove(zramFile)
        else await on.write(zramFile, before, 0o644)
        await on.remove(`${zramFile}${kept}`)
      },
    },
  }
}

// A pattern is sent to systemd, which then looks at these only; with `--type` it tells the state of
// every unit file there is, half a second of its time (systemd 252), and systemctl drops the rest.
const listUnits = ['systemctl', 'list-unit-files', '--plain', '--no-legend', '*.swap']

/** Names of swap units that systemd could start: of files, of generators, of partitions it found. */
async function swapUnits(on: Machine): Promise<readonly string[]> {
  const { stdout } = await on.ask(...listUnits)
  return stdout.split('\n').flatMap((line) => {
    const [name = '', state] = line.trim().split(/\s+/)
    return name.endsWith('.swap') && state !== 'masked' ? [name] : []
  })
}

function noSwapUnits(): Step {
  return {
    title: 'Mask swap.target and every swap unit',
    why: `${why} A masked unit cannot be started, also not by what depends on it: not by an own unit file, and not by a generator such as the one that looks for swap partitions (man systemd-gpt-auto-generator).`,
    async check(on) {
      const [target, units] = await Promise.all([on.unit('swap.target'), swapUnits(on)])
      if (target.load !== 'masked') return different('swap.target can start', 'masked')
      return units.length === 0 ? wanted : different(`${units} can start`, 'masked')
    },
    apply: {
      byHand: `systemctl mask --now swap.target\n${shellText({ argv: listUnits })} \\\n  | cut --delimiter=' ' --fields=1 | xargs --no-run-if-empty systemctl mask --now`,
      async run(on) {
        // A line that has left fstab has left its unit only after this.
        if ((await swapUnits(on)).length > 0) await on.run(command('systemctl', 'daemon-reload'))
        for (const unit of await swapUnits(on)) await mask(on, unit)
        await on.run(command('systemctl', 'mask', '--now', 'swap.target'))
      },
    },
  }
}

/** A unit file in /etc itself is in the way of the mask, a link to /dev/null; it is kept beside it. */
async function mask(on: Machine, unit: string): Promise<void> {
  const path = `/etc/systemd/system/${unit}`
  if ((await on.stat(path))?.kind === 'file') {
    await on.run(command('systemctl', 'disable', '--now', unit))
    await on.run(command('mv', '--', path, `${path}${kept}`))
    await on.run(command('systemctl', 'daemon-reload'))
  }
  await on.run(command('systemctl', 'mask', '--now', unit))
}

function noSwapNow(): Step {
  return {
    title: 'Switch swap off',
    why,
    async check(on) {
      const active = ((await on.read('/proc/swaps')) ?? '').split('\n').slice(1).filter(Boolean)
      return active.length === 0
        ? wanted
        : different(`swap on: ${active.map((line) => line.split(/\s+/)[0])}`, 'no swap')
    },
    apply: [command('swapoff', '--all')],
  }
}
