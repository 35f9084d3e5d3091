/** What the lab's nodes install, pinned: go.mod files, package names and image tags agree with it. */
export const versions = {
  kubernetes: '1.36.3',
  etcd: '3.6.8',
  coredns: '1.14.2',
  containerd: '2.2.0',
  cniPlugins: '1.9.1',
  pause: '3.10.2',
  kubeVip: '1.2.3',
} as const

/** Node.js by module stream, as npm's node-linux-* packages have it. */
export const nodeStreams = { '20': '20.20.0', '22': '22.23.3', '24': '24.20.0' } as const

/** Names of this machine's architecture: to Go, rpm and npm. */
export const architecture =
  process.arch === 'arm64'
    ? ({ go: 'arm64', rpm: 'aarch64', npm: 'arm64' } as const)
    : ({ go: 'amd64', rpm: 'x86_64', npm: 'x64' } as const)
