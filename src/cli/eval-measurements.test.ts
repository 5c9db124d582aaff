import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { ownLines } from '../../test/support/own-rows.ts'
import { groupMeans } from '../learning/evaluation/group-means.ts'
import type { CreatePredictor } from '../learning/evaluation/predictor.ts'
import { buildTable } from '../learning/evaluation/table.ts'
import { UserError } from './command.ts'
import { type EvalOptions, measureAs } from './eval.ts'
import { silent } from './progress.ts'

const skills = { 'gpt-4o-mini': [0.95, 0.2], 'gpt-4o': [0.97, 0.85] } as const

const lines = ['one', 'two'].flatMap((dataset) =>
  ['train', 'dev'].map((split) => ownLines(150, skills, { dataset, split })),
)

const dataFile = () => {
  const path = join(aFolder(), 'rows.jsonl')
  writeFileSync(path, lines.join('\n'))
  return path
}

const topic = /theorem|integral|manifold|lemma|eigenvalue|quantum|topology|axiom|spectrum|tensor/

/** Reads the topic from the prompt, as a learned router would, and records which sets it was fitted on. */
const reader =
  (fittedOn: string[][]): CreatePredictor =>
  ({ fitRows, pool, priced, costing }) => {
    fittedOn.push([...new Set(fitRows.map(({ dataset }) => dataset))])
    const table = buildTable(fitRows, pool, priced ? costing : null)
    return groupMeans('reader', table, ({ prompt }) => String(topic.test(prompt)))
  }

const options = (changes: Partial<EvalOptions>): EvalOptions => ({
  fitSplit: 'train',
  scoreSplit: 'dev',
  exclude: [],
  inputOverheadTokens: 0,
  seed: '1',
  resamples: 100,
  skipBad: false,
  json: false,
  ...changes,
})

const measure = (changes: Partial<EvalOptions>, fittedOn: string[][] = []) =>
  measureAs([dataFile()], options(changes), reader(fittedOn), silent)

beforeAll(() => {
  expect(lines.every((text) => topic.test(text))).toBe(true)
})

test('each set in turn is scored by a router that never saw it', async () => {
  const fittedOn: string[][] = []
  const text = await measure({ leaveOneSetOut: true }, fittedOn)
  expect(fittedOn).toEqual([['two'], ['one']])
  expect(text).toMatch(/one +150[\s\S]*two +150[\s\S]*mean +300/)
  expect(text).toContain('prompt length')
  const [only] = JSON.parse(await measure({ leaveOutSet: ['two'], json: true })).report.sets
  expect(only).toMatchObject({ set: 'two', rows: 150 })
})

test('a model left out is judged from descriptors beside training on it', async () => {
  const text = await measure({ leaveOutModels: ['gpt-4o'] })
  expect(text).toContain('placed from descriptors: gpt-4o (300 rows scored)')
  expect(text).toMatch(/Descriptors give -?[\d.]+ % \[.*\] of the gain/)
})

test('what can’t be measured is one message', async () => {
  const attempts: [Partial<EvalOptions>, RegExp][] = [
    [{ leaveOutSet: ['three'] }, /No row that is scored is of three\. The sets are: one, two\./],
    [{ leaveOutModels: ['o1'] }, /o1 is not in the pool that is compared\. It is: /],
    [{ compare: ['fitted'] }, /takes two routers.*got 1/],
    [{ compare: ['fitted', 'nowhere'] }, /nowhere can't be read \(ENOENT\)/],
    [{ compare: ['fitted', 'fitted'], leaveOneSetOut: true }, /ask for one/],
  ]
  for (const [changes, message] of attempts) {
    const attempt = measure(changes)
    await expect(attempt).rejects.toThrow(message)
    await expect(attempt).rejects.toBeInstanceOf(UserError)
  }
})

test('a router compared with itself is not told apart', async () => {
  expect(await measure({ compare: ['fitted', 'fitted'] })).toMatch(/^fitted and fitted are not told apart/)
})
