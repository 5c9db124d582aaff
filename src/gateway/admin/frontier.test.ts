import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aDecision } from '../../../test/support/a-decision.ts'
import type { CandidateRecord, Decision } from '../../domain/decision.ts'
import { type ModelId, modelId } from '../../domain/model.ts'
import { frontierOf, policyPoints } from './frontier.ts'

const candidate = (name: string, quality: number, usd: number | null): CandidateRecord => ({
  id: modelId(`acme/${name}`),
  quality: { mean: quality, deviation: 0.05 },
  cost:
    usd === null ? { kind: 'unknown', why: 'no price' } : { kind: 'known', usd: { mean: usd, deviation: 0 } },
  latencyMs: { mean: 1_000, deviation: 0 },
})

const decided = (
  candidates: readonly CandidateRecord[],
  chosen = candidates[0]?.id ?? null,
  changes: Partial<Omit<Decision, 'id'>> = {},
): Decision => aDecision({ candidates, chosen: chosen as ModelId | null, ...changes })

/** An easy one, on which both are good, and a hard one. */
const easy = decided([candidate('small', 0.9, 0.001), candidate('large', 0.92, 0.01)])
const hard = decided([candidate('small', 0.3, 0.001), candidate('large', 0.9, 0.01)])

describe('the frontier', () => {
  test('goes from the best prediction of each request to the cheapest', () => {
    const { frontier, oracle, decisions, bestSingle } = frontierOf([easy, hard])
    expect(decisions).toBe(2)
    expect(bestSingle).toBeCloseTo(0.91)
    expect(frontier[0]).toMatchObject({ quality: { mean: 0.91 }, usd: { mean: 0.01 } })
    expect(oracle).toMatchObject({ quality: { mean: 0.91 } })
    expect(frontier.at(-1)?.quality.mean).toBeCloseTo(0.6)
    expect(frontier.at(-1)?.usd.mean).toBeCloseTo(0.001)
  })

  test('has the rate at which only what is hard goes to the dear one, with what that changes', () => {
    const between = frontierOf([easy, hard]).frontier.find(({ shares }) => shares['acme/small'] === 0.5)
    expect(between?.quality.mean).toBeCloseTo(0.9)
    expect(between?.usd.mean).toBeCloseTo(0.0055)
    // Both went to the small one.
    expect(between?.changed).toBe(0.5)
    expect(between?.versus.quality.mean).toBeCloseTo(0.3)
    expect(between?.versus.usd.mean).toBeCloseTo(0.0045)
  })

  test('gives up quality and cost alone as lambda rises, whatever the candidates', () => {
    const one = fc.record({
      quality: fc.double({ min: 0, max: 1, noNaN: true }),
      usd: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    const options = fc.array(one, { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(fc.array(options, { minLength: 1, maxLength: 12 }), (requests) => {
        const { frontier, oracle, models } = frontierOf(
          requests.map((own) =>
            decided(own.map(({ quality, usd }, at) => candidate(`m${at}`, quality, usd))),
          ),
        )
        for (const [at, point] of frontier.entries()) {
          const before = frontier[at - 1] ?? point
          expect(point.quality.mean).toBeLessThanOrEqual(before.quality.mean + 1e-9)
          expect(point.usd.mean).toBeLessThanOrEqual(before.usd.mean + 1e-9)
          expect(Object.values(point.shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1)
          expect(point.quality.mean).toBeLessThanOrEqual(oracle!.quality.mean + 1e-9)
        }
        expect(models.reduce((sum, { quality }) => sum + quality.count, 0)).toBe(requests.flat().length)
      }),
      { numRuns: 50 },
    )
  })

  test('counts waiting where the objective does', () => {
    const slow = { ...candidate('large', 0.95, 0.001), latencyMs: { mean: 10_000, deviation: 0 } }
    const objective = { lambda: 1, mu: 0.05, maxCostUsd: null, statedAs: 'lambda 1' }
    const { frontier } = frontierOf([
      decided([candidate('small', 0.9, 0.001), slow], undefined, { objective }),
    ])
    expect(frontier[0]?.shares).toEqual({ 'acme/small': 1 })
  })

  test('leaves out models of unknown price, and decisions that chose one or nobody', () => {
    const odd = candidate('odd', 0.99, null)
    const { models, decisions } = frontierOf([
      decided([candidate('small', 0.5, 0.001), odd]),
      decided([odd]),
      decided([candidate('small', 0.5, 0.001)], null),
    ])
    expect(decisions).toBe(1)
    expect(models.map(({ name }) => name)).toEqual(['acme/small'])
  })

  test('is there for free models and for a single one', () => {
    const free = frontierOf([decided([candidate('small', 0.5, 0)])])
    expect(free.frontier).toMatchObject([{ lambda: 0, shares: { 'acme/small': 1 }, changed: 0 }])
    const alone = frontierOf([decided([candidate('small', 0.5, 0.01)])])
    expect(alone.frontier.every(({ usd }) => usd.mean === 0.01)).toBe(true)
  })

  test('of nothing is empty, and says so', () => {
    expect(frontierOf([])).toEqual({
      decisions: 0,
      since: null,
      until: null,
      models: [],
      controls: [],
      oracle: null,
      chosen: null,
      bestSingle: null,
      frontier: [],
    })
  })
})

test('controls know nothing: the cheapest, the strongest, coins between them, and the length of prompts', () => {
  const short = { signals: { ...easy.signals, inputTokens: 10 } }
  const long = { signals: { ...easy.signals, inputTokens: 1_000 } }
  const { controls } = frontierOf([
    { ...easy, ...short },
    { ...hard, ...long },
  ])
  const named = (name: string) => controls.find((one) => one.name.startsWith(name))!
  expect(named('cheapest').usd.mean).toBeCloseTo(0.001)
  expect(named('strongest').quality.mean).toBeCloseTo(0.91)
  expect(named('random mix, 40 %').usd.mean).toBeCloseTo(0.001 + 0.4 * 0.009)
  const byLength = named('longer than 10 tokens')
  expect(byLength.quality.mean).toBeCloseTo(0.9)
})

test('policies stand where they chose to be, with what was said and paid beside it', () => {
  const judged = [
    { decision: easy, score: 1, usd: 0.002 },
    { decision: hard, score: null, usd: null },
    {
      decision: decided([candidate('large', 0.9, 0.01)], undefined, { policy: 'best' }),
      score: null,
      usd: null,
    },
  ]
  expect(policyPoints(judged)).toMatchObject([
    {
      name: 'auto',
      quality: { mean: 0.6, count: 2 },
      observedQuality: { mean: 1, low: null, count: 1 },
      paidUsd: { mean: 0.002 },
    },
    { name: 'best', observedQuality: null, paidUsd: null },
  ])
})
