import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { modelKey } from './model-name.ts'
import { findPrices, priceBook, readPrices } from './prices.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prices-'))
})
afterEach(() => rm(folder, { recursive: true }))

const at = (input: number, output: number) => ({ input_per_m: input, output_per_m: output })

test.each([
  ['Org/Model-7B-Instruct', 'model-7b-instruct'],
  ['org_model-7b', 'model-7b'],
  ['model-7b@host', 'Model-7B:free'],
  ['model-large-FC-Any', 'model-large'],
  ['Model-3_1-70B', 'model-3.1-70b'],
  ['model3-70b', 'model-3-70b'],
])('%s and %s are one model', (one, other) => {
  expect(modelKey(one)).toBe(modelKey(other))
})

test('dates and sizes tell models apart', () => {
  expect(modelKey('model-2024-05-13')).not.toBe(modelKey('model-2024-08-06'))
  expect(modelKey('model-7b')).not.toBe(modelKey('model-70b'))
})

test('entries that disagree give their median and say so', () => {
  const book = priceBook({ 'Org/A-1': [at(1, 2), at(3, 2)], 'a-1': [at(8, 9)] }, 'p')
  expect(book.priceOf('A-1')).toEqual({
    inputUsdPerMillionTokens: 3,
    outputUsdPerMillionTokens: 2,
    note: expect.stringContaining('disagree ($1/$2, $3/$2, $8/$9): the median $3/$2'),
  })
})

test('a loose match of names is said aloud', () => {
  const book = priceBook({ 'name-3.1-8b': [at(1, 1)] }, 'p')
  expect(book.priceOf('maker-Name-3.1-8B')?.note).toBe('maker-Name-3.1-8B is priced as name-3.1-8b')
  expect(book.priceOf('name-3.1-70b')).toBeNull()
})

test('a price of 0 is unknown, not free', () => {
  expect(priceBook({ a: [at(0, 0)] }, 'p').priceOf('a')).toBeNull()
})

test('a price file is found beside the data or one folder above', async () => {
  const inner = join(folder, 'set')
  await mkdir(inner)
  expect(await findPrices(inner)).toBeNull()
  await writeFile(join(folder, 'prices.json'), '{}')
  await writeFile(join(inner, 'a.jsonl'), '')
  expect(await findPrices(inner)).toBe(join(folder, 'prices.json'))
  expect(await findPrices(join(inner, 'a.jsonl'))).toBe(join(folder, 'prices.json'))
})

test('a faulty price file is refused with path and remedy', async () => {
  const path = join(folder, 'prices.json')
  await writeFile(path, '{"a": [{"input_per_m": -1, "output_per_m": "2"}]}')
  const result = await readPrices(path)
  expect(result.kind === 'faulty' && result.faults.map(({ problem }) => problem)).toEqual([
    expect.stringContaining('a.0.input_per_m'),
    expect.stringContaining('a.0.output_per_m'),
  ])
  await writeFile(path, '{')
  expect((await readPrices(path)).kind).toBe('faulty')
})
