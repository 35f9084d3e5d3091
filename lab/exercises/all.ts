import { apiserverFlag } from './apiserver-flag.ts'
import { certificateKey } from './certificate-key.ts'
import { cordoned } from './cordoned.ts'
import { corefile } from './corefile.ts'
import { diskFull } from './disk-full.ts'
import { dnsGone } from './dns-gone.ts'
import { etcdMember } from './etcd-member.ts'
import type { Exercise } from './exercise.ts'
import { firewallClosed } from './firewall-closed.ts'
import { kubeletCertificate } from './kubelet-certificate.ts'
import { kubeletStopped } from './kubelet-stopped.ts'
import { podRoute } from './pod-route.ts'
import { runtimeStopped } from './runtime-stopped.ts'
import { serviceSelector } from './service-selector.ts'
import { swapOn } from './swap-on.ts'
import { taint } from './taint.ts'
import { wrongCa } from './wrong-ca.ts'
import { wrongEndpoint } from './wrong-endpoint.ts'

/** All exercises, in the order in which a course would take them. */
export const exercises: readonly Exercise[] = [
  kubeletStopped,
  cordoned,
  taint,
  serviceSelector,
  dnsGone,
  runtimeStopped,
  swapOn,
  wrongEndpoint,
  wrongCa,
  corefile,
  firewallClosed,
  diskFull,
  apiserverFlag,
  certificateKey,
  kubeletCertificate,
  podRoute,
  etcdMember,
]
