import { type Command, command } from '../run/command.ts'
import { serverAt } from './api.ts'
import { adminConf } from './kubeconfig.ts'

/**
 * kubectl as cluster admin at the API server of the control plane that it runs on, by its address. The
 * endpoint may not be up yet, or lead for another second to a control plane that has just gone.
 */
export const kubectl = (address: string, ...words: readonly string[]): Command =>
  command('kubectl', '--kubeconfig', adminConf, '--server', serverAt(address), ...words)
