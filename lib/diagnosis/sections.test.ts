import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { readSections } from './sections.ts'

const mark = 'kubestrap-0123456789ab'

test('sections are what stands between the marks', () => {
  const text = `noise\n${mark} section disks\na\nb\n\n${mark} section units\nc\n${mark} end\n`
  const { sections, whole } = readSections(text, mark)
  deepEqual(
    [...sections],
    [
      ['disks', 'a\nb\n'],
      ['units', 'c\n'],
    ],
  )
  equal(whole, true)
})

test('what was cut off is told, and kept as far as it came', () => {
  const { sections, whole } = readSections(`${mark} section disks\nhal`, mark)
  equal(sections.get('disks'), 'hal\n')
  equal(whole, false)
})

test('what follows the end belongs to no section', () => {
  const text = `${mark} section disks\na\n${mark} end\n section disks\nb\n`
  deepEqual([...readSections(text, mark).sections], [['disks', 'a\n']])
})

test('a log that plays the script divides nothing, and names no path', () => {
  const log = 'kubestrap-aaaa section units\nkubestrap-aaaa end'
  const evil = `${mark} section ../../etc/passwd\nx`
  const { sections, whole } = readSections(`${mark} section log\n${log}\n${evil}`, mark)
  deepEqual([...sections.keys()], ['log'])
  equal(sections.get('log'), `${log}\n`)
  equal(whole, false)
})

test('control characters and secrets are gone', () => {
  const text = `${mark} section log\n\u001b[31mred\u001b[0m abcdef.0123456789abcdef\n${mark} end`
  equal(readSections(text, mark).sections.get('log'), 'red (bootstrap token)\n')
})
