import type { Cluster } from '../cluster.ts'
import { admissionFile } from './admission-config.ts'
import { apiServerFolder, auditLogFile, auditLogFolder, auditPolicyFile } from './audit-policy.ts'
import { encryptionFile } from './encryption-config.ts'

/** Owned: without the key that belongs to it the file could not be read. */
export const encryptionFlag = 'encryption-provider-config'

/** With it API servers believe a kubelet only with a certificate of this CA (CIS 1.2.5). */
const kubeletCaFlag = 'kubelet-certificate-authority'
const caFile = '/etc/kubernetes/pki/ca.crt'

type Flags = Readonly<Record<string, string>>

/** /debug/pprof tells much about a process, and is needed by its developers (CIS 1.2.15, 1.3.2, 1.4.1). */
export const noProfiling: Flags = { profiling: 'false' }

/**
 * Flags of kube-apiserver beside kubeadm's own, without their dashes. What the file says in
 * apiServer.extraArgs comes last and wins; what must not be set there is in owned-settings.ts.
 */
export function apiServerArguments(cluster: Cluster): Flags {
  return {
    ...noProfiling,
    'admission-control-config-file': admissionFile,
    ...(cluster.security.auditLog ? auditArguments : {}),
    ...(cluster.security.encryptSecrets ? { [encryptionFlag]: encryptionFile } : {}),
    ...(cluster.security.kubeletServingCertificates ? { [kubeletCaFlag]: caFile } : {}),
    ...cluster.apiServer.extraArgs,
  }
}

/** Days, files and megabytes as CIS 1.2.17 to 1.2.19 have them: at most 1.1 GB a control plane. */
const auditArguments: Flags = {
  'audit-policy-file': auditPolicyFile,
  'audit-log-path': auditLogFile,
  'audit-log-maxage': '30',
  'audit-log-maxbackup': '10',
  'audit-log-maxsize': '100',
}

/** What the API server's static pod sees of its machine, beside what kubeadm mounts. */
export function apiServerVolumes({ security }: Cluster): readonly object[] {
  const files = {
    name: 'kubestrap',
    hostPath: apiServerFolder,
    mountPath: apiServerFolder,
    readOnly: true,
    pathType: 'Directory',
  }
  const log = {
    name: 'audit-log',
    hostPath: auditLogFolder,
    mountPath: auditLogFolder,
    pathType: 'Directory',
  }
  return security.auditLog ? [files, log] : [files]
}
