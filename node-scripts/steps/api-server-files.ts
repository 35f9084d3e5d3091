import { admissionConfig, admissionFile } from '../../lib/render/admission-config.ts'
import { auditLogFolder, auditPolicy, auditPolicyFile } from '../../lib/render/audit-policy.ts'
import type { Context } from '../run/phase-script.ts'
import { command, different, type Step, wanted } from '../run/step.ts'
import { file } from './file.ts'

export const apiServerManifest = '/etc/kubernetes/manifests/kube-apiserver.yaml'

/** What the API server reads when it starts, on control planes: before kubeadm init or join. */
export function apiServerFiles({ cluster, node }: Context): readonly Step[] {
  if (node.role !== 'control-plane') return []
  const admission = file({
    path: admissionFile,
    mode: 0o600,
    title: 'Write what the API server thinks of pods',
    why: 'Pod Security admission warns whoever makes a pod that could take over its node. It forbids nothing until a namespace is labelled so.',
    content: admissionConfig,
  })
  const policy = file({
    path: auditPolicyFile,
    mode: 0o600,
    title: 'Write the audit policy',
    why: 'Without a policy the API server notes nothing, and nobody can tell afterwards who did what. Bodies are never noted: they hold Secrets.',
    content: auditPolicy,
  })
  const audit = [unlessUnused(policy, auditPolicyFile), unlessUnused(logFolder(), auditLogFolder)]
  return [unlessUnused(admission, admissionFile), ...(cluster.security.auditLog ? audit : [])]
}

/** A cluster that was begun without it stays so: its API servers do not look there. */
function unlessUnused(step: Step, path: string): Step {
  return {
    ...step,
    async check(on) {
      const manifest = await on.read(apiServerManifest)
      return manifest === undefined || manifest.includes(path) ? step.check(on) : wanted
    },
  }
}

function logFolder(): Step {
  return {
    title: 'Make the folder of the audit log',
    why: 'What users of the cluster do is for its administrators alone. The API server rotates its log by itself.',
    async check(on) {
      const state = await on.stat(auditLogFolder)
      if (state?.kind !== 'directory') return different('no such folder', 'a folder, 0700')
      const own = state.uid === 0 && state.gid === 0 && (state.mode & 0o077) === 0
      return own ? wanted : different('open to others', 'root alone')
    },
    apply: [command('install', '-d', '-m', '0700', '-o', 'root', '-g', 'root', auditLogFolder)],
  }
}
