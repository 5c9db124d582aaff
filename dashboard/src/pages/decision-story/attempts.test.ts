import { describe, expect, test } from 'vitest'
import { anAttempt } from '../../../../test/support/a-decision.ts'
import { modelId } from '../../../../src/domain/model.ts'
import { endWords, toldAttempts } from './attempts.ts'

const failed = (failure: 'truncated' | 'unavailable' | 'cancelled', vendorStatus: number | null = null) =>
  ({ kind: 'failed', failure, message: 'no', vendorStatus }) as const
const [small, large] = [modelId('acme/small'), modelId('acme/large')]

const partsOf = (...attempts: readonly ReturnType<typeof anAttempt>[]) =>
  toldAttempts(attempts).map(({ part }) => part)

describe('what attempts were for', () => {
  test('a second one of the same model is asked again, of another a fallback', () => {
    const first = anAttempt({
      model: small,
      startedAfterMs: 0,
      endedAfterMs: 10,
      firstContentAfterMs: null,
      outcome: failed('unavailable', 503),
    })
    const again = anAttempt({ ...first, startedAfterMs: 20, endedAfterMs: 30 })
    const other = anAttempt({ model: large, startedAfterMs: 40, endedAfterMs: 90 })
    expect(partsOf(first, again, other)).toEqual(['first', 'retry', 'fallback'])
    expect(endWords(first)).toBe('unavailable, status 503')
  })

  test('after a stream that broke off with content there, the next goes on with it', () => {
    const cut = anAttempt({
      model: small,
      startedAfterMs: 0,
      firstContentAfterMs: 5,
      endedAfterMs: 10,
      outcome: failed('truncated'),
    })
    const next = anAttempt({ model: large, startedAfterMs: 10, endedAfterMs: 50 })
    expect(partsOf(cut, next)).toEqual(['first', 'continuation'])
    expect(toldAttempts([cut, next]).map(({ cut: broke }) => broke)).toEqual([true, false])
  })

  test('one that begins while another is under way is a hedge, and who loses was not cut', () => {
    const slow = anAttempt({
      model: small,
      startedAfterMs: 0,
      firstContentAfterMs: 70,
      endedAfterMs: 80,
      outcome: failed('cancelled'),
    })
    const second = anAttempt({ model: small, startedAfterMs: 50, endedAfterMs: 90 })
    expect(partsOf(slow, second)).toEqual(['first', 'hedge'])
    expect(toldAttempts([slow, second])[0]!.cut).toBe(false)
  })
})
