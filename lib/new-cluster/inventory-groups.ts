/**
 * An Ansible inventory as groups, however it was written.
 * https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html
 */
export interface Groups {
  readonly groups: ReadonlyMap<string, Group>
  /** What could not be read, each with its line or place. */
  readonly problems: readonly string[]
}

export interface Group {
  readonly hosts: Map<string, Variables>
  readonly children: Set<string>
  readonly vars: Variables
}

export type Variables = Record<string, unknown>

/** The group of that name, made where it is not there yet. */
export function groupIn(groups: Map<string, Group>, name: string): Group {
  const found = groups.get(name) ?? { hosts: new Map(), children: new Set(), vars: {} }
  groups.set(name, found)
  return found
}
