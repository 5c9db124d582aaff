/** Retries, fallbacks and breakers over real HTTP. Waits are noted, not waited. */

import { describe, expect, test } from 'vitest'
import { aClock, aJob, anEngine } from '../../../test/support/an-engine.ts'
import { aCandidate, aModel } from '../../../test/support/builders.ts'
import { aFaultServer, aRefusedUrl, type Behaviour } from '../../../test/support/fault-server.ts'
import type { Candidate } from '../../domain/candidate.ts'
import type { NonEmpty } from '../../domain/non-empty.ts'
import type { Job } from './call-target.ts'
import { forwardTo } from './forward.ts'
import type { EngineLimits } from './limits.ts'

const candidates: NonEmpty<Candidate> = [
  aCandidate({ model: aModel({ id: 'acme/small' }) }),
  aCandidate({ model: aModel({ id: 'acme/middle' }) }),
  aCandidate({ model: aModel({ id: 'acme/large', contextWindow: 1_000_000 }) }),
]
const [small] = candidates
const models = candidates.map(({ model }) => model)
const nobody = () => new AbortController().signal

const sound: Behaviour = { kind: 'answer' }
const failing = (status: number, headers: Record<string, string> = {}, error: object = {}): Behaviour => ({
  kind: 'status',
  status,
  body: { error: { message: `failed with ${status}`, ...error } },
  headers,
})

/** A clock that goes on when somebody waits. */
function aWorld(limits: Partial<EngineLimits> = {}) {
  const waits: number[] = []
  let skipped = 0
  const clock = { now: () => aClock.now() + skipped, wall: aClock.wall }
  const skip = (ms: number): void => {
    skipped += ms
  }
  const pause = (ms: number): Promise<void> => {
    waits.push(ms)
    skip(ms)
    return Promise.resolve()
  }
  const open = async (
    script: Readonly<Record<string, readonly Behaviour[]>>,
    baseUrls?: Readonly<Record<string, readonly string[]>>,
  ) => {
    const server = await aFaultServer(script)
    const engine = anEngine({
      baseUrl: server.baseUrl,
      models,
      clock,
      limits,
      parts: { pause },
      ...(baseUrls && { baseUrls }),
    })
    const ask = (models: NonEmpty<Candidate> = candidates, changes: Partial<Job> = {}) => {
      const now = clock.now()
      return forwardTo(
        engine,
        models,
        aJob({ startedAt: now, deadlineAt: now + 60_000, ...changes }),
        nobody(),
      )
    }
    return { server, engine, ask, asked: () => server.seen.map(({ model }) => model) }
  }
  return { waits, skip, open }
}

describe('retries', () => {
  test.each<readonly [string, Behaviour]>([
    ['an error of the vendor', failing(500)],
    ['an overload', failing(503)],
    ['a reset', { kind: 'reset-before-headers' }],
    ['a cut', { kind: 'reset-after-headers' }],
  ])('after %s the same target is asked once more, after a moment', async (_name, behaviour) => {
    const { waits, open } = aWorld({ backoffMs: 200 })
    const { ask, asked } = await open({ small: [behaviour, sound] })
    expect(await ask()).toMatchObject({ kind: 'buffered', candidate: { id: 'acme/small' } })
    expect(asked()).toEqual(['small', 'small'])
    expect(waits).toHaveLength(1)
    expect(waits[0]).toBeLessThanOrEqual(200)
  })

  test.each([
    ['retry-after', '2', 2_000],
    ['retry-after-ms', '1500', 1_500],
  ])('%s is honoured', async (header, value, least) => {
    const { waits, open } = aWorld()
    const { ask, asked } = await open({ small: [failing(429, { [header]: value }), sound] })
    expect(await ask()).toMatchObject({ kind: 'buffered', candidate: { id: 'acme/small' } })
    expect(asked()).toEqual(['small', 'small'])
    expect(waits[0]).toBeGreaterThan(least - 100)
  })

  test.each([
    ['by a header', { 'retry-after-ms': '20' }, {}],
    ['in words', {}, { message: 'Rate limit reached. Please try again in 20ms.' }],
  ])('a wait of a moment, asked for %s, takes no longer than that moment', async (_name, headers, error) => {
    const { waits, open } = aWorld()
    const { ask, asked } = await open({ small: [failing(429, headers, error), sound] })
    expect(await ask()).toMatchObject({ kind: 'buffered', candidate: { id: 'acme/small' } })
    expect(asked()).toEqual(['small', 'small'])
    expect(Math.max(...waits)).toBeLessThanOrEqual(20 * 1.25)
  })

  test('a wait that is longer than our patience is left to others', async () => {
    const { waits, open } = aWorld()
    const { ask, asked } = await open({ small: [failing(429, { 'retry-after': '30' })], middle: [sound] })
    expect(await ask()).toMatchObject({ kind: 'buffered', candidate: { id: 'acme/middle' } })
    expect(asked()).toEqual(['small', 'middle'])
    expect(waits).toEqual([])
  })

  test('with nobody else, a long wait is waited, but none that the deadline would cut off', async () => {
    const { waits, open } = aWorld()
    const { ask, asked } = await open({ small: [failing(429, { 'retry-after': '30' }), sound] })
    expect(await ask([small])).toMatchObject({ kind: 'buffered' })
    expect(waits[0]).toBeGreaterThan(29_000)
    const { ask: again } = await open({ small: [failing(429, { 'retry-after': '90' }), sound] })
    expect(await again([small])).toMatchObject({ kind: 'failed', failure: { kind: 'rate-limited' } })
    expect(asked()).toHaveLength(2)
  })

  test('a target that never answers is not asked again', async () => {
    const { open } = aWorld({ answerMs: 200 })
    const { ask, asked } = await open({ small: [{ kind: 'never-answer' }], middle: [sound] })
    expect(await ask()).toMatchObject({ kind: 'buffered', candidate: { id: 'acme/middle' } })
    expect(asked()).toEqual(['small', 'middle'])
  })

  test('keys that are refused are not asked again, another key of the model is', async () => {
    const { open } = aWorld()
    const { ask, asked } = await open({ small: [failing(401)], middle: [sound] })
    await ask()
    await ask()
    // All models share the one key, and so nobody is left but against its breaker.
    expect(asked().slice(0, 2)).toEqual(['small', 'middle'])
  })

  test('one budget of attempts covers all of it', async () => {
    const { open } = aWorld({ maxAttempts: 4 })
    const { ask, asked } = await open({
      small: [failing(500)],
      middle: [failing(500)],
      large: [failing(500)],
    })
    const forwarded = await ask()
    expect(forwarded.kind).toBe('failed')
    expect(asked()).toEqual(['small', 'small', 'middle', 'middle'])
    if (forwarded.kind === 'failed') expect(forwarded.failure.message).toContain('4 attempts')
  })
})

describe('a policy’s own word', () => {
  test('on limits goes before the engine’s', async () => {
    const { open } = aWorld()
    const { ask, asked } = await open({ small: [failing(500)], middle: [sound] })
    await ask(candidates, { limits: { sameTargetRetries: 0 } })
    expect(asked()).toEqual(['small', 'middle'])
  })

  test('on content filters: the models that it names are asked, and nobody else', async () => {
    const filtered = failing(400, {}, { code: 'content_policy_violation' })
    const { open } = aWorld()
    const { ask, asked } = await open({ small: [filtered], middle: [sound], large: [filtered] })
    const contentPolicy = [candidates[2]!]
    expect(await ask(candidates, { detours: { contextExceeded: [], contentPolicy } })).toMatchObject({
      kind: 'failed',
      failure: { kind: 'content-filtered' },
    })
    expect(asked()).toEqual(['small', 'large'])
  })

  test('on prompts that are too long: those go first that it names for them', async () => {
    const long = failing(400, {}, { code: 'context_length_exceeded' })
    const wide = aCandidate({ model: { ...models[1]!, contextWindow: 900_000 } })
    const { open } = aWorld()
    const { ask, asked } = await open({ small: [long], middle: [sound], large: [sound] })
    const detours = { contextExceeded: [wide], contentPolicy: [] }
    await ask([small, candidates[2]!], { detours })
    expect(asked()).toEqual(['small', 'middle'])
  })
})

test('a refusal that names the real window teaches it', async () => {
  const { open } = aWorld()
  const message = "This model's maximum context length is 8192 tokens."
  const { ask, engine } = await open({
    small: [failing(400, {}, { message, code: 'context_length_exceeded' })],
    middle: [sound],
  })
  await ask()
  expect(engine.windows.of(small.model)).toBe(8192)
})

describe('an outage', () => {
  test('costs no request, a handful of probes, and is over soon after it is over', async () => {
    const { open, skip } = aWorld({ backoffMs: 0 })
    const { ask, asked } = await open({
      small: Array.from({ length: 400 }, (_, index) => (index < 8 ? failing(503) : sound)),
      middle: [sound],
    })
    const answered: string[] = []
    // A request every 300 ms for a minute and a half.
    for (let request = 0; request < 300; request++) {
      const forwarded = await ask()
      answered.push(forwarded.kind === 'buffered' ? forwarded.candidate.id : 'failed')
      skip(300)
    }
    expect(answered).not.toContain('failed')
    const primary = asked().filter((model) => model === 'small').length
    expect(primary).toBeGreaterThan(8)
    expect(answered.lastIndexOf('acme/middle')).toBeLessThan(299)
    expect(answered.at(-1)).toBe('acme/small')
  })

  test('of every target of the first model is felt by nobody once it is known', async () => {
    const refused = await aRefusedUrl()
    const { open } = aWorld({ backoffMs: 0 })
    const { ask, server } = await open({ middle: [sound] }, { 'acme/small': [refused, refused] })
    for (let request = 0; request < 5; request++) await ask()
    const last = await ask()
    expect(last).toMatchObject({ kind: 'buffered', candidate: { id: 'acme/middle' } })
    expect(last.attempts).toHaveLength(1)
    expect(server.seen).toHaveLength(6)
  })
})

describe('a target with as many calls as it may have', () => {
  test('makes others wait in a queue, and those beyond it are told when to come again', async () => {
    const { open } = aWorld({ maxConcurrent: 1, maxQueued: 1, sameTargetRetries: 0 })
    const slow: Behaviour = { kind: 'answer', delayMs: 60 }
    const { ask } = await open({ small: [slow] })
    const replies = await Promise.all([ask([small]), ask([small]), ask([small])])
    expect(replies.map(({ kind }) => kind)).toEqual(['buffered', 'buffered', 'failed'])
    expect(replies[2]).toMatchObject({
      failure: { kind: 'overloaded', code: 'too_many_calls', retryAfterMs: 1_000 },
    })
  })

  test('is passed over for a sibling that has room', async () => {
    const { open } = aWorld({ maxConcurrent: 1 })
    const slow: Behaviour = { kind: 'answer', delayMs: 60 }
    const { server } = await open({ small: [slow] })
    const { baseUrl } = server
    const { ask } = await open({}, { 'acme/small': [baseUrl, `${baseUrl}/`] })
    const replies = await Promise.all([ask([small]), ask([small])])
    const targets = replies.map(({ attempts }) => attempts.map(({ target }) => target))
    expect(targets.flat().sort()).toEqual(['acme/small@1', 'acme/small@2'])
  })
})
