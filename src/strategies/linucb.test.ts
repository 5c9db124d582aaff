import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aGateway } from '../../test/support/a-gateway.ts'
import { aCandidate, aSignals, aTurn } from '../../test/support/builders.ts'
import {
  aLesson,
  chooserOf,
  dayMs,
  learntAtMs,
  learntFrom,
  someExploration,
  someLearnt,
  tryingOptions,
  withLearnt,
} from '../../test/support/learnt.ts'
import { modelId } from '../domain/model.ts'
import type { Turn } from '../domain/strategy.ts'
import { linUcb } from './linucb.ts'
import { orderOf, strategyContract } from './strategies.contract.ts'
import { utility } from './utility.ts'

const options = fc
  .tuple(tryingOptions, fc.double({ min: 0, max: 5, noNaN: true }))
  .map(([trying, optimism]) => ({ ...trying, optimism }))

strategyContract(linUcb, options)
describe('with something learnt', () => {
  strategyContract(withLearnt(linUcb, null), options)
})
describe('with money to try models', () => {
  strategyContract(withLearnt(linUcb, someExploration()), options)
})
describe('with little money to try models', () => {
  strategyContract(withLearnt(linUcb, someExploration(9.95)), options)
})

const nano = aCandidate({ id: 'acme/nano', quality: 0.7, usd: 0.0001 })
const mid = aCandidate({ id: 'acme/mid', quality: 0.75, usd: 0.002 })
const top = aCandidate({ id: 'acme/top', quality: 0.9, usd: 0.02 })
const learner = linUcb.learner!(linUcb.options.parse({}))

const turnOf = (changes: Parameters<typeof aTurn>[0] = {}): Turn =>
  aTurn({
    candidates: [nano, mid, top],
    objective: { lambda: 5, mu: 0, maxCostUsd: null, statedAs: 'a test' },
    ...changes,
  })

/** So many lessons of a model, each right or wrong as stated. */
const lessonsOf = (model: string, count: number, quality: number, expectedQuality: number, turn = turnOf()) =>
  Array.from({ length: count }, () =>
    aLesson(learner, { turn, model: modelId(model), quality, expectedQuality }),
  )

describe('linucb', () => {
  const choose = chooserOf(linUcb)
  const trying = chooserOf(linUcb, { explore: { usd: 1, per: 'day' }, floor: 0 })

  test('with no feedback it chooses as utility does, and is certain', () => {
    const turn = turnOf()
    const verdict = choose(turn)
    expect(verdict.to).toEqual(chooserOf(utility)(turn).to)
    expect(verdict.propensity).toBe(1)
    expect(verdict.explores).toBeNull()
  })

  test('feedback that says otherwise changes who is chosen, and the reason says what was believed before', () => {
    const learnt = learntFrom(learner, lessonsOf('acme/top', 60, 0, 0.9))
    const verdict = choose(turnOf({ learnt }))
    expect(orderOf(verdict)[0]).toBe('acme/mid')
    const believed = choose(turnOf({ learnt, candidates: [top] }))
    expect(believed.because).toContain('0.900 before feedback')
  })

  test('what was learnt of one kind of request holds less for another', () => {
    const math = turnOf({ signals: aSignals({ taskType: 'math' }) })
    const code = turnOf({ signals: aSignals({ taskType: 'code', subject: { name: 'law', probability: 1 } }) })
    // Just enough to fall behind mid where it was seen to fail.
    const learnt = learntFrom(learner, lessonsOf('acme/top', 60, 0.4, 0.9, math))
    const believedOf = (turn: Turn) =>
      Number(/quality (\d\.\d+)/.exec(choose({ ...turn, learnt, candidates: [top] }).because)![1])
    expect(believedOf(math)).toBeLessThan(believedOf(code) - 0.05)
    expect(believedOf(code)).toBeLessThan(0.9)
  })

  test('a price that changed needs nothing to be learnt anew', () => {
    const learnt = learntFrom(learner, lessonsOf('acme/nano', 60, 0, 0.7))
    expect(orderOf(choose(turnOf({ learnt })))[0]).toBe('acme/top')
    const dearer = aCandidate({ id: 'acme/top', quality: 0.9, usd: 0.06 })
    expect(orderOf(choose(turnOf({ learnt, candidates: [nano, mid, dearer] })))[0]).toBe('acme/mid')
  })

  test('what was learnt fades: after many half-lives it is the offline model again', () => {
    const lessons = lessonsOf('acme/top', 60, 0, 0.9)
    const later = (days: number) =>
      orderOf(choose(turnOf({ learnt: learntFrom(learner, lessons, learntAtMs + days * dayMs) })))[0]
    expect(later(1)).toBe('acme/mid')
    expect(later(300)).toBe('acme/top')
    expect(later(5000)).toBe('acme/top')
  })

  test('it passes over what another learner has learnt', () => {
    const learnt = { ...learntFrom(learner, lessonsOf('acme/top', 60, 0, 0.9)), learner: 'another' }
    expect(orderOf(choose(turnOf({ learnt })))[0]).toBe('acme/top')
  })

  test('it tries what may be better than it is known to be, and says what that costs', () => {
    const unsure = aCandidate({ id: 'acme/mid', quality: 0.78, qualityDeviation: 0.3, usd: 0.022 })
    const verdict = trying(turnOf({ candidates: [nano, top, unsure], exploration: someExploration() }))
    expect(orderOf(verdict)[0]).toBe('acme/mid')
    // Quality of 0.9 for $0.02 against 0.78 for $0.022, at 5 good answers a dollar.
    expect(verdict.explores!.usd).toBeCloseTo(0.002, 10)
    expect(verdict.explores!.worth).toBeCloseTo(0.12 + 5 * 0.002, 10)
    expect(verdict.because).toContain('tried to learn of it')
  })

  test('what it gives up is by what feedback has taught it, not by what was predicted', () => {
    const learnt = learntFrom(learner, lessonsOf('acme/top', 60, 0, 0.9))
    // By the predictions nano is behind top by a tenth; of top it has learnt better.
    const floored = chooserOf(linUcb, {
      explore: { usd: 1, per: 'day' },
      floor: 0.5,
      tryWithin: 1,
      optimism: 0,
    })
    const worthOf = (model: string): number => {
      for (let seed = 0; seed < 200; seed++) {
        const verdict = floored(turnOf({ learnt, exploration: someExploration(), seed: `${seed}` }))
        if (orderOf(verdict)[0] === model) return verdict.explores?.worth ?? 0
      }
      throw new Error(`${model} is never chosen`)
    }
    expect(worthOf('acme/mid')).toBe(0)
    expect(worthOf('acme/nano')).toBeCloseTo(0.05 - 5 * 0.0019, 10)
    expect(worthOf('acme/top')).toBeGreaterThan(0.3)
  })

  test('of two prices of money that are drawn it gives up nothing by the one that was drawn', () => {
    const mixture = { lambda: 200, share: 0.5 }
    const objective = { lambda: 0, mu: 0, maxCostUsd: null, statedAs: 'a test', mixture }
    const found = new Set<string | undefined>()
    for (let seed = 0; seed < 40; seed++) {
      const verdict = choose(turnOf({ objective, seed: `${seed}` }))
      expect(verdict.propensity).toBe(0.5)
      expect(verdict.explores).toBeNull()
      found.add(orderOf(verdict)[0])
    }
    expect([...found].sort()).toEqual(['acme/nano', 'acme/top'])
  })

  test('it tries nothing where the policy gives no money for it, or the turn brings none', () => {
    const unsure = aCandidate({ id: 'acme/mid', quality: 0.78, qualityDeviation: 0.3, usd: 0.022 })
    const candidates = [nano, top, unsure]
    expect(orderOf(choose(turnOf({ candidates, exploration: someExploration() })))[0]).toBe('acme/top')
    expect(orderOf(trying(turnOf({ candidates })))[0]).toBe('acme/top')
  })

  test('it tries nothing within a conversation', () => {
    const unsure = aCandidate({ id: 'acme/mid', quality: 0.78, qualityDeviation: 0.3, usd: 0.022 })
    const session = { model: top.id, warmTokens: 10, switches: 0 }
    const verdict = trying(
      turnOf({ candidates: [nano, top, unsure], exploration: someExploration(), session }),
    )
    expect(orderOf(verdict)[0]).toBe('acme/top')
    expect(verdict.propensity).toBe(1)
  })

  test('never is more spent on trying than is left, however much it hopes for', () => {
    const hopeful = chooserOf(linUcb, {
      explore: { usd: 1, per: 'day' },
      optimism: 5,
      floor: 0.5,
      tryWithin: 1,
    })
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.03, noNaN: true }), fc.string(), (left, seed) => {
        const exploration = someExploration(10 - left)
        const verdict = hopeful(turnOf({ exploration, seed, learnt: someLearnt(learner, seed, 30) }))
        const leftUsd = exploration.limitUsd - exploration.spentUsd
        expect(verdict.explores?.usd ?? 0).toBeLessThanOrEqual(leftUsd)
      }),
    )
  })

  test('a model whose price is not known is never tried', () => {
    const unknown = aCandidate({ id: 'acme/unknown', quality: 0.95, usd: null })
    for (let seed = 0; seed < 200; seed++) {
      const verdict = chooserOf(linUcb, { explore: { usd: 1, per: 'day' }, floor: 0.5, tryWithin: 1 })(
        turnOf({ candidates: [nano, unknown], exploration: someExploration(), seed: `${seed}` }),
      )
      expect(orderOf(verdict)[0]).toBe('acme/nano')
    }
  })

  test('the floor spreads its share evenly over all that may be tried', () => {
    const floored = chooserOf(linUcb, { explore: { usd: 1, per: 'day' }, floor: 0.3, tryWithin: 1 })
    const seen = new Map<string, number>()
    for (let seed = 0; seed < 300; seed++) {
      const verdict = floored(turnOf({ exploration: someExploration(), seed: `${seed}` }))
      seen.set(orderOf(verdict)[0]!, verdict.propensity)
    }
    expect([...seen.values()].sort().map((value) => Number(value.toFixed(6)))).toEqual([0.1, 0.1, 0.8])
  })

  test('a budget that runs ahead of time makes money dear, as in the strategy budget', () => {
    const budget = { limitUsd: 10, spentUsd: 9, elapsedShare: 0.1 }
    expect(orderOf(choose(turnOf()))[0]).toBe('acme/top')
    expect(orderOf(choose(turnOf({ budget })))[0]).toBe('acme/nano')
    const spent = choose(turnOf({ budget: { ...budget, spentUsd: 10 } }))
    expect(orderOf(spent)[0]).toBe('acme/nano')
    expect(spent.because).toContain('the cheapest answers')
  })
})

test('a policy says how it learns and what it may spend on trying; one that does neither has nothing of it', async () => {
  const { gateway } = await aGateway({
    config: {
      simulated: { pace: 0 },
      log: { level: 'silent' },
      policies: {
        auto: { strategy: 'linucb', explore: { usd: 2, per: 'day' }, halfLifeHours: 1 },
        careful: { strategy: 'linucb' },
        plain: {},
      },
    },
  })
  const [auto, careful, plain] = ['auto', 'careful', 'plain'].map(
    (name) => gateway.policies.find((policy) => policy.name === name)!,
  )
  expect(auto!.learner!.id).toBe(linUcb.learner!(linUcb.options.parse({ halfLifeHours: 1 })).id)
  expect(auto!.explore).toEqual({ usd: 2, per: 'day' })
  expect(careful!.learner!.id).not.toBe(auto!.learner!.id)
  expect(careful!.explore).toBeUndefined()
  expect(plain!.learner).toBeUndefined()
  await gateway.close()
})
