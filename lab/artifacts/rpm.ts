import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { $ } from 'zx'
import { KubestrapError } from '../../lib/errors.ts'
import { type PackageSpec, specFile } from './packages.ts'

/** Where the programs are: a folder by its name in PackageFile, `kubernetes/kubelet`. */
export type Programs = ReadonlyMap<string, string>

/** Builds one package into a folder. @throws KubestrapError KS-LAB-RPM */
export async function buildRpm(spec: PackageSpec, programs: Programs, out: string): Promise<void> {
  const top = await mkdtemp(join(tmpdir(), 'kubestrap-rpm-'))
  try {
    await layOut(spec, programs, join(top, 'SOURCES', 'root'))
    await writeFile(join(top, 'package.spec'), specFile(spec))
    // A database of its own: this machine's may not exist, and is none of our business.
    const defines = [
      `_topdir ${top}`,
      `_rpmdir ${out}`,
      `_dbpath ${top}/db`,
      '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm',
    ]
    const flags = defines.flatMap((define) => ['--define', define])
    const run = $({ quiet: true, nothrow: true })
    const { exitCode, stderr } = await run`rpmbuild -bb ${flags} ${join(top, 'package.spec')}`
    if (exitCode !== 0) throw failed(`rpmbuild of ${spec.name}`, stderr)
  } finally {
    await rm(top, { recursive: true, force: true })
  }
}

async function layOut(spec: PackageSpec, programs: Programs, root: string): Promise<void> {
  for (const { path, from } of spec.files) {
    const target = join(root, path)
    await mkdir(dirname(target), { recursive: true })
    if ('text' in from) {
      await writeFile(target, from.text)
    } else {
      const [module = '', name = ''] = from.program.split('/')
      await cp(join(programs.get(module) ?? '', name), target)
      await chmod(target, 0o755)
    }
  }
  for (const folder of spec.folders ?? []) await mkdir(join(root, folder), { recursive: true })
}

export function failed(what: string, stderr: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-LAB-RPM',
    exit: 'phaseFailed',
    what: `${what} failed`,
    lines: stderr.trim().split('\n').slice(-12),
    unchanged: 'the half-made repository was thrown away',
    remedy: 'run the same command again',
  })
}
