import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boundedText, clock, count, lastLines, lineReader, plainLine } from './text.ts'

const lines: readonly [string, string, string][] = [
  ['plain text', 'plain text', 'stays'],
  ['a\tb', 'a\tb', 'tabs stay'],
  ['\u001b[31mred\u001b[0m', 'red', 'colours go'],
  ['\u001b[2J\u001b[1;1Hgone', 'gone', 'clearing the screen goes'],
  ['\u001b]0;title\u0007text', 'text', 'window titles go'],
  ['\u001b]52;c;aGk=\u001b\\text', 'text', 'writing to the clipboard goes'],
  ['\u001b(Bx', '(Bx', 'an escape that is not known loses its ESC'],
  ['50%\r100%', '50%100%', 'carriage returns go'],
  ['\u009b31mred', '31mred', 'eight-bit control characters go'],
  ['safe\u202egpj.exe', 'safegpj.exe', 'text that runs backwards goes'],
  ['a\u200bb\u0000c\u007f', 'abc', 'invisible characters go'],
  ['Grüße, 日本 🎉', 'Grüße, 日本 🎉', 'other scripts stay'],
]
for (const [given, wanted, title] of lines)
  test(`plainLine: ${title}`, () => assert.equal(plainLine(given), wanted))

test('plainLine cuts at 500 characters and says how many there were', () => {
  assert.equal(plainLine('x'.repeat(500)).length, 500)
  assert.equal(plainLine('x'.repeat(700)), `${'x'.repeat(500)} ... (700 characters)`)
})

test('plainLine gives one line', () => {
  assert.equal(plainLine('a\nerror: forged').includes('\n'), false)
})

test('lastLines gives the last lines that hold something', () => {
  const text = Array.from({ length: 50 }, (_, i) => `line ${i}\r\n \n`).join('')
  assert.deepEqual(lastLines(text, 2), ['line 48', 'line 49'])
  assert.equal(lastLines(text).length, 20)
  assert.deepEqual(lastLines('\n \n'), [])
})

const times: readonly [number, string][] = [
  [0, '0:00'],
  [999, '0:00'],
  [14_000, '0:14'],
  [725_000, '12:05'],
  [3_599_999, '59:59'],
  [3_723_000, '1:02:03'],
]
for (const [ms, wanted] of times) test(`clock ${ms}`, () => assert.equal(clock(ms), wanted))

test('count', () => {
  assert.deepEqual(
    [0, 1, 2].map((n) => count(n, 'node')),
    ['0 nodes', '1 node', '2 nodes'],
  )
})

test('chunks become lines, cut anywhere, also within a character', () => {
  const text = 'eins\n\nzwölf 日本\nlast'
  const bytes = Buffer.from(text)
  for (const size of [1, 2, 3, 7, 100]) {
    const lines: string[] = []
    const reader = lineReader((line) => lines.push(line))
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size))
    reader.end()
    assert.deepEqual(lines, text.split('\n'), `chunks of ${size}`)
  }
})

test('megabytes without a line feed: bounded in memory, and quick', () => {
  const lines: string[] = []
  const reader = lineReader((line) => lines.push(line))
  const chunk = Buffer.alloc(64 * 1024, 'x')
  const began = Date.now()
  for (let count = 0; count < 4096; count += 1) reader.push(chunk) // 256 MiB
  reader.push(Buffer.from('end\nnext\n'))
  assert.ok(Date.now() - began < 10_000, `${Date.now() - began} ms`)
  assert.ok((lines[0]?.length ?? 0) <= 8 * 1024 * 1024)
  assert.ok(lines[0]?.endsWith('xend'))
  assert.equal(lines[1], 'next')
})

test('of a text that has no end the beginning is kept', () => {
  const text = boundedText(5)
  for (const part of ['abc', 'defg', 'h']) text.add(part)
  assert.equal(text.read(), 'abcde')
})
