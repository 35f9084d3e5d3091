/** A pod on every node that answers with its name, and a Service before them. */
export const webManifest = `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8080 }]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      tolerations: [{ operator: Exists }]
      containers:
        - name: web
          image: registry.k8s.io/kubestrap-lab/web:1
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 2 }
`

/** A pod that never runs: its image is on no node, and nobody may fetch it. */
export const sickPod = (node: string) => `apiVersion: v1
kind: Pod
metadata: { name: sick }
spec:
  nodeName: ${node}
  terminationGracePeriodSeconds: 1
  tolerations: [{ operator: Exists }]
  containers:
    - name: sick
      image: registry.k8s.io/kubestrap-lab/nobody-has-it:1
      imagePullPolicy: Never
`
