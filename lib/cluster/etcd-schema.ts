import * as v from 'valibot'
import { filePath, part, text } from './fields.ts'
import { patterns as form } from './patterns.ts'

const client = 'relative to the folder of this file.'

const external = v.strictObject({
  endpoints: v.pipe(
    v.array(
      text(
        form.etcdEndpoint,
        'an https URL with a port and nothing after it, such as https://192.168.9.131:2379',
      ),
    ),
    v.minLength(1, 'at least one endpoint'),
    v.description('Client URLs of all members, https://ADDRESS:PORT.'),
  ),
  ca: text(form.filePath, filePath, `CA that signed the members' certificates; ${client}`),
  certificate: text(form.filePath, filePath, `Client certificate of the API servers; ${client}`),
  key: text(form.filePath, filePath, `Private key of that certificate; ${client}`),
})

/** https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/high-availability/#external-etcd-nodes */
export const etcdSchema = v.strictObject({
  external: v.optional(
    part(
      external,
      'External etcd',
      'An etcd cluster of your own. Without it each control plane runs a member of its own.',
    ),
  ),
})
