/** Hedging over real HTTP: a second target beside one that is slow. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aClock, aJob, anEngine } from '../../../test/support/an-engine.ts'
import { aCandidate, aModel } from '../../../test/support/builders.ts'
import { aFaultServer, type Behaviour } from '../../../test/support/fault-server.ts'
import { openFaultServer } from '../../../test/support/faults/server.ts'
import type { Attempt } from '../../domain/attempt.ts'
import type { Candidate } from '../../domain/candidate.ts'
import type { NonEmpty } from '../../domain/non-empty.ts'
import { nothingSpent } from '../health/hedge-spending.ts'
import { latenciesOf, noteTook } from '../health/load.ts'
import type { AttemptEngine } from './attempt-engine.ts'
import type { Hedging, Job } from './call-target.ts'
import { type Forwarded, forwardTo } from './forward.ts'

const candidates: NonEmpty<Candidate> = [
  aCandidate({ model: aModel({ id: 'acme/small' }) }),
  aCandidate({ model: aModel({ id: 'acme/middle' }) }),
  aCandidate({ model: aModel({ id: 'acme/large' }) }),
]
const [small] = candidates
const models = candidates.map(({ model }) => model)
const nobody = () => new AbortController().signal

const sound: Behaviour = { kind: 'answer' }
const silent: Behaviour = { kind: 'never-answer' }
const late: Behaviour = { kind: 'answer', delayMs: 300 }
const failing = (status: number): Behaviour => ({
  kind: 'status',
  status,
  body: { error: { message: `failed with ${status}` } },
})

/** Of a policy that has spent enough for any second call. */
const hedging = (rules: Partial<Hedging['rules']> = {}, spentUsd = 100): Hedging => ({
  rules: { percentile: 0.95, afterMs: 30, maxExtraCostShare: 0.05, ...rules },
  spending: { ...nothingSpent(), spentUsd },
})

type Scripted = Readonly<Record<string, readonly Behaviour[]>>

async function opened(script: Scripted, limits = {}) {
  const server = await aFaultServer(script)
  const engine = anEngine({
    baseUrl: server.baseUrl,
    models,
    limits: { sameTargetRetries: 0, answerMs: 5_000, firstContentMs: 5_000, ...limits },
  })
  const ask = (changes: Partial<Job> & { readonly stream?: boolean } = {}, client = nobody()) =>
    forwardTo(engine, candidates, aJob({ hedging: hedging(), ...changes }), client)
  return { server, engine, ask, asked: () => server.seen.map(({ model }) => model) }
}

async function readOut(forwarded: Forwarded): Promise<string> {
  if (forwarded.kind !== 'stream') return ''
  let text = ''
  for await (const frame of forwarded.frames) text += Buffer.from(frame).toString()
  await forwarded.told
  return text
}

const outcomes = ({ attempts }: Forwarded) =>
  attempts.map(({ model, outcome }) => [model, outcome.kind === 'answered' ? 'answered' : outcome.failure])

const loadOf = (engine: AttemptEngine) => engine.targets(small.id).known[0]!.health.load

describe.each([false, true])('a target that is slow to begin (stream: %s)', (stream) => {
  test('gets company; who answers first is taken, the other is cancelled, and both are booked', async () => {
    const { server, engine, ask } = await opened({ small: [silent], middle: [sound] })
    const forwarded = await ask({ stream })
    const text = await readOut(forwarded)
    expect(forwarded).toMatchObject({ candidate: { id: 'acme/middle' } })
    expect(outcomes(forwarded)).toEqual([
      ['acme/small', 'cancelled'],
      ['acme/middle', 'answered'],
    ])
    expect(forwarded.attempts[0]).toMatchObject({ usage: { inputTokens: 12, source: 'estimated' } })
    expect(forwarded.attempts[0]!.cost).toBeGreaterThan(0)
    expect(await server.seen[0]!.over).toBe('aborted')
    if (stream) expect(text).toContain('[DONE]')
    // It was not its fault, but it was slow.
    expect(loadOf(engine).inFlight).toBe(0)
    expect(latenciesOf(loadOf(engine), stream).total).toBe(1)
    expect(engine.targets(small.id).known[0]!.health.endpoint.failuresInRow).toBe(0)
  })

  test('is taken all the same where it answers before the other', async () => {
    const { server, ask } = await opened({ small: [late], middle: [silent] })
    const forwarded = await ask({ stream })
    await readOut(forwarded)
    expect(forwarded).toMatchObject({ candidate: { id: 'acme/small' } })
    expect(outcomes(forwarded)).toEqual([
      ['acme/middle', 'cancelled'],
      ['acme/small', 'answered'],
    ])
    expect(await server.seen[1]!.over).toBe('aborted')
  })

  test('stays alone where hedging is off', async () => {
    const { ask, asked } = await opened({ small: [late], middle: [sound] })
    await readOut(await ask({ stream, hedging: null }))
    expect(asked()).toEqual(['small'])
  })
})

describe('a second call', () => {
  test('waits until the first has outlasted the percentile of its target, once that is known', async () => {
    const { engine, ask, asked } = await opened({ small: [late, silent], middle: [sound] })
    const rules = { afterMs: null }
    await ask({ hedging: hedging(rules) })
    expect(asked()).toEqual(['small'])
    for (let call = 0; call < 100; call++) noteTook(loadOf(engine), false, 10, aClock.now())
    const forwarded = await ask({ hedging: hedging(rules) })
    expect(forwarded).toMatchObject({ candidate: { id: 'acme/middle' } })
  })

  test('goes to another target of the same model first', async () => {
    const [slow, quick] = [await aFaultServer({ small: [silent] }), await aFaultServer({ small: [sound] })]
    const engine = anEngine({
      baseUrl: slow.baseUrl,
      baseUrls: { 'acme/small': [slow.baseUrl, quick.baseUrl] },
      models,
    })
    const forwarded = await forwardTo(engine, candidates, aJob({ hedging: hedging() }), nobody())
    expect(forwarded.attempts.map(({ target }) => target)).toEqual(['acme/small@1', 'acme/small@2'])
  })

  test.each<readonly [string, Hedging]>([
    ['before the policy has spent enough for it', hedging({}, 0)],
    ['that the share does not allow', hedging({ maxExtraCostShare: 0 })],
  ])('is not made %s', async (_name, strict) => {
    const { ask, asked } = await opened({ small: [late], middle: [sound] })
    expect(await ask({ hedging: strict })).toMatchObject({ candidate: { id: 'acme/small' } })
    expect(asked()).toEqual(['small'])
    expect(strict.spending.extraUsd).toBe(0)
    expect(strict.spending.spentUsd).toBeGreaterThan(0)
  })

  test('is not made where nobody knows its price', async () => {
    const prices = { input: 'unknown', cachedRead: 'unknown', cacheWrite: 'unknown', output: 1 } as const
    const unpriced = aCandidate({ model: aModel({ id: 'acme/middle', prices }) })
    const server = await aFaultServer({ small: [late], middle: [sound] })
    const engine = anEngine({ baseUrl: server.baseUrl, models: [small.model, unpriced.model] })
    const forwarded = await forwardTo(engine, [small, unpriced], aJob({ hedging: hedging() }), nobody())
    expect(forwarded).toMatchObject({ candidate: { id: 'acme/small' } })
    expect(server.seen).toHaveLength(1)
  })

  test('is not made where one attempt is all that is left', async () => {
    const { ask, asked } = await opened({ small: [late], middle: [sound] }, { maxAttempts: 1 })
    await ask()
    expect(asked()).toEqual(['small'])
  })

  test.each([true, false])(
    'goes to no other vendor where one holds the client’s state (%s)',
    async (held) => {
      const [own, other] = [
        await aFaultServer({ small: [held ? late : silent] }),
        await aFaultServer({ middle: [sound] }),
      ]
      const baseUrls = { 'acme/small': [own.baseUrl], 'acme/middle': [other.baseUrl] }
      const engine = anEngine({ baseUrl: own.baseUrl, baseUrls, models: models.slice(0, 2) })
      const { target, credential } = engine.targets(small.id).known[0]!.health.identity
      const affinity = { target, only: held ? credential : null }
      const job = aJob({ hedging: hedging(), affinity })
      await forwardTo(engine, [small, candidates[1]!], job, nobody())
      expect(other.seen).toHaveLength(held ? 0 : 1)
    },
  )

  test('that is refused does not end the first', async () => {
    const { ask } = await opened({ small: [late], middle: [failing(400)] })
    const forwarded = await ask()
    expect(forwarded).toMatchObject({ kind: 'buffered', candidate: { id: 'acme/small' } })
    expect(outcomes(forwarded)).toEqual([
      ['acme/middle', 'rejected'],
      ['acme/small', 'answered'],
    ])
  })

  test('that fails with the first leaves the way to the next', async () => {
    const script = { small: [silent], middle: [failing(503)], large: [sound] }
    const { ask, asked } = await opened(script, { answerMs: 300 })
    const forwarded = await ask()
    expect(forwarded).toMatchObject({ kind: 'buffered', candidate: { id: 'acme/large' } })
    expect(outcomes(forwarded)).toEqual([
      ['acme/middle', 'overloaded'],
      ['acme/small', 'timed-out'],
      ['acme/large', 'answered'],
    ])
    expect(asked()).toEqual(['small', 'middle', 'large'])
  })

  test('is cancelled with the first when the client leaves', async () => {
    const client = new AbortController()
    const { server, ask } = await opened({ small: [silent], middle: [silent] }, { answerMs: 60_000 })
    const asking = ask({}, client.signal)
    await server.whenSeen(2)
    client.abort()
    const forwarded = await asking
    expect(forwarded).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } })
    expect(outcomes(forwarded)).toEqual([
      ['acme/middle', 'cancelled'],
      ['acme/small', 'cancelled'],
    ])
    expect(await Promise.all(server.seen.map(({ over }) => over))).toEqual(['aborted', 'aborted'])
  })
})

/** The most attempts that were under way at one moment. */
function mostAtOnce(attempts: readonly Attempt[]): number {
  const at = (moment: number) =>
    attempts.filter(({ startedAfterMs, endedAfterMs }) => startedAfterMs <= moment && moment < endedAfterMs)
  return Math.max(...attempts.map(({ startedAfterMs }) => at(startedAfterMs).length))
}

const behaviour = fc.constantFrom<Behaviour>(
  sound,
  { kind: 'answer', delayMs: 40 },
  silent,
  failing(503),
  failing(429),
  { kind: 'reset-before-headers' },
)
const several = fc.array(behaviour, { minLength: 1, maxLength: 2 })

test('whatever targets do, no more than two are at work for a request, within its budget of attempts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ small: several, middle: several, large: several }),
      fc.boolean(),
      async (script, stream) => {
        const server = await openFaultServer(script)
        try {
          const limits = { answerMs: 80, firstContentMs: 80, backoffMs: 1, patienceMs: 0, maxAttempts: 4 }
          const engine = anEngine({ baseUrl: server.baseUrl, models, limits })
          const job = aJob({ stream, hedging: hedging({ afterMs: 10 }) })
          const forwarded = await forwardTo(engine, candidates, job, nobody())
          await readOut(forwarded)
          expect(mostAtOnce(forwarded.attempts)).toBeLessThanOrEqual(2)
          expect(forwarded.attempts.length).toBeLessThanOrEqual(4)
          expect(server.seen.length).toBeLessThanOrEqual(4)
          expect(loadOf(engine).inFlight).toBe(0)
        } finally {
          await server.close()
        }
      },
    ),
    { numRuns: 25 },
  )
})
