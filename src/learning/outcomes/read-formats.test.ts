import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, expect, test } from 'vitest'
import { aDecision, anOutcome } from '../../../test/support/a-decision.ts'
import { aFolder } from '../../../test/support/a-folder.ts'
import type { DecisionLog, LoggedDecision } from './decision-log.ts'
import { describeFault } from './fault.ts'
import { type ReadOptions, type ReadResult, readOutcomes } from './read-outcomes.ts'

let folder = ''
beforeEach(() => {
  folder = aFolder()
})

const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const faultsOf = (result: ReadResult) => (result.kind === 'faulty' ? result.faults.map(describeFault) : null)
const countsOf = (result: ReadResult) =>
  result.kind === 'read' ? [result.rows.length, result.preferences.length] : faultsOf(result)

const outcomeLine = JSON.stringify({
  id: 'o',
  dataset: 's',
  split: 'train',
  prompt: 'Why?',
  outcomes: { m: { score: 1 } },
})
const pairLine = JSON.stringify({ prompt: 'Why?', model_a: 'm', model_b: 'n', winner: 'model_a' })

test('files of all kinds are told by what is in them', async () => {
  file('a.jsonl', outcomeLine)
  file('b.jsonl', pairLine)
  file('c.csv.gz', gzipSync('prompt,m/score,n/score\n"Why, then?",1,0\nHow?,,0.5\n'))
  file(
    'd.csv',
    'id,model_a,model_b,prompt,winner_model_a,winner_model_b,winner_tie\n1,m,n,"[""Why?"",""So?""]",1,0,0\n',
  )
  expect(countsOf(await readOutcomes([folder]))).toEqual([3, 2])
})

test('a line that lacks cells is named, and the rest is read with skipBad', async () => {
  const rows = Array.from({ length: 20 }, (_, row) => `Why ${row}?,1`)
  const path = file('a.csv', ['prompt,m/score', ...rows, 'only one'].join('\n'))
  expect(faultsOf(await readOutcomes([path]))).toEqual([expect.stringMatching(/a\.csv:22: has 1 cells/)])
  expect(countsOf(await readOutcomes([path], { skipBad: true }))).toEqual([20, 0])
})

test('a format that is forced is the one that faults speak of', async () => {
  const path = file('a.jsonl', pairLine)
  expect(faultsOf(await readOutcomes([path], { format: 'outcomes' }))).toEqual([
    expect.stringContaining('lacks `prompt`'.replace('prompt', 'id')),
  ])
})

test('a table with a column named twice is refused whole', async () => {
  const path = file('a.csv', 'prompt,m/score,m/score\nWhy?,1,0')
  expect(faultsOf(await readOutcomes([path]))).toEqual([
    expect.stringContaining('names the column m/score twice'),
  ])
})

test('an id that two files share is a fault of the second', async () => {
  const first = file('a.csv', 'id,prompt,m/score\n1,Why?,1')
  const second = file('b.csv', 'id,prompt,m/score\n1,How?,1')
  expect(faultsOf(await readOutcomes([first, second]))).toEqual([
    expect.stringContaining(`b.csv:2: repeats the id 1 of ${first}:2`),
  ])
})

const logOf = (...logged: LoggedDecision[]) => ({
  open: async (): Promise<DecisionLog> => ({
    find: async (id) => logged.find(({ decision }) => decision.id === id) ?? null,
    close: async () => {},
  }),
})

function readLog(
  logged: LoggedDecision[],
  files: { readonly feedback: string | null; readonly prompts: string | null },
  options: ReadOptions = {},
) {
  const path = file('fairlead.db', 'SQLite format 3\0and more')
  return readOutcomes([path], { ...options, decisions: { ...logOf(...logged), ...files } })
}

const served = (id: string): LoggedDecision => ({
  decision: aDecision({ id, queryHash: `hash of ${id}` }),
  outcome: anOutcome({ decision: id }),
})

test('a decision log becomes rows by its feedback and its prompts', async () => {
  const feedback = file(
    'feedback.jsonl',
    '{"decision":"d-1","score":1}\n{"decision":"d-2","score":0.2}\n{"decision":"gone","score":1}',
  )
  const prompts = file(
    'prompts.jsonl',
    '{"decision":"d-1","prompt":"Why?"}\n{"queryHash":"hash of d-2","prompt":"How?"}',
  )
  const result = await readLog([served('d-1'), served('d-2')], { feedback, prompts })
  expect(result).toMatchObject({
    kind: 'read',
    rows: [
      { id: 'd-1', prompt: 'Why?' },
      { id: 'd-2', prompt: 'How?' },
    ],
    notes: [expect.stringContaining('2 became rows; 1 name a decision that')],
  })
  const [outcome] = result.kind === 'read' ? [...result.rows[1]!.outcomes] : []
  expect(outcome).toEqual([
    'acme/small',
    expect.objectContaining({ score: 0.2, costUsd: 0.00012, outputTokens: 64, latencyS: 0.9 }),
  ])
})

test('a log without scores or texts says what is missing, and why', async () => {
  const feedback = file('feedback.jsonl', '{"decision":"d-1","score":1}')
  expect(faultsOf(await readLog([], { feedback: null, prompts: null }))).toEqual([
    expect.stringMatching(/which model answered, not how well.*--feedback/),
  ])
  expect(faultsOf(await readLog([], { feedback, prompts: null }))).toEqual([
    expect.stringMatching(/keeps hashes and signals of prompts, not their text.*--prompts/),
  ])
})

test('feedback that is unsound, twice given or of no decision is a fault', async () => {
  const prompts = file('prompts.jsonl', '{"decision":"d-1","prompt":"Why?"}')
  const feedback = file(
    'feedback.jsonl',
    '{"decision":"d-1","score":2}\n{"score":1}\n{"decision":"d-2","score":1}\n{"decision":"d-2","score":0}',
  )
  expect(faultsOf(await readLog([served('d-1')], { feedback, prompts }))).toEqual([
    expect.stringMatching(/feedback\.jsonl:1: `score` is 2/),
    expect.stringMatching(/feedback\.jsonl:2: lacks `decision`/),
    expect.stringMatching(/feedback\.jsonl:4: scores d-2 a second time, after line 3/),
  ])
  const strangers = file('strangers.jsonl', '{"decision":"x","score":1}')
  expect(faultsOf(await readLog([served('d-1')], { feedback: strangers, prompts }))).toEqual([
    expect.stringMatching(/gives no row: of 1 scores 1 name a decision/),
  ])
  expect(faultsOf(await readLog([], { feedback: join(folder, 'none'), prompts }))).toEqual([
    expect.stringContaining('cannot be read (ENOENT)'),
  ])
})
