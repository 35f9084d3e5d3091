import { $ } from 'zx'

/**
 * What given packages require and no package provides: the machine image is Debian, and has it under
 * another name or not at all. Returned as lines for `Provides:` of a spec file.
 *
 * @param given packages that a person brought
 * @param all every package of the lab's repositories, the given ones among them
 */
export async function assumed(
  given: readonly string[],
  all: readonly string[],
): Promise<readonly string[]> {
  const [requires, provides, files] = await Promise.all([
    ask('--requires', given),
    ask('--provides', all),
    ask('--list', given),
  ])
  return unprovided(requires, provides, files)
}

async function ask(what: string, packages: readonly string[]): Promise<readonly string[]> {
  if (packages.length === 0) return []
  const query = ['--nosignature', '--query', '--package', what]
  const { stdout } = await $({ quiet: true })`rpm ${query} ${[...packages]}`
  return stdout.split('\n').filter(Boolean)
}

const dependency = /^(\S+)(?: (<|<=|=|>=|>) (\S+))?$/

/**
 * Lines as `rpm --requires`, `--provides` and `--list` print them. A requirement with a version
 * counts as provided only by the very same line: who compares versions is dnf.
 */
export function unprovided(
  requires: readonly string[],
  provides: readonly string[],
  files: readonly string[],
): readonly string[] {
  const names = new Set([...provides.map((line) => line.split(' ')[0]), ...files])
  const lines = new Set(provides)
  const missing = requires.flatMap((line) => {
    const [, name = '', comparison, version] = dependency.exec(line) ?? []
    // Of rpm itself; or a condition such as `(a if b)`, which asks for nothing here.
    if (name === '' || /^(rpmlib|config)\(/.test(name)) return []
    if (comparison === undefined) return names.has(name) ? [] : [name]
    if (comparison === '<' || comparison === '>' || lines.has(`${name} = ${version}`)) return []
    return [`${name} = ${version}`]
  })
  return [...new Set(missing)].sort()
}
