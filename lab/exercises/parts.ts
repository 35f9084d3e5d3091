import type { Check, Lines } from './exercise.ts'

/** Parts that several exercises share. */

export const master = 'k-master-1'
export const worker = 'k-worker-1'

/** A kubelet renews its Lease every 10 s; the node is called NotReady only after 50. */
export const kubeletReports = (node: string): Check => ({
  says: `the kubelet of ${node} reports to the cluster (its Lease is fresh, the node is Ready)`,
  on: master,
  test: `renewed=$(kubectl -n kube-node-lease get lease ${node} -o jsonpath='{.spec.renewTime}')
[ $(( $(date +%s) - $(date -d "$renewed" +%s) )) -lt 20 ]
kubectl wait --for=condition=Ready node/${node} --timeout=1s`,
})

/** @param name of a service in the cluster, with its namespace */
export const nameResolves = (name: string): Check => ({
  says: `the cluster's DNS knows ${name}`,
  on: worker,
  test: `node -e "
const resolver = new (require('node:dns').promises.Resolver)({ timeout: 3000, tries: 1 })
resolver.setServers(['10.96.0.10'])
resolver.resolve4('${name}.svc.cluster.local')"`,
})

const namespace = 'exercise'

/** A web server that is to run on workers, in the namespace "exercise". */
export const deployWeb: Lines = {
  on: master,
  run: `kubectl get namespace ${namespace} > /dev/null 2>&1 || kubectl create namespace ${namespace}
kubectl apply -f - <<'MANIFEST'
apiVersion: apps/v1
kind: Deployment
metadata: { name: library, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: library } }
  template:
    metadata: { labels: { app: library } }
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{ name: web, image: registry.k8s.io/kubestrap-lab/web:1 }]
---
apiVersion: v1
kind: Service
metadata: { name: library, namespace: ${namespace} }
spec:
  selector: { app: library }
  ports: [{ port: 80, targetPort: 8080 }]
MANIFEST`,
}

export const removeWeb: Lines = {
  on: master,
  run: `kubectl delete namespace ${namespace} --ignore-not-found --timeout=90s`,
}

export const webRuns: Check = {
  says: 'the Deployment "library" has its Pod, and the Pod is ready',
  on: master,
  test: `kubectl -n ${namespace} rollout status deployment/library --timeout=2s`,
}
