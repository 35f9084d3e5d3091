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
