import type { Exercise } from './exercise.ts'
import { master } from './parts.ts'

const file = '/root/certificate-key'

export const certificateKey: Exercise = {
  name: 'certificate-key',
  title: 'The fourth control plane comes too late',
  level: 2,
  minutes: 15,
  symptom: `A classmate wants to join another control plane and types what you noted down yesterday. kubeadm answers: \`error downloading certs: error downloading the secret: Secret "kubeadm-certs" was not found in the "kube-system" Namespace. This Secret might have expired.\` Put a certificate key that works into ${file} on ${master}, readable by root only: that is where it is taken from.`,
  hints: [
    'The message names the Secret: `kubectl -n kube-system get secret kubeadm-certs`. Who had put it there, and for how long?',
    '`kubeadm init phase upload-certs --help`',
    'It prints a new key. The old one is worth nothing: it had encrypted what has gone.',
  ],
  keeps: { on: master, paths: [file] },
  break: [
    {
      on: master,
      run: `umask 077
kubeadm certs certificate-key > ${file}
kubectl -n kube-system delete secret kubeadm-certs --ignore-not-found`,
    },
  ],
  checks: [
    {
      says: 'the certificates for joining control planes lie in the cluster, encrypted',
      on: master,
      test: 'kubectl -n kube-system get secret kubeadm-certs',
    },
    {
      says: `the key in ${file} decrypts them`,
      on: master,
      test: `kubectl -n kube-system get secret kubeadm-certs -o jsonpath='{.data.ca\\.crt}' | node -e "
const { readFileSync } = require('node:fs')
const data = Buffer.from(readFileSync(0, 'utf8'), 'base64')
const key = Buffer.from(readFileSync('${file}', 'utf8').trim(), 'hex')
const open = require('node:crypto').createDecipheriv('aes-256-gcm', key, data.subarray(0, 12))
open.setAuthTag(data.subarray(-16))
open.update(data.subarray(12, -16))
open.final()"`,
    },
    {
      says: 'and only root can read it',
      on: master,
      test: `[ "$(stat --format %a ${file})" = 600 ]`,
    },
  ],
  solution: [
    {
      on: master,
      run: `umask 077\nkubeadm init phase upload-certs --upload-certs | tail -n 1 > ${file}`,
    },
  ],
  undo: [],
  clean: [
    {
      on: master,
      run: `rm -f ${file}\nkubectl -n kube-system delete secret kubeadm-certs --ignore-not-found
kubectl -n kube-system delete secret --field-selector type=bootstrap.kubernetes.io/token`,
    },
  ],
  explanation:
    'A joining control plane needs the private keys of the CAs. kubeadm puts them into a Secret, encrypted with the certificate key, which it prints once and keeps nowhere. The Secret belongs to a token of two hours and goes with it. kubestrap makes both when a node needs them, and deletes them afterwards: nobody has to note them down.',
  links: [
    'https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-init/#uploading-control-plane-certificates-to-the-cluster',
    'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/high-availability/',
  ],
}
