import { apiServerFolder } from './audit-policy.ts'

/** Holds the key: 0600, and the same on every control plane. */
export const encryptionFile = `${apiServerFolder}/encryption.yaml`

/** Base64 of exactly 32 bytes: what secretbox takes; the last digit before `=` has two bits unset. */
export const encryptionKeyForm = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/

/**
 * How the API server encrypts Secrets in etcd. secretbox (XSalsa20 and Poly1305) also notices when
 * somebody changed what is stored, unlike aescbc, and needs no rotation by count, unlike aesgcm.
 * There is no provider `identity`: what is not encrypted is not taken for a Secret.
 * https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/ ; CIS 1.2.27, 1.2.28
 */
export const encryptionConfig = (
  key: string,
) => `# Written by kubestrap, before kubeadm init or join.
# Secret: whoever has this key and a copy of etcd can read every Secret.
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox:
          keys:
            - name: key1
              secret: ${key}
`

/**
 * The key in a file that is exactly as we write it; undefined when there is no file, no key of the
 * right length, or somebody changed more than that (rotated keys by hand).
 */
export function encryptionKeyIn(text: string | undefined): string | undefined {
  const [, key = ''] = /^ {14}secret: (\S+)$/m.exec(text ?? '') ?? []
  return encryptionKeyForm.test(key) && text === encryptionConfig(key) ? key : undefined
}
