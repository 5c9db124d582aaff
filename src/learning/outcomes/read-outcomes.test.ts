import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeFault } from './fault.ts'
import { type ReadResult, readOutcomes } from './read-outcomes.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outcomes-'))
})
afterEach(() => rm(folder, { recursive: true }))

const line = (id: string, score: unknown = 1) =>
  JSON.stringify({
    id,
    dataset: 'set',
    split: 'train',
    qhash: id,
    prompt: `Wie hoch ist ${id}? ✓`,
    outcomes: { m: { score } },
  })
const lines = (count: number) => Array.from({ length: count }, (_, index) => line(`row ${index}`))
const file = async (name: string, content: string | Uint8Array) => {
  await writeFile(join(folder, name), content)
  return join(folder, name)
}
const idsOf = (result: ReadResult) => (result.kind === 'read' ? result.rows.map(({ id }) => id) : null)
const faultsOf = (result: ReadResult) => (result.kind === 'faulty' ? result.faults.map(describeFault) : null)

test('files of a folder are read, plain and gzipped', async () => {
  await file('a.jsonl', `${line('a')}\n\n${line('b')}`)
  await file('b.jsonl.gz', gzipSync(`${line('c')}\n`))
  await file('notes.txt', 'not read')
  expect(idsOf(await readOutcomes([folder]))).toEqual(['a', 'b', 'c'])
})

test('a row that spans many chunks keeps its letters', async () => {
  const rows = lines(5000)
  const path = await file('a.jsonl.gz', gzipSync(rows.join('\n')))
  const result = await readOutcomes([path])
  expect(result.kind === 'read' && result.rows[4999]!.prompt).toBe('Wie hoch ist row 4999? ✓')
})

test('all bad lines are named at once, with file, line and remedy', async () => {
  const path = await file('a.jsonl', [line('a'), '{', line('b', 7), line('a')].join('\n'))
  const faults = faultsOf(await readOutcomes([path]))
  expect(faults).toEqual([
    expect.stringMatching(/a\.jsonl:2: is not JSON: .*--skip-bad/),
    expect.stringContaining('a.jsonl:3: `outcomes.m.score` is 7. Write a number from 0 to 1'),
    expect.stringContaining(`a.jsonl:4: repeats the id a of ${path}:1`),
  ])
})

test('a cut gzip stream is a fault that says how far it was sound', async () => {
  const whole = gzipSync(lines(3000).join('\n'))
  const path = await file('a.jsonl.gz', whole.subarray(0, Math.floor(whole.length / 2)))
  expect(faultsOf(await readOutcomes([path]))).toEqual([
    expect.stringMatching(/is cut short: .* after \d+ whole rows/),
  ])
})

test('bytes that are no gzip are a fault', async () => {
  const path = await file('a.jsonl.gz', 'plain text')
  expect(faultsOf(await readOutcomes([path]))).toEqual([expect.stringContaining('is not a sound gzip file')])
})

test('an empty file, a missing path and a file of intents are faults', async () => {
  const empty = await file('empty.jsonl', '')
  const intents = await file('intents.jsonl', '{"id":"x","text":"hi","label":"hello"}\n'.repeat(3))
  expect(faultsOf(await readOutcomes([empty, intents, join(folder, 'gone')]))).toEqual([
    expect.stringContaining('gone: is not there'),
    expect.stringContaining('empty.jsonl: is empty'),
    expect.stringContaining('holds labelled texts'),
  ])
})

test('a folder without outcome files names its folders', async () => {
  await mkdir(join(folder, 'inner'))
  expect(faultsOf(await readOutcomes([folder]))).toEqual([
    expect.stringContaining('one or more of its folders: inner'),
  ])
})

test('a few bad lines can be skipped, and are counted', async () => {
  const path = await file('a.jsonl', [...lines(30), 'bad'].join('\n'))
  const result = await readOutcomes([path], { skipBad: true })
  expect(idsOf(result)).toHaveLength(30)
  expect(result).toMatchObject({ notes: [expect.stringContaining('Skipped 1 of 31 lines')] })
})

test('many bad lines are refused even so', async () => {
  const path = await file('a.jsonl', [...lines(5), 'bad', 'bad'].join('\n'))
  expect((await readOutcomes([path], { skipBad: true })).kind).toBe('faulty')
})

test('skipping everything is not a success', async () => {
  const path = await file('a.jsonl', '{"id":"x","text":"hi","label":"hello"}')
  expect(faultsOf(await readOutcomes([path], { skipBad: true }))).toEqual([
    expect.stringContaining('holds no row of outcomes'),
  ])
})
