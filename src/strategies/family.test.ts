import { describe, expect, test } from 'vitest'
import { aCandidate, aTurn } from '../../test/support/builders.ts'
import type { Candidate } from '../domain/candidate.ts'
import { family } from './family.ts'
import { orderOf, verdictOf } from './strategies.contract.ts'
import { noAids } from './strategy.ts'

const written = { models: ['acme/haiku', 'acme/sonnet'], fallbackModel: 'acme/sonnet' }
const haiku = (quality: number, usd: number | null = 0.001, qualityDeviation = 0.05) =>
  aCandidate({ id: 'acme/haiku', quality, usd, qualityDeviation })
const sonnet = aCandidate({ id: 'acme/sonnet', quality: 0.8, usd: 0.01 })
const other = aCandidate({ id: 'acme/other', quality: 1, usd: 0.0001 })

const chosen = (candidates: readonly Candidate[], changes: object = {}) => {
  const options = family.options.parse({ ...written, ...changes })
  const verdict = verdictOf((turn) => family.choose(turn, options, noAids), aTurn({ candidates }))
  return { order: orderOf(verdict), because: verdict.because }
}

describe('the cheaper of two', () => {
  test('answers where it loses no more than is allowed, and says how much', () => {
    expect(chosen([sonnet, haiku(0.72), other], { maxQualityLoss: 0.1 })).toEqual({
      order: ['acme/haiku', 'acme/sonnet', 'acme/other'],
      because: 'acme/haiku is predicted to lose 10.0 % of the quality of acme/sonnet, within 10.0 %',
    })
  })

  test('does not where it loses more', () => {
    expect(chosen([sonnet, haiku(0.719)], { maxQualityLoss: 0.1 }).order).toEqual([
      'acme/sonnet',
      'acme/haiku',
    ])
    // 5 % where nothing is written.
    expect(chosen([sonnet, haiku(0.759)]).order[0]).toBe('acme/sonnet')
    expect(chosen([sonnet, haiku(0.761)]).order[0]).toBe('acme/haiku')
  })

  test('answers where it is the better one, however little may be lost', () => {
    expect(chosen([sonnet, haiku(0.9)], { maxQualityLoss: 0 }).order[0]).toBe('acme/haiku')
  })

  test('must be likely enough to keep to it, where that is asked', () => {
    const near = haiku(0.77)
    expect(chosen([sonnet, near], { sure: 0.5 }).order[0]).toBe('acme/haiku')
    const doubted = chosen([sonnet, near], { sure: 0.9 })
    expect(doubted.order[0]).toBe('acme/sonnet')
    expect(doubted.because).toContain('with probability 0.56 of 0.9')
    expect(chosen([sonnet, haiku(0.77, 0.001, 0)], { sure: 0.55 }).order[0]).toBe('acme/haiku')
  })
})

test('which of the two is the cheaper is read off their costs, not off the order in which they are written', () => {
  expect(chosen([haiku(0.79, 0.1), sonnet]).order[0]).toBe('acme/sonnet')
})

test('an unknown price leaves it to the fallback model', () => {
  const { order, because } = chosen([haiku(0.79, null), sonnet])
  expect(order).toEqual(['acme/sonnet', 'acme/haiku'])
  expect(because).toBe('what acme/haiku costs is not known: the fallback model answers')
})

test('one that may not serve leaves it to the other, and both to whoever there is', () => {
  expect(chosen([haiku(0.1), other]).because).toBe('only acme/haiku of the two may serve this request')
  expect(chosen([other]).because).toContain('neither of the two may serve')
})

test('two of one name, or a fallback that is neither, are faults', () => {
  const faults = (changes: object) => family.faults!(family.options.parse({ ...written, ...changes }))
  expect(faults({})).toEqual([])
  expect(faults({ models: ['acme/sonnet', 'acme/sonnet'] })).toMatchObject([{ path: ['models', 1] }])
  expect(faults({ fallbackModel: 'acme/opus' })).toMatchObject([{ path: ['fallbackModel'] }])
})
