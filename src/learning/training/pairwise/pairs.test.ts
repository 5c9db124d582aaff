import { expect, test } from 'vitest'
import type { PreferenceRow } from '../../outcomes/preference-row.ts'
import { battlesOf, tally } from './battles.ts'
import { encodePairs } from './pairs.ts'

const aRow = (changes: Partial<PreferenceRow> = {}): PreferenceRow => ({
  id: '1',
  dataset: 'arena',
  split: 'train',
  qhash: 'hash',
  prompt: 'Write a limerick.',
  category: null,
  modelA: 'small',
  modelB: 'large',
  winner: 'a',
  outputChars: { a: null, b: null },
  ...changes,
})

const reader = {
  encode: (text: string) => Float32Array.of(text.length, 1),
  vector: (encoding: Float32Array) => encoding.slice(0, 1),
}

test('winners become shares: a tie and two bad answers are halves', () => {
  const rows = (['a', 'b', 'tie', 'both-bad'] as const).map((winner) => aRow({ winner }))
  expect(encodePairs(rows, reader).pairs.map(({ share }) => share)).toEqual([1, 0, 0.5, 0.5])
})

test('a prompt that comes again is encoded once', () => {
  const rows = [aRow(), aRow({ prompt: 'Shorter.', qhash: 'other' }), aRow({ winner: 'b' })]
  const { pairs, prompts } = encodePairs(rows, reader)
  expect(pairs.map(({ prompt }) => prompt)).toEqual([0, 1, 0])
  expect(prompts).toEqual({
    encodings: Float32Array.of(17, 1, 8, 1),
    vectors: Float32Array.of(17, 8),
    chars: [17, 8],
    questions: ['hash', 'other'],
  })
})

test('names stand for ids, and a pair of two names of one model is left out', () => {
  const nameOf = (name: string) => (name.startsWith('large') ? 'acme/large' : name)
  const rows = [aRow(), aRow({ modelA: 'large-2024' })]
  expect(encodePairs(rows, reader, nameOf).pairs).toEqual([
    { prompt: 0, first: 'small', second: 'acme/large', share: 1 },
  ])
})

test('groups that no chain of comparisons joins are warned of', () => {
  const rows = Array.from({ length: 100 }, (_, index) =>
    aRow({
      prompt: `Question ${index}`,
      qhash: String(index),
      ...(index % 2 === 0 ? { modelA: 'a', modelB: 'b' } : { modelA: 'c', modelB: 'd' }),
    }),
  )
  const { pairs, prompts } = encodePairs(rows, reader)
  const apart = battlesOf(pairs, prompts, 10)
  expect(apart).toMatchObject({
    kind: 'battles',
    battles: { warnings: [expect.stringContaining('a, b | c, d')] },
  })
  const joined = battlesOf([...pairs, { ...pairs[0]!, first: 'b', second: 'c' }], prompts, 10)
  expect(joined).toMatchObject({ kind: 'battles', battles: { warnings: [] } })
})

test('to leave out a rare model leaves out those that it kept in', () => {
  const rows = Array.from({ length: 60 }, (_, index) =>
    aRow({ prompt: `Question ${index}`, qhash: String(index) }),
  )
  const { pairs, prompts } = encodePairs(rows, reader)
  const chain = [0, 1].map((prompt) => ({ prompt, first: 'rare', second: 'rarer', share: 1 }))
  const toLarge = { prompt: 2, first: 'rare', second: 'large', share: 1 }
  const result = battlesOf([...pairs, ...chain, toLarge], prompts, 3)
  expect(result).toMatchObject({ kind: 'battles', battles: { models: ['large', 'small'] } })
})

test('sums count a tie half for each, and nothing within a group', () => {
  const battles = [
    { prompt: 0, first: 0, second: 1, share: 1 },
    { prompt: 0, first: 1, second: 2, share: 0.5 },
    { prompt: 0, first: 0, second: 2, share: 0 },
  ]
  expect([...tally(battles, 3)]).toEqual([0, 1, 0, 0, 0, 0.5, 1, 0.5, 0])
  expect([...tally(battles, 2, (model) => (model === 2 ? 1 : 0))]).toEqual([0, 0.5, 1.5, 0])
})
