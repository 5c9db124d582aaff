import { describe, expect, onTestFinished, test } from 'vitest'
import { aDecision, anOutcome } from '../../../test/support/a-decision.ts'
import { aFeedback } from '../../../test/support/a-feedback.ts'
import { learningPolicy } from '../../../test/support/a-learning.ts'
import type { CandidateRecord, Decision } from '../../domain/decision.ts'
import type { Feedback } from '../../domain/feedback.ts'
import { modelId } from '../../domain/model.ts'
import { microUsd } from '../../domain/money.ts'
import type { Policy } from '../../domain/policy.ts'
import { seededDraw } from '../../domain/random.ts'
import { forward, type GivenUp } from '../../domain/strategy.ts'
import { openSqliteStore } from '../../storage/sqlite/sqlite-store.ts'
import { openMemoryState } from '../../storage/state/memory-state.ts'
import type { Store } from '../../storage/store.ts'
import type { Generation } from '../generation.ts'
import { createExploration } from '../learning/exploration.ts'
import { type Saved, versionKind } from '../learning/versions.ts'
import { regretCalls, type RegretReport } from './learning-regret.ts'

const startMs = Date.parse('2026-03-01T08:00:00.000Z')
const timeAt = (seconds: number): string => new Date(startMs + seconds * 1_000).toISOString()
const clock = { now: () => performance.now(), wall: () => new Date(startMs + 7_200_000) }

const candidate = (id: string, quality: number, usd: number): CandidateRecord => ({
  id: modelId(id),
  quality: { mean: quality, deviation: 0.1 },
  cost: { kind: 'known', usd: { mean: usd, deviation: 0 } },
  latencyMs: { mean: 500, deviation: 100 },
})
const small = candidate('acme/small', 0.7, 0.001)
const large = candidate('acme/large', 0.75, 0.02)

async function opened(policies: readonly Policy[] = [learningPolicy]) {
  const store = await openSqliteStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const state = openMemoryState({ clock, report: () => {} })
  const generation = { policies } as unknown as Generation
  let reads = 0
  let fails = false
  const counting = {
    ...store,
    decisions: async (filter: Parameters<Store['decisions']>[0]) => {
      reads++
      if (fails) {
        fails = false
        throw new Error('the disk is full')
      }
      return store.decisions(filter)
    },
  }
  const parts = { store: counting, state, clock, succession: { current: () => generation } }
  const [only] = regretCalls(parts)
  const call = async (query: Record<string, string> = {}, name = 'auto'): Promise<RegretReport> => {
    const answer = await only!.run({ params: { name }, query, body: undefined })
    // As clients get it.
    return JSON.parse(JSON.stringify(answer.kind === 'value' ? answer.value : null))
  }
  const failOnce = (): void => {
    fails = true
  }
  return { store, state, call, failOnce, reads: () => reads }
}

/** Even chances for two models, of which the small one is right nine times in ten and the large one half of the time. */
async function traffic(
  store: Store,
  count: number,
  propensity = 0.5,
  said: Said = () => undefined,
): Promise<void> {
  const draw = seededDraw('traffic')
  const made = Array.from({ length: count }, (_, at) => {
    const chosen = propensity === 1 || draw() < propensity ? small : large
    const right = draw() < (chosen === small ? 0.9 : 0.5)
    const usd = chosen === small ? 0.001 : 0.02
    const decision = aDecision({
      id: `d-${at}`,
      time: timeAt(at),
      candidates: [small, large],
      chosen: chosen.id,
      propensity,
      policyVersion: at < count / 2 ? 'aaaa' : 'bbbb',
      objective: { lambda: 1, mu: 0, maxCostUsd: null, statedAs: 'lambda 1' },
    })
    return {
      decision: withBeliefs(decision, said(at)),
      outcome: anOutcome({ decision: decision.id, model: chosen.id, cost: microUsd(usd) }),
      said: { ...wordOn(decision.id), score: right ? 1 : 0, at: timeAt(at) },
    }
  })
  await store.append({
    decisions: made.map(({ decision }) => decision),
    outcomes: made.map(({ outcome }) => outcome),
  })
  await store.addFeedback(made.map(({ said }) => said))
}

/** What the decision of that number says that it gave up; `undefined`: it is from before decisions said so. */
type Said = (at: number) => GivenUp | null | undefined

function withBeliefs(decision: Decision, explores: GivenUp | null | undefined): Decision {
  const { trace } = decision
  if (explores === undefined || trace.end.kind !== 'forward') return decision
  return { ...decision, trace: { ...trace, end: { ...trace.end, explores } } }
}

const wordOn = (decision: ReturnType<typeof aDecision>['id']): Feedback =>
  aFeedback({ id: `f ${decision}`, about: { kind: 'decision', decision }, at: timeAt(0), score: 1 })

const saved = (why: Saved['why'], spentUsd: number, restoredFrom: number | null = null): string =>
  JSON.stringify({
    basis: { learner: 'l', artefact: 'a' },
    beganAt: startMs,
    why,
    restoredFrom,
    tally: { lessons: 0, quality: 0, billed: 0, usd: 0 },
    window: { lessons: 0, meanQuality: null },
    exploration: { spentUsd, limitUsd: 2 },
    mark: 0,
    sums: {},
  } satisfies Saved)

describe('GET /admin/policies/:name/regret', () => {
  test('reads over several pages what was given up, and how much the best fixed model is ahead', async () => {
    const { store, call } = await opened()
    await traffic(store, 1_200)
    const found = await call({ n: '5000' })
    expect(found).toMatchObject({
      policy: 'auto',
      strategy: 'linucb',
      decisions: 1_200,
      cut: false,
      since: timeAt(0),
      until: timeAt(1_199),
      leftOut: {},
    })
    expect(found.givenUp).toMatchObject({ decisions: 1_200, withoutBeliefs: 1_200 })
    expect(found.givenUp.points).toHaveLength(200)
    // Half of the requests are given away: 0.75 - 0.02 less 0.7 - 0.001, by the predictions.
    expect(found.givenUp.points.at(-1)!.all / 1_200).toBeCloseTo(0.5 * 0.031, 2)
    const { rivals, curves, decisions, known, certain } = found.against
    expect([decisions, known, certain]).toEqual([1_200, 1_200, 0])
    expect(rivals.map(({ name }) => name)).toEqual(['acme/small', expect.any(String), expect.any(String)])
    const curve = curves.find(({ kind }) => kind === 'model')!
    expect(curve.name).toBe('acme/small')
    expect(curve.points.length).toBeGreaterThan(50)
    expect(curve.points.length).toBeLessThanOrEqual(100)
    // A model drawn at even chances is behind by half of the difference, and of what it costs more.
    const truth = 1_200 * 0.5 * (0.4 + 0.019)
    const last = curve.points.at(-1)!
    expect(last.at).toBe(timeAt(1_199))
    expect(last.low).toBeLessThan(truth)
    expect(last.high).toBeGreaterThan(truth)
    expect(last.low).toBeGreaterThan(0)
  })

  test('goes by what the policy believed where decisions say so, and tells for how many none does', async () => {
    const { store, call } = await opened()
    await traffic(store, 300, 0.5, (at) => {
      if (at < 50) return undefined
      return at % 10 === 0 ? { usd: 0.001, worth: 0.25 } : null
    })
    const { givenUp, explored } = await call({ n: '250' })
    expect(givenUp).toMatchObject({ decisions: 250, withoutBeliefs: 0 })
    expect(givenUp.points.at(-1)).toMatchObject({ all: 25 * 0.25, byPredictions: 0 })
    expect(explored?.recorded).toMatchObject({ decisions: 25, usd: expect.closeTo(0.025) })
    expect(explored?.recorded.points[0]).toEqual({ at: timeAt(50), usd: 0 })
    const whole = await call({ n: '300' })
    expect(whole.givenUp.withoutBeliefs).toBe(50)
    const { all, byPredictions } = whole.givenUp.points.at(-1)!
    expect(byPredictions).toBeGreaterThan(0)
    expect(all - byPredictions).toBeCloseTo(25 * 0.25)
  })

  test('is of the newest decisions, and says when there may be older ones', async () => {
    const { store, call } = await opened()
    await traffic(store, 300)
    const found = await call({ n: '120' })
    expect(found).toMatchObject({ decisions: 120, cut: true, since: timeAt(180), until: timeAt(299) })
    expect(await call({ n: '0' })).toMatchObject({ decisions: 1 })
  })

  test('says that nothing can be said where nothing was left to chance, and where nothing was decided', async () => {
    const { store, call } = await opened()
    const empty = await call()
    expect(empty).toMatchObject({ decisions: 0, since: null, givenUp: { points: [] }, resets: [] })
    expect(empty.against.because).toMatch(/nothing has been answered/)
    await traffic(store, 50, 1)
    const certain = await call({ n: '100' })
    expect(certain.against).toMatchObject({ decisions: 0, certain: 50, curves: [] })
    expect(certain.against.because).toMatch(/explore/)
  })

  test('marks where it was rolled back and configured anew, and follows what was booked for trying', async () => {
    const { store, state, call } = await opened()
    await traffic(store, 100)
    const versions = [saved('begun', 0), saved('saved', 0.5), saved('rolled-back', 0, 1)]
    for (const [place, text] of versions.entries())
      await store.putDocument(
        { kind: versionKind, id: 'auto', version: place + 1, changedAt: timeAt(10 + 20 * place), text },
        place,
      )
    const trying: Policy = {
      ...learningPolicy,
      choose: function* ({ candidates }) {
        const verdict = forward(candidates, 'to learn of it', 0.5)
        return verdict.kind === 'forward' ? { ...verdict, explores: { usd: 0.75, worth: 0.1 } } : verdict
      },
    }
    createExploration(state, () => clock.wall().getTime())
      .chooser(trying)({ candidates: [] } as never)
      .next()
    const found = await call()
    expect(found.resets.map(({ at, kind }) => [at, kind])).toEqual([
      [timeAt(10), 'begun'],
      [timeAt(50), 'rolled-back'],
      [timeAt(50), 'configuration'],
    ])
    expect(found.explored?.per).toBe('day')
    expect(found.explored?.points.map(({ spentUsd, totalUsd }) => [spentUsd, totalUsd])).toEqual([
      [0, 0],
      [0, 0],
      [0.5, 0.5],
      [0.75, 0.75],
    ])
    expect(found.explored?.points.at(-1)).toMatchObject({ at: clock.wall().toISOString(), limitUsd: 2 })
  })

  test('of a policy that tries none has no dollars for it', async () => {
    const { explore: _, learner: __, ...plain } = learningPolicy
    const { call } = await opened([plain])
    expect(await call()).toMatchObject({ explored: null, resets: [] })
  })

  test('is read once for all who watch at the same time', async () => {
    const { store, call, reads } = await opened()
    await traffic(store, 10)
    const [one, other] = await Promise.all([call(), call()])
    expect(one).toEqual(other)
    expect(reads()).toBe(1)
    await call({ n: '5' })
    expect(reads()).toBe(2)
  })

  test('is read anew after it has failed', async () => {
    const { store, call, failOnce } = await opened()
    await traffic(store, 10)
    failOnce()
    await expect(call()).rejects.toThrow('the disk is full')
    expect(await call()).toMatchObject({ decisions: 10 })
  })

  test('refuses what is no policy and no number', async () => {
    const { call } = await opened()
    await expect(call({}, 'nobody')).rejects.toThrow('There is no policy "nobody"')
    await expect(call({ n: 'many' })).rejects.toThrow('n must be a whole number')
  })
})
