import type { Exercise } from './exercise.ts'
import { kubeletReports, worker } from './parts.ts'

const folder = '/var/lib/kubelet/pki'

export const kubeletCertificate: Exercise = {
  name: 'kubelet-certificate',
  title: 'Unauthorized',
  level: 3,
  minutes: 20,
  symptom: `A backup was restored on ${worker}. Since then the node is NotReady; network, kubelet and container runtime are fine.`,
  hints: [
    `\`journalctl -u kubelet -n 20 --no-pager\` on ${worker}: the API server answers, but what?`,
    `Who is the kubelet, in its own words? \`openssl x509 -noout -subject -issuer -dates -in ${folder}/kubelet-client-current.pem\``,
    `\`ls -l ${folder}\`: the current one is a link. Which of the others did this cluster's CA sign? \`openssl verify -CAfile /etc/kubernetes/pki/ca.crt FILE\``,
  ],
  keeps: { on: worker, paths: [folder] },
  break: [
    {
      on: worker,
      run: `cd ${folder}
old=kubelet-client-2024-02-29-12-00-00.pem
openssl req -x509 -newkey rsa:2048 -nodes -days 365 \\
  -subj /O=system:nodes/CN=system:node:${worker} -keyout /run/old.key -out /run/old.crt 2> /dev/null
install -m 0600 /dev/null $old
cat /run/old.crt /run/old.key > $old
rm /run/old.crt /run/old.key
ln -sfn ${folder}/$old kubelet-client-current.pem
systemctl restart kubelet`,
    },
  ],
  checks: [
    {
      says: "the kubelet's client certificate is from this cluster's CA",
      on: worker,
      test: `openssl verify -CAfile /etc/kubernetes/pki/ca.crt ${folder}/kubelet-client-current.pem`,
    },
    kubeletReports(worker),
  ],
  solution: [
    {
      on: worker,
      run: `cd ${folder}
for file in $(ls -t kubelet-client-2*.pem); do
  openssl verify -CAfile /etc/kubernetes/pki/ca.crt $file && ln -sfn ${folder}/$file kubelet-client-current.pem && break
done
systemctl restart kubelet`,
    },
  ],
  undo: [
    {
      on: worker,
      run: `rm -f ${folder}/kubelet-client-2024-02-29-12-00-00.pem\nsystemctl restart kubelet`,
    },
  ],
  clean: [{ on: worker, run: `rm -f ${folder}/kubelet-client-2024-02-29-12-00-00.pem` }],
  explanation:
    'The kubelet proves with a client certificate that it is system:node:NAME in the group system:nodes. One that another CA signed, or that has expired, is answered with 401. The kubelet renews its certificate in time as long as it lives; a node that was off for a year, or a restored backup, has an old one. Where no good one is left: `kubeadm kubeconfig user --org system:nodes --client-name system:node:NAME` on a control plane makes a new kubelet.conf.',
  links: [
    'https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/',
    'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/troubleshooting-kubeadm/#kubelet-client-cert',
  ],
}
