import { criSockets } from '../../lib/render/kubeadm-config.ts'
import { command, different, type Step, wanted } from '../run/step.ts'

const limit = 60_000
const socket = criSockets.containerd.replace('unix://', '')

/** The runtime counts as there when it answers, not when its service is called active. */
export function runtimeAnswers(): Step {
  return {
    title: 'Wait until the container runtime answers',
    why: 'Its socket appears some time after systemd calls the service active; kubeadm would stop at once.',
    async check(on) {
      if ((await on.stat(socket)) === undefined) return different('no socket', 'an answer')
      const { exitCode } = await on.ask('ctr', '--connect-timeout', '5s', 'version')
      return exitCode === 0 ? wanted : different('no answer', 'an answer')
    },
    apply: {
      byHand: 'until ctr version; do sleep 1; done',
      run: (on) =>
        on.waitFor('containerd answers', limit, async () => {
          const { exitCode } = await on.ask('ctr', '--connect-timeout', '5s', 'version')
          return exitCode === 0
            ? { value: undefined }
            : { missing: 'containerd does not answer yet' }
        }),
    },
  }
}

export const imageNames = () => command('ctr', '--namespace', 'k8s.io', 'images', 'list', '--quiet')
