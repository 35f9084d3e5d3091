import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Artifacts } from './artifacts/artifacts.ts'
import { registryConfig } from './artifacts/images.ts'
import { haproxyConfig } from './haproxy.ts'
import { containerName, endpointOf, hardwareAddress, networkName, sourcesOf } from './layout.ts'
import { copyIn } from './machines.ts'
import { nginxConfig } from './nginx.ts'
import { containersOf, labLabel, machineLabel, podman } from './podman.ts'

/** A helper of the lab that is no node: a plain container without systemd. */
export interface Service {
  readonly name: 'k-endpoint' | 'k-sources'
  readonly address: string
  readonly volumes: readonly string[]
  readonly command: readonly string[]
  readonly files: Readonly<Record<string, string>>
}

export function endpointService(octet: number): Service {
  return {
    name: 'k-endpoint',
    address: endpointOf(octet),
    volumes: [],
    command: ['haproxy', '-W', '-db', '-f', '/etc/haproxy/haproxy.cfg'],
    files: { 'etc/haproxy/haproxy.cfg': haproxyConfig(octet) },
  }
}

/** Packages by http on port 80, images on port 5000; both from the cache, read-only. */
export function sourcesService(octet: number, artifacts: Artifacts): Service {
  const { rpms, registry, registryProgram } = artifacts
  return {
    name: 'k-sources',
    address: sourcesOf(octet),
    volumes: [
      `${rpms}:/srv/rpms:ro`,
      `${registry}:/srv/registry:ro`,
      `${registryProgram}:/usr/local/bin/registry:ro`,
    ],
    command: ['sh', '-c', 'registry serve /etc/registry.yaml & exec nginx'],
    files: {
      'etc/nginx/nginx.conf': nginxConfig,
      'etc/registry.yaml': registryConfig('/srv/registry', ':5000'),
    },
  }
}

const versionLabel = 'kubestrap.version'

/** Hash of what a service is made of; one made otherwise is replaced. */
export const versionOf = (service: Service, image: string) =>
  createHash('sha256')
    .update(JSON.stringify([service, image]))
    .digest('hex')
    .slice(0, 16)

export function serviceArguments(lab: string, service: Service, image: string): readonly string[] {
  const { name, address, volumes, command } = service
  return [
    'create',
    ...['--name', containerName(lab, name), '--hostname', name],
    ...['--label', `${labLabel}=${lab}`, '--label', `${machineLabel}=${name}`],
    ...['--label', `${versionLabel}=${versionOf(service, image)}`],
    ...['--network', networkName(lab), '--ip', address],
    ...['--mac-address', hardwareAddress(address), '--stop-timeout', '2'],
    ...['--log-driver', 'k8s-file', '--log-opt', 'max-size=10mb'],
    ...volumes.flatMap((volume) => ['--volume', volume]),
    image,
    ...command,
  ]
}

/** Has a service run in its present form. */
export async function ensureService(lab: string, service: Service, image: string): Promise<void> {
  const found = (await containersOf(lab)).find(({ machine }) => machine === service.name)
  const current = found?.labels[versionLabel] === versionOf(service, image)
  if (found && current && found.state === 'running') return
  if (found && !current) await podman('rm', '--force', '--time', '2', found.id)
  if (!found || !current) await create(lab, service, image)
  await podman('start', containerName(lab, service.name))
}

async function create(lab: string, service: Service, image: string): Promise<void> {
  await podman(...serviceArguments(lab, service, image))
  const folder = mkdtempSync(join(tmpdir(), 'kubestrap-lab-'))
  try {
    for (const [path, content] of Object.entries(service.files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    }
    await copyIn(folder, Object.keys(service.files), containerName(lab, service.name))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
