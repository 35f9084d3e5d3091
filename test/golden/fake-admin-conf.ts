import { adminConf } from '../../node-scripts/kube/kubeconfig.ts'

const text = Buffer.from('pem').toString('base64')

/** Files of a control plane in memory: an admin.conf that leads to an API server. */
export const fakeAdminConf: Readonly<Record<string, string>> = {
  [adminConf]: JSON.stringify({
    clusters: [{ cluster: { server: 'https://e:6443', 'certificate-authority-data': text } }],
    users: [{ user: { 'client-certificate-data': text, 'client-key-data': text } }],
  }),
}
