import { describe, expect, onTestFinished, test } from 'vitest'
import { aDecision, anOutcome } from '../../../test/support/a-decision.ts'
import { aFeedback } from '../../../test/support/a-feedback.ts'
import { createCatalog } from '../../catalog/catalog.ts'
import type { Policy } from '../../domain/policy.ts'
import { openSqliteStore } from '../../storage/sqlite/sqlite-store.ts'
import { openMemoryState } from '../../storage/state/memory-state.ts'
import type { Generation } from '../generation.ts'
import { openObjectiveOverrides } from '../objective-overrides.ts'
import { AdminError } from './call.ts'
import type { Calibration } from './calibration.ts'
import { type FrontierReport, frontierCalls } from './frontier-calls.ts'

const clock = { now: () => performance.now(), wall: () => new Date() }
const configured = { kind: 'quality', share: 0.95 } as const
const policies = ['utility', 'free-first'].map(
  (strategy, at) =>
    ({ name: at === 0 ? 'auto' : strategy, strategy, objective: configured }) as unknown as Policy,
)

/** What any of the calls answers. */
type Answered = FrontierReport & Calibration

async function opened() {
  const store = await openSqliteStore({ path: ':memory:' })
  const state = openMemoryState({ clock, report: () => {} })
  const onProblem = (error: unknown) => {
    throw error
  }
  const objectives = await openObjectiveOverrides({ store, state, clock, onProblem })
  onTestFinished(async () => {
    objectives.close()
    await store.close()
  })
  const generation = { policies } as unknown as Generation
  const calls = frontierCalls({
    store,
    objectives,
    succession: { current: () => generation },
    config: () => ({
      outcomeSets: [],
      catalog: createCatalog([]),
      models: [],
      artefact: null,
      encoder: null,
      calibration: null,
    }),
  })
  const call = async (method: string, path: string, asked: object = {}): Promise<Answered> => {
    const found = calls.find((one) => one.method === method && one.path === path)!
    const answer = await found.run({ params: {}, query: {}, body: undefined, ...asked })
    return (answer.kind === 'value' ? answer.value : null) as Answered
  }
  return { store, call }
}

/** So many of auto, each graded, and as many of another policy. */
async function withTraffic(count: number) {
  const { store, call } = await opened()
  const one = (policy: string, at: number) =>
    aDecision({ id: `${policy}-${at}`, policy, time: new Date(1e12 + at * 1000).toISOString() })
  const decisions = Array.from({ length: count }, (_, at) => [one('auto', at), one('other', at)]).flat()
  const outcomes = decisions.map(({ id }) => anOutcome({ decision: id }))
  await store.append({ decisions, outcomes })
  await store.addFeedback(
    decisions
      .slice(0, 50)
      .map(({ id }) => aFeedback({ id: `fb ${id}`, about: { kind: 'decision', decision: id }, score: 1 })),
  )
  return call
}

describe('GET /admin/frontier', () => {
  test('is made of the newest decisions of one policy, over several pages, with all policies beside it', async () => {
    const call = await withTraffic(300)
    const found = await call('GET', '/frontier', { query: { n: '280' } })
    expect(found).toMatchObject({ policy: 'auto', decisions: 280, objective: { configured, set: null } })
    expect(found.models.map(({ name }) => name)).toEqual(['acme/small'])
    expect(found.policies.map(({ name }) => name).sort()).toEqual(['auto', 'other'])
    expect(found.policies[0]?.paidUsd?.mean).toBeCloseTo(0.00012)
  })

  test('of no traffic is empty; of an unknown policy it is refused', async () => {
    const { call } = await opened()
    expect(await call('GET', '/frontier')).toMatchObject({ decisions: 0, frontier: [], policies: [] })
    await expect(call('GET', '/frontier', { query: { policy: 'nobody' } })).rejects.toThrow('no policy')
    await expect(call('GET', '/frontier', { query: { n: 'x' } })).rejects.toThrow('whole number')
  })
})

test('GET /admin/calibration sets predictions against what was said', async () => {
  const call = await withTraffic(40)
  const found = await call('GET', '/calibration', { query: { policy: 'auto' } })
  expect(found).toMatchObject({ policy: 'auto', decisions: 40, graded: 25 })
  expect(found.bias?.mean).toBeCloseTo(0.19)
})

describe('PATCH /admin/policies/:name/objective', () => {
  const params = { name: 'auto' }

  test('sets what the policy goes by, and DELETE lifts it', async () => {
    const { call } = await opened()
    const set = { kind: 'willingness-to-pay', usdPerTenPoints: 0.01 }
    const body = { willingnessToPay: 0.01 }
    const path = '/policies/:name/objective'
    expect(await call('PATCH', path, { params, body })).toEqual({
      policy: 'auto',
      objective: { configured, set },
    })
    expect((await call('GET', '/frontier')).objective.set).toEqual(set)
    expect((await call('DELETE', path, { params })).objective.set).toBeNull()
  })

  test('refuses what the policy would not go by', async () => {
    const { call } = await opened()
    const asked = { params: { name: 'free-first' }, body: { quality: 0.9 } }
    await expect(call('PATCH', '/policies/:name/objective', asked)).rejects.toThrow('does not go by quality')
  })

  test.each([
    [{}, 400],
    [{ quality: 0.9, lambda: 1 }, 400],
    [{ quality: 95 }, 400],
    [{ qualiti: 0.9 }, 400],
  ])('refuses %j', async (body, status) => {
    const { call } = await opened()
    const problem = await call('PATCH', '/policies/:name/objective', { params, body }).catch(
      (e: unknown) => e,
    )
    expect((problem as AdminError).status).toBe(status)
    expect(problem).toBeInstanceOf(AdminError)
  })
})
