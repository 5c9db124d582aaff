import { describe, expect, test } from 'vitest'
import { anAttempt } from '../../../../test/support/a-decision.ts'
import { attemptRoles } from '../../../../src/domain/attempt.ts'
import { modelId } from '../../../../src/domain/model.ts'
import { type Attempt, endWords, isGoneOnWith, roleText, toldAttempts } from './attempts.ts'

const failed = (failure: 'truncated' | 'unavailable' | 'cancelled', vendorStatus: number | null = null) =>
  ({ kind: 'failed', failure, message: 'no', vendorStatus }) as const
const [small, large] = [modelId('acme/small'), modelId('acme/large')]

const from = (startedAfterMs: number, endedAfterMs: number, changes: Partial<Attempt> = {}): Attempt =>
  anAttempt({ model: small, startedAfterMs, endedAfterMs, firstContentAfterMs: null, ...changes })
const toLarge = { model: large, target: 'acme/large@default' }

const told = (...attempts: readonly Attempt[]) => toldAttempts({ attempts, status: 'answered' })
const rolesOf = (...attempts: readonly Attempt[]) => told(...attempts).map(({ role }) => role)
const wordsOf = (...attempts: readonly Attempt[]) => told(...attempts).map(roleText)
const endsOf = (...attempts: readonly Attempt[]) => told(...attempts).map(endWords)

describe('what attempts say that they were for', () => {
  test.each(attemptRoles)('is taken at its word: %s', (role) => {
    // By its model and target it would be a retry.
    const before = from(0, 10, { role: 'first', outcome: failed('unavailable') })
    const [, one] = told(before, from(20, 30, { role }))
    expect(one).toMatchObject({ role, inferred: false })
    expect(roleText(one!)).toContain(role.split('-')[0])
  })

  test('has words of its own for each, and for a fallback that nobody failed before', () => {
    const words = attemptRoles.flatMap((role) => wordsOf(from(0, 10, { role })))
    expect(new Set(words).size).toBe(attemptRoles.length)
    expect(wordsOf(from(0, 10, { role: 'fallback' }))).toEqual([
      'fallback: the chosen model could not be asked',
    ])
  })

  test('a continuation names the attempt that broke off, also after another could not go on', () => {
    const cut = from(0, 10, { role: 'first', firstContentAfterMs: 5, outcome: failed('truncated') })
    const refused = from(11, 15, { role: 'continuation', ...toLarge, outcome: failed('unavailable') })
    const broken = from(16, 30, { ...cut, role: 'continuation', startedAfterMs: 16, endedAfterMs: 30 })
    const last = from(31, 50, { role: 'continuation', ...toLarge })
    const all = told(cut, refused, broken, last)
    expect(all.map(({ goesOnFrom }) => goesOnFrom?.number ?? null)).toEqual([null, 1, 1, 3])
    expect(all.map(({ cut: broke }) => broke)).toEqual([true, false, true, false])
    expect(all.map((_, index) => isGoneOnWith(all, index))).toEqual([true, true, true, false])
    expect(roleText(all[1]!)).toBe('continuation of attempt 1, which broke off')
  })

  test('the way from a break to who goes on leads past a hedge that was overtaken before', () => {
    const before = from(0, 5, { role: 'first', outcome: failed('unavailable') })
    const cut = from(6, 30, { role: 'fallback', firstContentAfterMs: 20, outcome: failed('truncated') })
    const lost = from(15, 20, { role: 'hedge', ...toLarge, outcome: failed('cancelled') })
    const all = told(before, lost, cut, from(31, 50, { role: 'continuation', ...toLarge }))
    expect(all.map(({ role }) => role)).toEqual(['first', 'fallback', 'hedge', 'continuation'])
    expect(all.map((_, index) => isGoneOnWith(all, index))).toEqual([false, true, true, false])
    expect(all[2]!.overtaken).toBe(true)
  })

  test('a hedge that wins leaves the first overtaken, one that loses is it itself', () => {
    const slow = from(0, 80, { role: 'first', outcome: failed('cancelled') })
    const won = from(50, 90, { role: 'hedge', ...toLarge })
    expect(endsOf(slow, won)).toEqual(['overtaken: another answered first', 'answered (stop)'])
    const lost = from(50, 90, { role: 'hedge', ...toLarge, outcome: failed('cancelled') })
    const first = from(0, 90, { role: 'first' })
    // As they are recorded: the one that answered last.
    expect(rolesOf(lost, first)).toEqual(['first', 'hedge'])
    expect(endsOf(lost, first)).toEqual(['answered (stop)', 'overtaken: another answered first'])
  })

  test('who was cancelled because the client had gone was overtaken by nobody', () => {
    const beside = [from(0, 10, { role: 'step', ...toLarge }), from(0, 20, { role: 'step' })]
    const left = { ...beside[1]!, outcome: failed('cancelled') }
    const [, one] = toldAttempts({ attempts: [beside[0]!, left], status: 'cancelled' })
    expect(endWords(one!)).toBe('cancelled')
    expect(endsOf(beside[0]!, left)[1]).toBe('overtaken: another answered first')
    const elsewhere = from(20, 30, { role: 'continuation', outcome: failed('cancelled') })
    expect(endsOf(from(0, 10), elsewhere, from(40, 50))[1]).toBe('cancelled')
  })
})

describe('of records from before attempts said it', () => {
  test('a second one of the same target is a retry, of the model another target, of another a fallback', () => {
    const first = from(0, 10, { outcome: failed('unavailable', 503) })
    const again = from(20, 30, { outcome: failed('unavailable') })
    const beside = from(31, 39, { target: 'acme/small@eu', outcome: failed('unavailable') })
    const other = from(40, 90, toLarge)
    expect(rolesOf(first, again, beside, other)).toEqual(['first', 'retry', 'other-target', 'fallback'])
    expect(told(first)[0]).toMatchObject({ inferred: true })
    expect(endsOf(first)).toEqual(['unavailable, status 503'])
  })

  test('after a stream that broke off with content there, the next goes on with it', () => {
    const cut = from(0, 10, { firstContentAfterMs: 5, outcome: failed('truncated') })
    const all = told(cut, from(10, 50, toLarge))
    expect(all.map(({ role }) => role)).toEqual(['first', 'continuation'])
    expect(all.map(({ cut: broke }) => broke)).toEqual([true, false])
    expect(all[1]!.goesOnFrom).toBe(all[0])
    const refused = from(10, 20, { ...toLarge, outcome: failed('unavailable') })
    expect(rolesOf(cut, refused, from(21, 50))).toEqual(['first', 'continuation', 'continuation'])
  })

  test('one that begins while another is under way is a hedge, and who loses was not cut', () => {
    const slow = from(0, 80, { firstContentAfterMs: 70, outcome: failed('cancelled') })
    const second = from(50, 90)
    expect(rolesOf(slow, second)).toEqual(['first', 'hedge'])
    expect(rolesOf(second, slow)).toEqual(['first', 'hedge'])
    expect(told(slow, second)[0]!.cut).toBe(false)
  })
})
