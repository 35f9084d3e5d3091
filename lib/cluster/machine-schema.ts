import * as v from 'valibot'
import { part } from './fields.ts'

/** Keys about the machine below the cluster; all are steps of phase `prerequisites`. */
export const machineSchema = {
  selinux: v.optional(
    part(
      v.picklist(['permissive', 'enforcing', 'unmanaged']),
      'SELinux',
      'permissive: it logs and forbids nothing. enforcing: with the policy for containers (container-selinux). unmanaged: left as it is.',
    ),
    'permissive',
  ),
  firewall: v.optional(
    part(
      v.picklist(['disabled', 'managed', 'unmanaged']),
      'Firewall of the nodes',
      'disabled: firewalld is switched off. managed: firewalld opens exactly the ports of role and pod network. unmanaged: left as it is; the ports are yours to open.',
    ),
    'disabled',
  ),
  timeSync: v.optional(
    part(
      v.picklist(['chrony', 'unmanaged']),
      'Time',
      'chrony: chronyd is installed and runs, with the servers that its own configuration names. unmanaged: you keep the clocks together.',
    ),
    'chrony',
  ),
  systemUpdate: v.optional(
    part(
      v.boolean(),
      'System update',
      'true: a machine gets all updates of its distribution once, before it joins; never as a member of the cluster.',
    ),
    false,
  ),
}
