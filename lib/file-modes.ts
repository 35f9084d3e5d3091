import type { Role } from './cluster.ts'

/** Files that hold the cluster's secrets or say how it runs, and how open they may be at most. */
export interface GuardedFiles {
  /** Number in the CIS Kubernetes Benchmark 1.12 (kube-bench: cfg/cis-1.12). */
  readonly cis: string
  readonly what: string
  /** A path, or a folder and an ending: `/etc/kubernetes/pki/*.key`. The owner is root. */
  readonly path: string
  /** Permission bits that may be set; fewer are as good. */
  readonly mode: number
  readonly on: readonly Role[]
}

const kubernetes = '/etc/kubernetes'
const pki = `${kubernetes}/pki`
const controlPlane: readonly Role[] = ['control-plane']
const everyNode: readonly Role[] = ['control-plane', 'worker']

const of = (on: readonly Role[], cis: string, what: string, mode: number, path: string) => ({
  ...{ cis, what, path, mode, on },
})

/**
 * The list of docs/security.md; a test compares the two. What is not in it: CNI configuration
 * (1.1.9), which belongs to the pod network; an etcd user (1.1.12), as kubeadm runs etcd as root.
 */
export const guardedFiles: readonly GuardedFiles[] = [
  of(controlPlane, '1.1.1-8', 'manifests of static pods', 0o600, `${kubernetes}/manifests/*.yaml`),
  of(controlPlane, '1.1.11', 'data of etcd', 0o700, '/var/lib/etcd'),
  of(controlPlane, '1.1.13-14', 'kubeconfig of administrators', 0o600, `${kubernetes}/admin.conf`),
  of(controlPlane, '1.1.13-14', 'the same, above RBAC', 0o600, `${kubernetes}/super-admin.conf`),
  of(controlPlane, '1.1.15-16', 'kubeconfig', 0o600, `${kubernetes}/scheduler.conf`),
  of(controlPlane, '1.1.17-18', 'kubeconfig', 0o600, `${kubernetes}/controller-manager.conf`),
  of(controlPlane, '1.1.19', 'folder of certificates', 0o755, pki),
  of(controlPlane, '1.1.19', 'folder of certificates', 0o755, `${pki}/etcd`),
  of(controlPlane, '1.1.19-20', 'certificates', 0o644, `${pki}/*.crt`),
  of(controlPlane, '1.1.19-20', 'certificates of etcd', 0o644, `${pki}/etcd/*.crt`),
  of(controlPlane, '1.1.21', 'private keys', 0o600, `${pki}/*.key`),
  of(controlPlane, '1.1.21', 'private keys of etcd', 0o600, `${pki}/etcd/*.key`),
  of(
    everyNode,
    '4.1.1-2',
    'drop-in of kubelet.service',
    0o644,
    '/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf',
  ),
  of(everyNode, '4.1.5-6', 'kubeconfig of the kubelet', 0o600, `${kubernetes}/kubelet.conf`),
  of(everyNode, '4.1.7-8', 'CA the kubelet trusts', 0o644, `${pki}/ca.crt`),
  of(everyNode, '4.1.9-10', 'configuration of the kubelet', 0o600, '/var/lib/kubelet/config.yaml'),
]
