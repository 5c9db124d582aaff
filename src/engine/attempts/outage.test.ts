/** A vendor that is down while many ask at once. The breakers' clock stands still but where the test moves it on. */

import { describe, expect, test } from 'vitest'
import { aClock, aJob, anEngine } from '../../../test/support/an-engine.ts'
import { aCandidate, aModel } from '../../../test/support/builders.ts'
import { aFaultServer, type Behaviour } from '../../../test/support/fault-server.ts'
import type { Candidate } from '../../domain/candidate.ts'
import type { NonEmpty } from '../../domain/non-empty.ts'
import { createHealth, defaultHealthRules } from '../health/health.ts'
import { type Forwarded, forwardTo } from './forward.ts'

const candidates: NonEmpty<Candidate> = [
  aCandidate({ model: aModel({ id: 'acme/small' }) }),
  aCandidate({ model: aModel({ id: 'other/large' }) }),
]
const sound: Behaviour = { kind: 'answer' }
const workers = 50
const { maxCooldownMs } = defaultHealthRules

const down: readonly (readonly [string, Behaviour])[] = [
  ['resets every connection', { kind: 'reset-before-headers' }],
  ['is overloaded', { kind: 'status', status: 503, body: { error: { message: 'overloaded' } } }],
  ['breaks off every answer', { kind: 'reset-after-headers' }],
]

async function twoVendors() {
  const script: Record<string, readonly Behaviour[]> = { small: [sound] }
  const primary = await aFaultServer(script)
  const other = await aFaultServer({ large: [sound] })
  let now = aClock.now()
  const clock = { now: () => now, wall: aClock.wall }
  const engine = anEngine({
    baseUrl: other.baseUrl,
    baseUrls: { 'acme/small': [primary.baseUrl] },
    models: candidates.map(({ model }) => model),
    clock,
    health: createHealth(),
    parts: { pause: () => Promise.resolve() },
  })
  const ask = async (stream: boolean): Promise<Forwarded> => {
    const job = aJob({ stream, startedAt: now, deadlineAt: now + 60_000 })
    const forwarded = await forwardTo(engine, candidates, job, new AbortController().signal)
    if (forwarded.kind === 'stream') for await (const _ of forwarded.frames);
    return forwarded
  }
  /** Every worker asks so often, one request after the other; the models that answered. */
  const work = async (times: number): Promise<string[]> => {
    const answered: string[] = []
    const worker = async (index: number): Promise<void> => {
      for (let time = 0; time < times; time++) {
        const forwarded = await ask(index % 2 === 0)
        answered.push(forwarded.kind === 'failed' ? forwarded.failure.message : forwarded.candidate.id)
      }
    }
    await Promise.all(Array.from({ length: workers }, (_, index) => worker(index)))
    return answered
  }
  return {
    work,
    behave: (behaviour: Behaviour) => {
      script.small = [behaviour]
    },
    skip: (ms: number) => {
      now += ms
    },
    asked: () => primary.seen.length,
  }
}

describe.each(down)('the first vendor %s, and fifty ask all the while', (_name, behaviour) => {
  test('no request fails, one probe a time goes to it, and all traffic is back with the first that succeeds', async () => {
    const { work, behave, skip, asked } = await twoVendors()
    expect(new Set(await work(2))).toEqual(new Set(['acme/small']))

    behave(behaviour)
    const before = asked()
    expect(new Set(await work(4))).toEqual(new Set(['other/large']))
    // All may have been on their way to it when it broke; nobody goes twice but once more at once.
    expect(asked() - before).toBeLessThanOrEqual(2 * workers)

    const closed = asked()
    expect(new Set(await work(2))).toEqual(new Set(['other/large']))
    expect(asked()).toBe(closed)

    for (let probe = 1; probe <= 6; probe++) {
      skip(maxCooldownMs)
      expect(new Set(await work(2))).toEqual(new Set(['other/large']))
      expect(asked()).toBe(closed + probe)
    }

    behave(sound)
    skip(maxCooldownMs)
    expect(await work(1)).toContain('acme/small')
    expect(new Set(await work(2))).toEqual(new Set(['acme/small']))
  })
})
