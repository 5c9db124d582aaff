import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Breaker,
  type BreakerRules,
  beginProbe,
  closedBreaker,
  endProbe,
  longestRetryAfterMs,
  mayPass,
  noteFailure,
  noteSuccess,
  phaseOf,
  type Probe,
} from './breaker.ts'

const rules: BreakerRules = {
  allowedFails: 3,
  windowMs: 60_000,
  failureShare: 0.5,
  cooldownMs: 5_000,
  maxCooldownMs: 10_000,
}

const failed = (times: number, at = 1000, breaker = closedBreaker(rules)): Breaker => {
  for (let time = 0; time < times; time++) noteFailure(breaker, at, null)
  return breaker
}

describe('a breaker', () => {
  test('lets the allowed failures pass, and opens with the next', () => {
    expect(phaseOf(failed(3), 1000)).toBe('closed')
    expect(phaseOf(failed(4), 1000)).toBe('open')
  })

  test('forgets failures in a row with a success, unless half of the calls of late have failed', () => {
    const seldom = closedBreaker(rules)
    for (let call = 0; call < 40; call++)
      call % 4 === 0 ? noteFailure(seldom, call, null) : noteSuccess(seldom, call, call)
    expect(phaseOf(seldom, 40)).toBe('closed')
    const often = closedBreaker(rules)
    for (let call = 0; call < 6; call++)
      call % 2 === 0 ? noteFailure(often, call, null) : noteSuccess(often, call, call)
    expect(phaseOf(often, 6)).toBe('closed')
    noteFailure(often, 6, null)
    expect(phaseOf(often, 6)).toBe('open')
  })

  test('forgets what is older than its window', () => {
    const breaker = closedBreaker({ ...rules, allowedFails: 1 })
    noteFailure(breaker, 0, null)
    noteSuccess(breaker, 1, 1)
    noteFailure(breaker, 90_000, null)
    expect(phaseOf(breaker, 90_000)).toBe('closed')
  })

  test('is half-open after its cooldown, and each failed probe doubles that up to a bound', () => {
    const breaker = failed(4, 0)
    const opened: number[] = []
    for (let probe = 0; probe < 4; probe++) {
      const until = breaker.openUntil!
      opened.push(until)
      expect(phaseOf(breaker, until - 1)).toBe('open')
      expect(phaseOf(breaker, until)).toBe('half-open')
      noteFailure(breaker, until, null)
    }
    expect(opened).toEqual([5_000, 15_000, 25_000, 35_000])
  })

  test('opens at once and for as long as the vendor asks, within a bound', () => {
    const breaker = closedBreaker(rules)
    noteFailure(breaker, 0, 30_000)
    expect(breaker.openUntil).toBe(30_000)
    const days = closedBreaker(rules)
    noteFailure(days, 0, 400_000_000)
    expect(days.openUntil).toBe(longestRetryAfterMs)
  })

  test('a vendor that asks for a moment gets that, and its cooldowns if it fails after it', () => {
    const breaker = closedBreaker(rules)
    noteFailure(breaker, 0, 20)
    expect(breaker.openUntil).toBe(20)
    noteFailure(breaker, 20, 20)
    expect(breaker.openUntil).toBe(5_020)
    noteFailure(breaker, 5_020, 20)
    expect(breaker.openUntil).toBe(15_020)
  })

  test('a silence is left alone for as long as it took', () => {
    const breaker = closedBreaker({ ...rules, allowedFails: 0 })
    noteFailure(breaker, 0, null, 30_000)
    expect(breaker.openUntil).toBe(30_000)
  })

  test('closes with the success of a call that began after it opened, not of one that began before', () => {
    const breaker = failed(4, 1000)
    noteSuccess(breaker, 999, 2000)
    expect(phaseOf(breaker, 2000)).toBe('open')
    noteSuccess(breaker, 1500, 2000)
    expect(phaseOf(breaker, 2000)).toBe('closed')
    expect(phaseOf(failed(3, 2000, breaker), 2000)).toBe('closed')
  })
})

type Event =
  | { readonly kind: 'fail'; readonly retryAfterMs: number | null }
  | { readonly kind: 'succeed' }
  | { readonly kind: 'begin-probe' }
  | { readonly kind: 'end-probe' }

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    kind: fc.constant('fail' as const),
    retryAfterMs: fc.option(fc.integer({ min: 0, max: 50_000 })),
  }),
  fc.record({ kind: fc.constant('succeed' as const) }),
  fc.record({ kind: fc.constant('begin-probe' as const) }),
  fc.record({ kind: fc.constant('end-probe' as const) }),
)

test('whatever happens, a deadline is never brought forward but by a success, and there is never more than one probe', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(event, fc.integer({ min: 0, max: 8_000 })), { maxLength: 80 }),
      fc.integer({ min: 0, max: 3 }),
      (events, allowedFails) => {
        const breaker = closedBreaker({ ...rules, allowedFails })
        const probes = new Set<Probe>()
        let now = 0
        for (const [what, elapsed] of events) {
          now += elapsed
          const before = breaker.openUntil
          step(breaker, what, now, probes)
          expect(probes.size).toBeLessThanOrEqual(1)
          if (probes.size === 1 && breaker.openUntil !== null) expect(mayPass(breaker, now)).toBe(false)
          if (before === null || what.kind === 'succeed') continue
          expect(breaker.openUntil).not.toBeNull()
          expect(breaker.openUntil!).toBeGreaterThanOrEqual(before)
        }
      },
    ),
  )
})

function step(breaker: Breaker, what: Event, now: number, probes: Set<Probe>): void {
  switch (what.kind) {
    case 'fail':
      noteFailure(breaker, now, what.retryAfterMs)
      return
    case 'succeed':
      noteSuccess(breaker, now, now)
      // A breaker that is closed has nobody to keep apart.
      probes.clear()
      return
    case 'begin-probe': {
      const probe = beginProbe(breaker, { startedAt: now })
      if (probe) probes.add(probe)
      return
    }
    case 'end-probe':
      for (const probe of probes) endProbe(breaker, probe)
      probes.clear()
  }
}
