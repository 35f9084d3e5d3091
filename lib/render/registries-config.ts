/**
 * Registries and their mirrors for everything that uses containers/image: CRI-O and podman.
 * https://github.com/containers/image/blob/main/docs/containers-registries.conf.5.md
 *
 * @param mirrors registry -> URL of its mirror, as sources.images has it
 */
export function registriesConfig(mirrors: Readonly<Record<string, string>>): string {
  const parts = Object.entries(mirrors).map(([registry, url]) => {
    const { protocol, host, pathname } = new URL(url)
    const insecure = protocol === 'http:' ? '\ninsecure = true' : ''
    return `[[registry]]
prefix = "${registry}"
location = "${registry}"

[[registry.mirror]]
location = "${host}${pathname.replace(/\/+$/, '')}"${insecure}
`
  })
  return ['# Written by kubestrap, phase prerequisites. A mirror is asked first.\n', ...parts].join(
    '\n',
  )
}
