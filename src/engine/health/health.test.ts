import { describe, expect, test } from 'vitest'
import { aModel, aTarget, aVendor } from '../../../test/support/builders.ts'
import { type FailureKind, failure } from '../../domain/failure.ts'
import { Secret } from '../../domain/secret.ts'
import type { Target } from '../../domain/vendor.ts'
import { admit, blockedUntil, noteAnswered, noteFailed, readinessOf, withdraw } from './admission.ts'
import { createHealth, type Health } from './health.ts'

const key = (text: string) => new Secret(text)
const small = aModel({ id: 'acme/small' })
const large = aModel({ id: 'acme/large' })
const target = (changes: Partial<Target> = {}): Target =>
  aTarget({ model: small, credential: key('one'), ...changes })

function fail(health: Health, of: Target, kind: FailureKind, times = 1, retryAfterMs: number | null = null) {
  for (let time = 0; time < times; time++)
    noteFailed(health.of(of), 1000, failure(kind, 'failed', { retryAfterMs }), 1000, 0)
}

describe('a failure closes off what it speaks for, and nothing else', () => {
  const others = {
    'another model with the same key': target({ model: large }),
    'the same model with another key': target({ credential: key('two') }),
    'another address': target({ baseUrl: 'http://127.0.0.1:2/v1' }),
    'another effort': target({ effort: 'low' }),
  }
  test.each<readonly [FailureKind, number, readonly (keyof typeof others)[]]>([
    ['credential', 1, ['another model with the same key', 'another effort']],
    ['quota', 1, ['another model with the same key', 'another effort']],
    ['rate-limited', 1, ['another effort']],
    ['unavailable', 4, ['the same model with another key', 'another effort']],
    ['timed-out', 4, ['the same model with another key', 'another effort']],
    ['truncated', 4, ['the same model with another key', 'another effort']],
  ])('%s', (kind, times, blocked) => {
    const health = createHealth()
    fail(health, target(), kind, times)
    expect(readinessOf(health.of(target()), 1000)).toBe('blocked')
    const closedOff = Object.entries(others).filter(
      ([, other]) => readinessOf(health.of(other), 1000) === 'blocked',
    )
    expect(closedOff.map(([name]) => name)).toEqual(blocked)
  })

  test.each<FailureKind>(['rejected', 'content-filtered', 'context-exceeded', 'cancelled'])(
    '%s closes nothing off',
    (kind) => {
      const health = createHealth()
      fail(health, target(), kind, 20)
      expect(readinessOf(health.of(target()), 1000)).toBe('ready')
    },
  )

  test('a vendor whose models all fail in a row is given up as a whole', () => {
    const health = createHealth()
    const models = ['a', 'b', 'c', 'd'].map((name) => target({ model: aModel({ id: `acme/${name}` }) }))
    for (const one of models) fail(health, one, 'unavailable', 3)
    const fresh = target({ model: aModel({ id: 'acme/other' }) })
    expect(readinessOf(health.of(fresh), 1000)).toBe('blocked')
    expect(readinessOf(health.of(target({ vendor: aVendor({ name: 'globex' }) })), 1000)).toBe('ready')
  })
})

describe('a target whose breaker waits for a probe', () => {
  const due = () => {
    const health = createHealth()
    fail(health, target(), 'unavailable', 4)
    return health.of(target())
  }

  test('takes one call, and no other until that has come to something', () => {
    const known = due()
    const at = blockedUntil(known, 1000)
    expect(readinessOf(known, at)).toBe('due')
    const probe = admit(known, at)
    expect(readinessOf(known, at)).toBe('blocked')
    withdraw(known, probe)
    expect(readinessOf(known, at)).toBe('due')
  })

  test('serves again when the probe is answered', () => {
    const known = due()
    const at = blockedUntil(known, 1000)
    const probe = admit(known, at)
    noteAnswered(known, probe.startedAt, at + 10)
    expect(readinessOf(known, at + 10)).toBe('ready')
  })

  test('a call that is made against an open breaker is no probe', () => {
    const known = due()
    expect(admit(known, 1001).probe).toBeNull()
  })
})

describe('what is known of a target', () => {
  test('is found again by a target of another configuration with the same endpoint, key, model and effort', () => {
    const health = createHealth()
    fail(health, target(), 'credential')
    const again = aTarget({
      id: 'renamed',
      model: aModel({ id: 'acme/small', contextWindow: 5 }),
      credential: key('one'),
      weight: 9,
    })
    expect(readinessOf(health.of(again), 1000)).toBe('blocked')
    expect(health.of(again).load).toBe(health.of(target()).load)
  })

  test('survives a restart for as long as it would have lasted', () => {
    const before = createHealth()
    fail(before, target(), 'rate-limited', 1, 60_000)
    const saved = JSON.parse(JSON.stringify(before.snapshot(11_000)))
    expect(JSON.stringify(saved)).not.toContain('"one"')
    const after = createHealth()
    after.restore(saved, 500, 20_000)
    expect(blockedUntil(after.of(target()), 500)).toBe(500 + 30_000)
  })

  test('is forgotten by a restart that comes after its time', () => {
    const before = createHealth()
    fail(before, target(), 'rate-limited', 1, 60_000)
    const after = createHealth()
    after.restore(before.snapshot(11_000), 500, 60_000)
    expect(readinessOf(after.of(target()), 500)).toBe('ready')
  })

  test('counts by new rules from now on', () => {
    const health = createHealth()
    health.use({ allowedFails: 0, windowMs: 1000, failureShare: 1, cooldownMs: 100, maxCooldownMs: 100 })
    fail(health, target(), 'unavailable')
    expect(blockedUntil(health.of(target()), 1000)).toBe(1100)
  })
})
