import { adminConf, kubeAccess } from '../kube/kubeconfig.ts'
import { kubectl } from '../kube/kubectl.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { different, type Step, shellText, unknown, wanted } from '../run/step.ts'
import { withSecretFile } from './secret-file.ts'

const apply = ['apply', '--server-side', '--force-conflicts', '--field-manager=kubestrap']

/** Manifests of one's own (podNetwork.provider: none), applied on a control plane, file by file. */
export function ownManifests({ input, node }: Context): readonly Step[] {
  if (node.role !== 'control-plane') return []
  const manifests = Object.entries(input.manifests ?? {})
  return manifests.map(([name, content], index) => ({
    title: `Apply the manifest ${name}`,
    why: 'Server-side apply can be repeated: the API server itself tells what is already as wanted.',
    async check(on) {
      if (!(await kubeAccess(on, adminConf))) return unknown('control-plane-init')
      const { exitCode, output } = await diff(on, node.address, content)
      if (exitCode === 0) return wanted
      return different(output ?? 'not as in the file', 'as in the file')
    },
    apply: {
      byHand: shellText(kubectl(node.address, ...apply, '--filename', name)),
      async run(on) {
        await withSecretFile(on, `manifest-${index}.yaml`, content, (path) =>
          on.run(kubectl(node.address, ...apply, '--filename', path)),
        )
      },
    },
  }))
}

/** `kubectl diff`: 0 nothing to do, 1 differences, more than 1 could not tell (not there yet). */
async function diff(on: Machine, address: string, content: string) {
  const flags = ['--server-side', '--force-conflicts', '--field-manager=kubestrap']
  const command = kubectl(address, 'diff', ...flags, '--filename', '-')
  const { exitCode, stdout } = await on.look({ ...command, stdin: content })
  const lines = stdout.split('\n').filter((line) => /^[+-][^+-]/.test(line))
  return { exitCode, output: lines[0] }
}
