import * as v from 'valibot'
import { interfaceName } from './endpoint-schema.ts'
import { address, dnsName, filePath, notAddress, text, wholeNumber } from './fields.ts'
import { patterns as form } from './patterns.ts'

const labelValue = 'at most 63 letters, digits, "-", "_", "."; beginning and ending with no sign'
const labelKey = `NAME or DOMAIN/NAME, the name ${labelValue}`

export const sshSchema = v.strictObject({
  user: v.optional(
    text(
      form.user,
      'a login name, at most 32 letters, digits, ".", "_", "-"',
      'Login name; may use sudo. Where that wants a password it is asked for once.',
    ),
  ),
  port: v.optional(wholeNumber(1, 65535, 'Port of the SSH server.')),
  key: v.optional(
    text(
      form.filePath,
      filePath,
      'Private key; relative to the folder of this file. Without it ssh uses its own configuration and agent.',
    ),
  ),
  jump: v.optional(
    text(
      form.sshJump,
      'HOST, USER@HOST or USER@HOST:PORT',
      'Jump host: `HOST`, `USER@HOST` or `USER@HOST:PORT`. ssh goes through it to the node; its host key is learned as those of nodes are. Without USER the name is the one for the node.',
    ),
  ),
})

const taint = v.strictObject({
  key: text(form.labelKey, labelKey, 'Key of the taint.'),
  value: v.optional(text(form.labelValue, labelValue, 'Value of the taint.')),
  effect: v.pipe(
    v.picklist(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
    v.description('What happens to pods that do not tolerate it.'),
  ),
})

export const nodeSchema = v.strictObject({
  name: v.pipe(
    text(
      form.nodeName,
      `${dnsName}; at most 63 characters`,
      'Name of the Node object and of the host.',
    ),
    v.check(notAddress, 'a name, not an address'),
  ),
  address: address('Address the other nodes and the admin reach the node at.'),
  role: v.pipe(v.picklist(['control-plane', 'worker']), v.description('What the node is.')),
  interface: v.optional(
    interfaceName('For control planes: endpoint.interface, where it has another name here.'),
  ),
  schedulable: v.optional(
    v.pipe(v.boolean(), v.description('For control planes: true lets ordinary pods run here too.')),
  ),
  labels: v.optional(
    v.pipe(
      v.record(text(form.labelKey, labelKey), text(form.labelValue, labelValue)),
      v.description('Labels of the Node object, set through the API.'),
    ),
    {},
  ),
  taints: v.optional(
    v.pipe(v.array(taint), v.description('Taints of the Node object, beside those of its role.')),
    [],
  ),
  ssh: v.optional(v.pipe(sshSchema, v.description('What is different for this node.')), {}),
})
