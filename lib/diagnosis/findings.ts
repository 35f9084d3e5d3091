import { symptoms } from '../error-pages.ts'
import type { Sections } from './sections.ts'

/** Something that looks wrong on a node, and what to do about it. */
export interface Finding {
  readonly what: string
  readonly todo: string
}

type Detector = (sections: Sections, now: Date) => readonly Finding[]

const linesOf = (sections: Sections, name: string) => (sections.get(name) ?? '').split('\n')

/** `Id=kubelet.service` and what follows, of `systemctl show`. */
function unitsIn(sections: Sections): readonly Readonly<Record<string, string>>[] {
  const blocks = (sections.get('units') ?? '').split(/\n\s*\n/)
  return blocks
    .map((block) =>
      Object.fromEntries([...block.matchAll(/^(\w+)=(.*)$/gm)].map(([, k, v]) => [k, v])),
    )
    .filter(({ Id, LoadState }) => Id !== undefined && LoadState === 'loaded')
}

const services: Detector = (sections) =>
  unitsIn(sections)
    .filter(({ Id = '' }) => /^(kubelet|crio|containerd|chronyd|kubestrap-)/.test(Id))
    .filter(({ ActiveState }) => ActiveState !== 'active')
    .map(({ Id = '', ActiveState, SubState, Result }) => ({
      what: `${Id} is ${ActiveState} (${SubState}, ${Result})`,
      todo: `journalctl --unit ${Id} --lines 50; systemctl restart ${Id}`,
    }))

const restarts: Detector = (sections) =>
  unitsIn(sections)
    .filter(({ NRestarts }) => Number(NRestarts) >= 3)
    .map(({ Id, NRestarts }) => ({
      what: `${Id} was started again ${NRestarts} times by systemd`,
      todo: 'its last lines before each end tell why: kubelet-log.txt, runtime-log.txt',
    }))

const failedUnits: Detector = (sections) =>
  linesOf(sections, 'units').flatMap((line) => {
    const [, unit] = /^\W*(\S+\.(?:service|mount|swap|timer))\s+\S+\s+failed\b/.exec(line) ?? []
    return unit ? [{ what: `${unit} has failed`, todo: `systemctl status ${unit}` }] : []
  })

const fullDisks: Detector = (sections) =>
  linesOf(sections, 'disks').flatMap((line) => {
    const [, type, used, at] = /^\S+\s+(\S+)(?:\s+\d+){3}\s+(\d+)%\s+(\/.*)$/.exec(line) ?? []
    const counts = type !== undefined && !/^(squashfs|iso9660|devtmpfs|efivarfs)$/.test(type)
    return counts && Number(used) >= 90
      ? [
          {
            what: `the file system of ${at} is ${used} % full`,
            todo: 'at 85 to 90 % the kubelet evicts pods and etcd may stop: make room, or make it larger',
          },
        ]
      : []
  })

const swap: Detector = (sections) =>
  linesOf(sections, 'swap').filter((line) => line.startsWith('/')).length === 0
    ? []
    : [
        {
          what: 'swap is on: the kubelet does not start',
          todo: 'kubestrap up switches it off for good',
        },
      ]

const time: Detector = (sections) =>
  /^NTPSynchronized=no$/m.test(sections.get('time') ?? '')
    ? [{ what: 'the clock is not synchronised', todo: 'chronyc sources; systemctl status chronyd' }]
    : []

const killed: Detector = (sections) => {
  const names = linesOf(sections, 'kernel-log').flatMap(
    (line) => /Out of memory: Killed process \d+ \(([^)]{1,30})\)/.exec(line)?.[1] ?? [],
  )
  return [...new Set(names)].map((name) => ({
    what: `the kernel killed ${name} for want of memory`,
    todo: 'give the machine more memory, or its pods limits',
  }))
}

const day = 86_400_000

const certificates: Detector = (sections, now) =>
  linesOf(sections, 'certificates').flatMap((line) => {
    const [, file, end] = /^(\/\S+) notAfter=(.+? GMT)/.exec(line) ?? []
    const days = Math.floor((Date.parse(end ?? '') - now.getTime()) / day)
    if (file === undefined || Number.isNaN(days) || days >= 30) return []
    const when = days < 0 ? `has expired ${-days} days ago` : `expires in ${days} days`
    const todo = file.startsWith('/var/lib/kubelet')
      ? 'the kubelet renews it itself where the API server answers: journalctl --unit kubelet'
      : 'kubeadm certs renew all on this node, then restart its static pods'
    return [{ what: `${file} ${when}`, todo }]
  })

const halfDone: Detector = (sections) =>
  /^--- \/var\/lib\/kubestrap\/begun$/m.test(sections.get('kubestrap') ?? '')
    ? [
        {
          what: 'an init or join began here and never finished',
          todo: 'kubestrap up goes on with it',
        },
      ]
    : []

/** Containers of static pods that have ended and of which no other runs. */
const staticPods: Detector = (sections) => {
  const rows = linesOf(sections, 'containers')
  const names = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-vip']
  return names.flatMap((name) => {
    const own = rows.filter((row) => row.split(/\s+/).includes(name))
    const ended = own.some((row) => /\bExited\b/.test(row))
    return ended && !own.some((row) => /\bRunning\b/.test(row))
      ? [{ what: `${name} does not run`, todo: `its last words are in static-pods.txt` }]
      : []
  })
}

/** An event of a phase that is neither what a command printed nor a failure. */
const otherEvent = /^\{"run":"[^"]*","seq":\d+,"at":"[^"]*","kind":"(?!output"|error")/

/** What commands of phases printed; a wait tells what is missing as well, and that is no fault. */
const printedInRuns = (sections: Sections) =>
  linesOf(sections, 'runs')
    .filter((line) => !otherEvent.test(line))
    .map((line) => line.replaceAll('\\"', '"'))

/** Messages of other programs that docs/troubleshooting.md knows. */
const knownMessages: Detector = (sections) => {
  const logs = ['kubelet-log', 'runtime-log', 'static-pods']
  const lines = [...logs.flatMap((name) => linesOf(sections, name)), ...printedInRuns(sections)]
  return symptoms
    .flatMap(({ messages }) => messages)
    .filter(({ says }) => mentions(lines, says))
    .map(({ says, means, todo }) => ({
      what: `a log says "${shown(says)}": ${plain(means)}`,
      todo: plain(todo),
    }))
}

const shown = (says: string) => says.split('\n')[0]?.slice(0, 160) ?? ''
const plain = (markdown: string) => markdown.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')

/** All words between the placeholders, in one line. */
function mentions(lines: readonly string[], says: string): boolean {
  const parts = shown(says)
    .split(/<[^<>]*>/)
    .map((part) => part.trim())
  const words = parts.filter((part) => part.length > 8)
  return words.length > 0 && lines.some((line) => words.every((word) => line.includes(word)))
}

const detectors: readonly Detector[] = [
  ...[services, restarts, failedUnits, staticPods, halfDone],
  ...[fullDisks, swap, time, killed, certificates, knownMessages],
]

/** What looks wrong on a node, the plainest first. */
export const findingsOf = (sections: Sections, now: Date): readonly Finding[] =>
  detectors.flatMap((detector) => detector(sections, now))
