import type { Exercise } from './exercise.ts'
import { deployWeb, master, nameResolves, removeWeb, webRuns } from './parts.ts'

const selector = (label: string) =>
  `kubectl -n exercise patch service library --patch '{"spec":{"selector":{"app":"${label}"}}}'`

export const serviceSelector: Exercise = {
  name: 'service-selector',
  title: 'A Service behind which nobody stands',
  level: 1,
  minutes: 10,
  symptom:
    'In the namespace "exercise" runs the Deployment "library", and its Pod is ready. Who calls the Service "library" gets "connection refused", from everywhere. The Pod’s own address works.',
  hints: [
    '`kubectl -n exercise get endpointslices`: whom does the Service send its callers to?',
    'How does a Service find its Pods? `kubectl -n exercise describe service library`',
    '`kubectl -n exercise get pods --show-labels`, and compare.',
  ],
  break: [deployWeb, { on: master, run: selector('libary') }],
  checks: [
    webRuns,
    nameResolves('library.exercise'),
    {
      says: 'the Service answers by its own address',
      on: master,
      test: `address=$(kubectl -n exercise get service library -o jsonpath='{.spec.clusterIP}')
curl --silent --fail --max-time 5 "http://$address/"`,
    },
  ],
  solution: [{ on: master, run: selector('library') }],
  clean: [removeWeb],
  explanation:
    'A Service and its Pods know each other by labels only. A selector that fits nothing is no error: the Service exists, has an address and no endpoints, and kube-proxy rejects the calls. So the first question about a silent Service is always `get endpointslices`.',
  links: [
    'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/',
    'https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/',
  ],
}
