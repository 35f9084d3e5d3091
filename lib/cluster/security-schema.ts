import * as v from 'valibot'

/** docs/security.md says what is on without a key, what these keys cost, and what is left off. */
export const securitySchema = v.strictObject({
  auditLog: v.optional(
    v.pipe(
      v.boolean('true or false'),
      v.description(
        'API servers note in /var/log/kubernetes/audit who asked for what, never the bodies. Counts when a cluster is begun.',
      ),
    ),
    true,
  ),
  encryptSecrets: v.optional(
    v.pipe(
      v.boolean('true or false'),
      v.description(
        'Secrets are encrypted before they are written to etcd, with a key that only control planes have. Counts when a cluster is begun.',
      ),
    ),
    false,
  ),
  kubeletServingCertificates: v.optional(
    v.pipe(
      v.boolean('true or false'),
      v.description(
        'Kubelets answer with certificates of the cluster, which up and kubestrap approve let them have; renewed after ten months, they need kubestrap approve again. Counts when a cluster is begun.',
      ),
    ),
    false,
  ),
})
