import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aCandidate, aModel, aTarget } from '../../../test/support/builders.ts'
import type { Candidate } from '../../domain/candidate.ts'
import { consequences, type FailureKind, failure } from '../../domain/failure.ts'
import { seededDraw } from '../../domain/random.ts'
import { admit, noteFailed, withdraw } from '../health/admission.ts'
import { createHealth, type Health } from '../health/health.ts'
import { createObservedWindows } from '../health/observed-windows.ts'
import { defaultAttemptLimits } from './limits.ts'
import { targetBook } from './model-targets.ts'
import { nextStop, type Plan, type Stop } from './plan.ts'

type World = { readonly models: readonly number[]; readonly health: Health }

/** `models`: for each model the number of its targets. */
function planOf({ models, health }: World, changes: Partial<Plan> = {}): Plan {
  const candidates = models.map((_, index) => aCandidate({ model: aModel({ id: `acme/m${index}` }) }))
  const targets = targetBook(
    (id) => {
      const index = candidates.findIndex((candidate) => candidate.id === id)
      return Array.from({ length: models[index] ?? 0 }, (_, place) =>
        aTarget({
          id: `${id}@${place + 1}`,
          model: candidates[index]!.model,
          baseUrl: `http://127.0.0.1:${place + 1}`,
        }),
      )
    },
    () => 'round-robin',
    health,
  )
  return {
    models: candidates,
    visits: [],
    exceededWindow: 0,
    targets,
    windows: createObservedWindows(() => 0),
    limits: defaultAttemptLimits,
    affinity: null,
    stream: false,
    deadlineAt: 60_000,
    draw: seededDraw('plan'),
    ...changes,
  }
}

/** Fails at a target as a real attempt would. */
function failAt(plan: Plan, stop: Stop, kind: FailureKind, now: number, retryAfterMs: number | null = null) {
  const reason = failure(kind, 'failed', { retryAfterMs })
  const admission = admit(stop.health, now)
  noteFailed(stop.health, now, reason, now, 0)
  withdraw(stop.health, admission)
  const index = plan.visits.findIndex((visit) => visit.stop.target === stop.target)
  const [before] = index < 0 ? [] : plan.visits.splice(index, 1)
  plan.visits.push({ stop, asked: (before?.asked ?? 0) + 1, last: reason })
  if (!consequences[kind].otherTarget)
    plan.models = plan.models.filter((candidate) => candidate.id !== stop.candidate.id)
}

/** The targets in the order in which they are asked when all fail alike, with the waits. */
function order(plan: Plan, kind: FailureKind, retryAfterMs: number | null = null, most = 12) {
  const asked: string[] = []
  const waits: number[] = []
  let now = 0
  while (asked.length < most) {
    const next = nextStop(plan, now)
    if (next === null) break
    now += next.waitMs
    asked.push(next.stop.target.id)
    waits.push(next.waitMs)
    failAt(plan, next.stop, kind, now, retryAfterMs)
  }
  return { asked, waits }
}

const world = (...models: number[]): World => ({ models, health: createHealth() })

describe('after a failure', () => {
  test('that may pass: the same target once more, then its siblings, then other models', () => {
    const { asked } = order(planOf(world(2, 1)), 'unavailable')
    expect(asked).toEqual(['acme/m0@1', 'acme/m0@1', 'acme/m0@2', 'acme/m0@2', 'acme/m1@1', 'acme/m1@1'])
  })

  test.each<FailureKind>(['timed-out', 'credential', 'quota', 'unreadable'])(
    '%s: no target is asked twice',
    (kind) => {
      expect(order(planOf(world(2, 1)), kind).asked).toEqual(['acme/m0@1', 'acme/m0@2', 'acme/m1@1'])
    },
  )

  test('a short limit of rate: siblings first, then the wait that the vendor asks for, then other models', () => {
    const plan = planOf(world(2, 1))
    const { asked, waits } = order(plan, 'rate-limited', 2_000, 4)
    expect(asked.slice(0, 2)).toEqual(['acme/m0@1', 'acme/m0@2'])
    expect(['acme/m0@1', 'acme/m0@2']).toContain(asked[2])
    expect(waits[2]).toBeGreaterThanOrEqual(2_000)
  })

  test('a long limit of rate: another model at once', () => {
    const { asked, waits } = order(planOf(world(1, 1)), 'rate-limited', 20_000, 2)
    expect(asked).toEqual(['acme/m0@1', 'acme/m1@1'])
    expect(waits).toEqual([0, 0])
  })

  test('a long limit of rate and nobody else: the wait, if there is time for it', () => {
    const { asked, waits } = order(planOf(world(1)), 'rate-limited', 20_000)
    expect(asked).toEqual(['acme/m0@1', 'acme/m0@1'])
    expect(waits[1]).toBeGreaterThanOrEqual(20_000)
    expect(order(planOf(world(1)), 'rate-limited', 70_000).asked).toEqual(['acme/m0@1'])
  })

  test('a prompt that is too long: only models with a larger window', () => {
    const plan = planOf(world(1, 1, 1))
    const [first, , third] = plan.models
    const wide = (candidate: Candidate) => ({
      ...candidate,
      model: { ...candidate.model, contextWindow: 900_000 },
    })
    plan.models = [first!, plan.models[1]!, wide(third!)]
    plan.exceededWindow = first!.model.contextWindow
    expect(nextStop(plan, 0)?.stop.candidate.id).toBe('acme/m2')
  })
})

describe('breakers', () => {
  const blocked = (plan: Plan, model: number) => {
    const [known] = plan.targets(plan.models[model]!.id).known
    for (let time = 0; time < 4; time++) noteFailed(known!.health, 0, failure('unavailable', 'failed'), 0, 0)
  }

  test('a model whose targets are closed off is passed over for a healthy one', () => {
    const plan = planOf(world(1, 1))
    blocked(plan, 0)
    expect(nextStop(plan, 10)).toMatchObject({ waitMs: 0, stop: { candidate: { id: 'acme/m1' } } })
  })

  test('with everybody closed off, the one that is due soonest is asked all the same', () => {
    const plan = planOf(world(1, 1))
    const [first] = plan.targets(plan.models[0]!.id).known
    noteFailed(first!.health, 0, failure('rate-limited', 'failed', { retryAfterMs: 30_000 }), 0, 0)
    blocked(plan, 1)
    expect(nextStop(plan, 10)?.stop.candidate.id).toBe('acme/m1')
  })

  test('a target that is due for its probe goes before its siblings', () => {
    const plan = planOf(world(3))
    const second = plan.targets(plan.models[0]!.id).known[1]!
    for (let time = 0; time < 4; time++) noteFailed(second.health, 0, failure('unavailable', ''), 0, 0)
    expect(nextStop(plan, 4_999)?.stop.target.id).not.toBe('acme/m0@2')
    expect(nextStop(plan, 5_000)?.stop.target.id).toBe('acme/m0@2')
  })
})

describe('a session', () => {
  test('goes back to its target while that is healthy', () => {
    const plain = planOf(world(3))
    const third = plain.targets(plain.models[0]!.id).known[2]!
    const affinity = { target: third.health.identity.target, only: null }
    const plan: Plan = { ...plain, affinity }
    expect(nextStop(plan, 0)?.stop.target.id).toBe('acme/m0@3')
    for (let time = 0; time < 4; time++) noteFailed(third.health, 0, failure('unavailable', ''), 0, 0)
    expect(nextStop(plan, 1)?.stop.target.id).not.toBe('acme/m0@3')
  })

  test('whose state one vendor holds is taken nowhere else', () => {
    const plain = planOf(world(2, 1))
    const second = plain.targets(plain.models[0]!.id).known[1]!
    const { target, credential } = second.health.identity
    const { asked } = order({ ...plain, affinity: { target, only: credential } }, 'timed-out')
    expect(asked).toEqual(['acme/m0@2'])
  })
})

const kinds: readonly FailureKind[] = [
  'rate-limited',
  'timed-out',
  'unavailable',
  'overloaded',
  'credential',
  'quota',
  'truncated',
  'unreadable',
]

test('whatever fails and whoever is closed off: somebody is asked first, no wait passes the deadline, and there is an end', () => {
  const retryAfter = fc.option(fc.integer({ min: 0, max: 100_000 }))
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(fc.constantFrom(...kinds), retryAfter, fc.nat(3_000)), {
        minLength: 40,
        maxLength: 40,
      }),
      fc.array(fc.constantFrom(...kinds), { maxLength: 12 }),
      (models, outcomes, earlier) => {
        const plan = planOf({ models, health: createHealth() })
        const every = plan.models.flatMap(({ id }) => plan.targets(id).known)
        for (const [index, kind] of earlier.entries()) {
          const { health } = every[index % every.length]!
          for (let time = 0; time < 4; time++) noteFailed(health, 0, failure(kind, 'failed'), 0, 0)
        }
        let now = 0
        let asked = 0
        for (const [kind, retryAfterMs, tookMs] of outcomes) {
          const next = nextStop(plan, now)
          if (asked === 0) expect(next).not.toBeNull()
          if (next === null) break
          asked++
          if (next.waitMs > 0) expect(now + next.waitMs).toBeLessThan(plan.deadlineAt)
          now += next.waitMs + tookMs
          failAt(plan, next.stop, kind, now, retryAfterMs)
        }
        // Each target is asked once, and once more where the failure allows it.
        expect(asked).toBeLessThanOrEqual(2 * every.length)
        for (const visit of plan.visits) expect(visit.asked).toBeLessThanOrEqual(2)
      },
    ),
  )
})
