import { KubestrapError } from '../../lib/errors.ts'
import { command, different, type Step, wanted } from '../run/step.ts'

/** The host name is the node's name: kubelet and certificates are made for it. */
export function hostName(name: string): Step {
  return {
    title: `Set the host name to ${name}`,
    why: 'kubeadm and the kubelet name the node after it, and a clone that kept its template’s name would take another node’s place.',
    async check(on) {
      const { stdout } = await on.ask('hostname')
      const found = stdout.trim()
      if (found === name) return wanted
      if ((await on.stat('/etc/kubernetes/kubelet.conf')) !== undefined)
        throw otherName(found, name)
      return different(found, name)
    },
    apply: [command('hostnamectl', 'set-hostname', name)],
  }
}

function otherName(found: string, name: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-HOST-NAME',
    exit: 'conflict',
    what: `this machine belongs to a cluster under the name ${found}, the cluster file calls it ${name}`,
    unchanged: 'nothing: a node cannot be renamed while it is a member',
    remedy: `correct the name or the address in the cluster file, or reset the node first`,
  })
}
