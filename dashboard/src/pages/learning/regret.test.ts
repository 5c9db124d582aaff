import { describe, expect, test } from 'vitest'
import type { RegretReport } from '../../api/types.ts'
import {
  againstRows,
  bareWorth,
  exploredRows,
  givenUpRows,
  givenUpWords,
  groundsOf,
  leftOutWords,
  limitOf,
  marksOf,
  recordedWords,
  type Rival,
  sayUsd,
  tickWorth,
  verdictOf,
} from './regret.ts'

const at = '2026-03-01T10:00:00.000Z'
const rival = (name: string, estimate: number | null, half = 1, kind: Rival['kind'] = 'model'): Rival => ({
  kind,
  name,
  candidateOn: 500,
  effective: 400,
  reading:
    estimate === null
      ? { kind: 'withheld', estimate: null, because: 'too few' }
      : { kind: 'interval', estimate, low: estimate - half, high: estimate + half },
})
const against = (rivals: readonly Rival[], because: string | null = null): RegretReport['against'] => ({
  decisions: 400,
  known: 300,
  certain: 100,
  rivals,
  curves: [],
  because,
})

describe('the verdict', () => {
  test('says by how much the best fixed model is ahead, and of how many others nothing is known', () => {
    expect(
      verdictOf(
        against([rival('a/b', 12, 2), rival('a/c', null), rival('its predictions', 1, 1, 'predictions')]),
      ),
    ).toBe(
      'Always a/b would have earned more, by 10.0 to 14.0 good answers over the 400 decisions left to chance. Of one other nothing can be said.',
    )
  })

  test('says that it is behind, or that no difference is certain', () => {
    expect(verdictOf(against([rival('a/b', -5, 1)]))).toBe(
      'No single model that can be judged would have earned as much: the best, a/b, is behind by 4.00 to 6.00 good answers over the 400 decisions left to chance.',
    )
    expect(verdictOf(against([rival('a/b', 0.5, 1)]))).toMatch(/no difference is certain: -0\.50 to 1\.50/)
  })

  test('says why nothing can be said, where the estimate is refused', () => {
    expect(verdictOf(against([rival('a/b', null)], 'no choice was left to chance'))).toBe(
      'Whether one model alone would have done better can’t be said: no choice was left to chance.',
    )
  })
})

test('curves become rows, each by its own name', () => {
  const points = [{ at, decisions: 60, estimate: 3, low: 1, high: 5 }]
  const curves = [
    { kind: 'model' as const, name: 'a/b', points },
    { kind: 'predictions' as const, name: 'its predictions alone', points },
  ]
  expect(againstRows({ ...against([]), curves })).toMatchObject([
    { name: 'always a/b', estimate: 3, low: 1, high: 5, at: new Date(at) },
    { name: 'its predictions alone' },
  ])
  const givenUp = {
    decisions: 2,
    withoutBeliefs: 1,
    points: [{ at, decisions: 2, all: 0.3, byPredictions: 0.1 }],
  }
  expect(givenUpRows(givenUp).map(({ name, estimate, low }) => [name, estimate, low])).toEqual([
    ['given up', 0.3, null],
    ['of which by the predictions', 0.1, null],
  ])
  expect(givenUpRows({ ...givenUp, withoutBeliefs: 0 }).map(({ name }) => name)).toEqual(['given up'])
  const explored = {
    per: 'day' as const,
    points: [{ at, spentUsd: 0.5, limitUsd: 2, totalUsd: 1.5 }],
    recorded: { decisions: 3, usd: 0.7, points: [{ at, usd: 0.7 }] },
  }
  expect(exploredRows(explored).map(({ name, estimate }) => [name, estimate])).toEqual([
    ['this day', 0.5],
    ['in all', 1.5],
    ['by these decisions', 0.7],
  ])
  expect(limitOf(explored)).toEqual([{ value: 2, words: 'at most $2.00 per day' }])
  expect(limitOf({ per: 'day', points: [] })).toEqual([])
  expect(marksOf({ resets: [{ at, kind: 'rolled-back', what: 'version 8: back to 3' }] })).toEqual([
    { at: new Date(at), words: 'version 8: back to 3' },
  ])
})

test('what was given up says what it stands on', () => {
  const given = (withoutBeliefs: number) => givenUpWords({ decisions: 1_200, withoutBeliefs, points: [] })
  expect(given(0)).toMatch(/^By what the policy believed .* All of it is the price of trying models\.$/)
  expect(given(400)).toMatch(
    /The record of 400 of 1,200 decisions does not say that: .* predictions on record/,
  )
  expect(given(1_200)).toMatch(/^No record of these decisions says what the policy believed/)
})

test('what the decisions booked themselves is said, and that some do not say it', () => {
  const recorded = (decisions: number, withoutBeliefs = 0) =>
    recordedWords(
      { per: 'day', points: [], recorded: { decisions, usd: 0.4, points: [] } },
      { decisions: 10, withoutBeliefs, points: [] },
    )
  expect(recorded(3)).toBe('By these decisions’ own records 3 of them tried a model, for $0.40 in all.')
  expect(recorded(1, 2)).toBe(
    'By these decisions’ own records, as far as they say it, one of them tried a model, for $0.40 in all.',
  )
  expect(recorded(0)).toBe('By these decisions’ own records none of them tried a model.')
})

test('amounts have as many digits as say something', () => {
  expect([0.034, -3.456, 34.56, 1234.5].map(bareWorth)).toEqual(['0.03', '-3.46', '34.6', '1,235'])
  expect([0, 20, 0.5].map(tickWorth)).toEqual(['0', '20', '0.50'])
  expect([0, 0.4, 0.00123, 12].map(sayUsd)).toEqual(['$0.00', '$0.40', '$0.00123', '$12.00'])
})

test('what the estimate stands on is said, and what was left out', () => {
  expect(groundsOf(against([]))).toBe(
    'Of 500 decisions that have ended 400 were left to chance, of which 300 are graded or failed. Nothing is said of the 100 whose choice was certain.',
  )
  expect(groundsOf({ ...against([]), certain: 0 })).not.toContain('Nothing is said')
  expect(leftOutWords({ leftOut: { refused: 2, 'answered from a cache': 1 } })).toBe(
    '2 refused; 1 answered from a cache',
  )
})
