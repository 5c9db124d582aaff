import { expect, test } from 'vitest'
import { outcomesOfPreference, type Preference, preferenceWeights } from '../preference-row.ts'
import { preferencePairs } from './preference-pairs.ts'
import { asWritten, type Fields } from './row-format.ts'

const sound = { prompt: 'Why?', model_a: 'm', model_b: 'n', winner: 'model_a' }
const parse = (fields: Fields) =>
  preferencePairs.parse({ ...sound, ...fields }, { path: 'arena.csv', line: 7, dataset: 'arena' }, asWritten)
const pair = (fields: Fields) => {
  const parsed = parse(fields)
  if (parsed.kind !== 'preference') throw new Error(`is ${parsed.kind}`)
  return parsed.row
}

test('what the row does not say of itself its place does', () => {
  expect(pair({})).toMatchObject({
    id: 'arena.csv:7',
    dataset: 'arena',
    split: 'train',
    category: null,
    modelA: 'm',
    modelB: 'n',
    winner: 'a',
  })
  expect(pair({ question_id: 12, dataset: 'own', split: 'dev' })).toMatchObject({
    id: '12',
    dataset: 'own',
    split: 'dev',
  })
})

test.each([
  [{ winner: 'model_b' }, 'b'],
  [{ winner: 'tie' }, 'tie'],
  [{ winner: 'tie (bothbad)' }, 'both-bad'],
  [{ winner: 'n' }, 'b'],
  [{ winner: undefined, winner_model_a: '0', winner_model_b: '0', winner_tie: '1' }, 'tie'],
  [{ winner: undefined, winner_model_a: 1, winner_model_b: 0, winner_tie: 0 }, 'a'],
])('%j: %s', (fields, winner) => {
  expect(pair(fields).winner).toBe(winner)
})

test.each([
  ['["First?", "Second?"]', 'First?'],
  [['First?', 'Second?'], 'First?'],
  ['[1, 2] is a list?', '[1, 2] is a list?'],
  ['[1, 2]', '[1, 2]'],
  ['Plain', 'Plain'],
])('of a prompt %j the first turn is read', (prompt, first) => {
  expect(pair({ prompt }).prompt).toBe(first)
})

test('a conversation stands in for a prompt, and answers tell their lengths', () => {
  const conversation = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Hello' },
  ]
  expect(pair({ prompt: undefined, conversation_a: conversation }).prompt).toBe('Hi')
  expect(pair({ response_a: '["1234", "x"]', response_b: '' }).outputChars).toEqual({ a: 4, b: null })
})

test.each([
  [{ winner: 'gpt' }, '`winner` is "gpt"'],
  [{ winner: undefined }, 'lacks `winner`'],
  [{ winner: undefined, winner_model_a: '1', winner_model_b: '1' }, 'winner_model_a "1"'],
  [{ winner: undefined, winner_model_a: 'NaN', winner_model_b: '1' }, 'winner_model_a "NaN"'],
  [{ model_b: 'm' }, 'compares m with itself'],
  [{ model_b: undefined }, 'lacks `model_b`'],
  [{ prompt: '[null, "x"]' }, 'lacks a `prompt`'],
])('%j is refused', (fields, problem) => {
  expect(parse(fields)).toMatchObject({ kind: 'bad', problem: expect.stringContaining(problem) })
})

test('as outcomes a win is 1, a tie a half and less weight, two bad answers are 0', () => {
  const scores = (winner: Preference) => {
    const row = outcomesOfPreference({ ...pair({}), winner })
    return [row.outcomes.get('m')!.score, row.outcomes.get('n')!.score, row.weight]
  }
  const { decided, tied } = preferenceWeights
  expect(scores('a')).toEqual([1, 0, decided])
  expect(scores('b')).toEqual([0, 1, decided])
  expect(scores('tie')).toEqual([0.5, 0.5, tied])
  expect(scores('both-bad')).toEqual([0, 0, tied])
  expect(tied).toBeLessThan(decided)
})
