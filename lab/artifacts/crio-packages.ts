import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../project.ts'
import type { PackageSpec } from './packages.ts'
import { versions } from './versions.ts'

// As in https://github.com/cri-o/cri-o/blob/v1.36.3/contrib/systemd/crio.service
const crioService = `[Unit]
Description=Container Runtime Interface for OCI (CRI-O): stand-in of the kubestrap lab
Documentation=https://github.com/cri-o/cri-o
Wants=network-online.target
Before=kubelet.service
After=network-online.target

[Service]
Type=notify
NotifyAccess=all
ExecStart=/usr/bin/crio
TasksMax=infinity
LimitCORE=infinity
OOMScoreAdjust=-999
Delegate=yes
KillMode=process
TimeoutStartSec=0
Restart=always
RestartSec=10

[Install]
WantedBy=multi-user.target
Alias=cri-o.service
`

const standIn = readFileSync(join(projectRoot, 'lab/artifacts/files/crio-stand-in.sh'), 'utf8')

/** CRI-O's package by name, unit and configuration; containerd stands in for the program. */
export const crioPackages: readonly PackageSpec[] = [
  {
    name: 'cri-o',
    // The minor of Kubernetes, as upstream has it.
    version: versions.kubernetes,
    release: '150500.1.1.standin',
    summary: 'A stand-in for the Kubernetes container runtime CRI-O',
    requires: ['container-selinux', 'iptables', 'runc'],
    files: [
      { path: '/usr/bin/crio', from: { text: standIn }, executable: true },
      {
        path: '/usr/libexec/crio-stand-in/containerd',
        from: { program: 'containerd/containerd' },
      },
      {
        path: '/usr/libexec/crio-stand-in/containerd-shim-runc-v2',
        from: { program: 'containerd/containerd-shim-runc-v2' },
      },
      { path: '/usr/lib/systemd/system/crio.service', from: { text: crioService } },
      {
        path: '/etc/crio/crio.conf.d/10-crio.conf',
        from: { text: '[crio.runtime]\ndefault_runtime = "runc"\n' },
        config: true,
      },
    ],
  },
]
