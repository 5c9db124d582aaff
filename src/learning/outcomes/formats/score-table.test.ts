import { expect, test } from 'vitest'
import { asWritten, type Fields, type ScoreReading } from './row-format.ts'
import { scoreTable } from './score-table.ts'

const parse = (fields: Fields, scores: ScoreReading = asWritten) =>
  scoreTable.parse(fields, { path: 'own.csv', line: 2, dataset: 'own' }, scores)
const outcomes = (fields: Fields, scores?: ScoreReading) => {
  const parsed = parse({ prompt: 'Why?', ...fields }, scores)
  if (parsed.kind !== 'row') throw new Error(`is ${parsed.kind}`)
  return Object.fromEntries(parsed.row.outcomes)
}

test.each(['openai/gpt-4o/score', 'openai/gpt-4o: score', 'openai/gpt-4o_score', 'openai/gpt-4o Score'])(
  '%s is the score of a model',
  (name) => {
    expect(outcomes({ [name]: '0.5' })).toMatchObject({ 'openai/gpt-4o': { score: 0.5 } })
  },
)

test('answers tell their length, and costs and times are read', () => {
  const fields = {
    'm/score': '1',
    'm/response': 'four',
    'm/cost': '0.01',
    'm/latency': '2',
    'm/output_tokens': '9',
  }
  expect(outcomes(fields).m).toEqual({
    score: 1,
    costUsd: 0.01,
    inputTokens: null,
    outputTokens: 9,
    latencyS: 2,
    outputChars: 4,
    answer: null,
  })
})

test('an empty cell is a model that was not run', () => {
  expect(Object.keys(outcomes({ 'm/score': '', 'm/response': '', 'n/score': '0' }))).toEqual(['n'])
})

test('scores are spread over their stated range, and turned round where lower is better', () => {
  const range = [1, 5] as const
  expect(outcomes({ 'm/score': '4' }, { range, lowerIsBetter: false }).m!.score).toBe(0.75)
  expect(outcomes({ 'm/score': '4' }, { range, lowerIsBetter: true }).m!.score).toBe(0.25)
})

test.each([
  [{ 'm/score': '7' }, 'the score of m is "7"', '--score-range 1,10'],
  [{ 'm/score': 'NaN' }, 'the score of m is "NaN"', 'leave the cell empty'],
  [{ 'm/score': ' ' }, 'the score of m is " "', 'leave the cell empty'],
  [{ 'm/score': '1', 'm/cost': '-1' }, 'm has "-1" for its costUsd', '0 or more'],
  [{ 'm/score': '' }, 'no score of any model', 'leave the row out'],
  [{ 'm/score': '1', prompt: '' }, 'lacks a prompt', 'question'],
])('%j is refused', (fields, problem, remedy) => {
  const parsed = parse({ prompt: 'Why?', ...fields })
  expect(parsed).toMatchObject({
    kind: 'bad',
    problem: expect.stringContaining(problem),
    remedy: expect.stringContaining(remedy),
  })
})

test('a model with answers and no score is a fault of the whole table', () => {
  expect(parse({ prompt: 'Why?', 'm/score': '1', 'n/response': 'x' })).toMatchObject({
    kind: 'not-outcomes',
    problem: expect.stringContaining('columns of n'),
  })
})
