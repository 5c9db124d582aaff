import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aCandidate, aTurn } from '../../test/support/builders.ts'
import {
  aLesson,
  chooserOf,
  learntFrom,
  someExploration,
  tryingOptions,
  withLearnt,
} from '../../test/support/learnt.ts'
import { modelId } from '../domain/model.ts'
import { orderOf, strategyContract } from './strategies.contract.ts'
import { thompson } from './thompson.ts'
import { utility } from './utility.ts'

const options = fc
  .tuple(tryingOptions, fc.double({ min: 0, max: 5, noNaN: true }))
  .map(([trying, width]) => ({ ...trying, width }))

strategyContract(thompson, options)
describe('with something learnt', () => {
  strategyContract(withLearnt(thompson, null), options)
})
describe('with money to try models', () => {
  strategyContract(withLearnt(thompson, someExploration()), options)
})

const steady = aCandidate({ id: 'acme/steady', quality: 0.8, qualityDeviation: 0.2, usd: 0.001 })
const rival = aCandidate({ id: 'acme/rival', quality: 0.8, qualityDeviation: 0.2, usd: 0.001 })
const poor = aCandidate({ id: 'acme/poor', quality: 0.3, qualityDeviation: 0.05, usd: 0.001 })
const learner = thompson.learner!(thompson.options.parse({}))
const trying = chooserOf(thompson, { explore: { usd: 1, per: 'day' }, floor: 0, tryWithin: 1 })
const turnOf = (changes: Parameters<typeof aTurn>[0] = {}) =>
  aTurn({ candidates: [steady, rival, poor], exploration: someExploration(), ...changes })

const propensities = (learnt = learntFrom(learner, [])) => {
  const seen = new Map<string, number>()
  for (let seed = 0; seed < 400; seed++) {
    const verdict = trying(turnOf({ seed: `${seed}`, learnt }))
    seen.set(orderOf(verdict)[0]!, verdict.propensity)
  }
  return seen
}

describe('thompson', () => {
  test('with no feedback and nothing to try it chooses as utility does', () => {
    const turn = aTurn()
    const verdict = chooserOf(thompson)(turn)
    expect(verdict.to).toEqual(chooserOf(utility)(turn).to)
    expect(verdict.propensity).toBe(1)
  })

  test('equal models are chosen equally often, and one that is surely worse never', () => {
    const seen = propensities()
    expect(seen.get('acme/steady')).toBeCloseTo(0.5, 3)
    expect(seen.get('acme/rival')).toBeCloseTo(0.5, 3)
    expect(seen.has('acme/poor')).toBe(false)
  })

  test('the more is learnt in favour of one, the less the other is tried', () => {
    const good = (count: number) =>
      learntFrom(
        learner,
        Array.from({ length: count }, () =>
          aLesson(learner, {
            model: modelId('acme/steady'),
            quality: 1,
            expectedQuality: 0.8,
            turn: turnOf(),
          }),
        ),
      )
    const [few, many] = [good(3), good(40)].map((learnt) => propensities(learnt).get('acme/rival') ?? 0)
    expect(few).toBeLessThan(0.5)
    expect(many).toBeLessThan(few!)
  })

  test('a width of 0 tries nothing but what the floor gives', () => {
    const narrow = chooserOf(thompson, { explore: { usd: 1, per: 'day' }, floor: 0, width: 0 })
    const verdict = narrow(turnOf({ candidates: [aCandidate({ id: 'acme/best', quality: 0.85 }), rival] }))
    expect(orderOf(verdict)[0]).toBe('acme/best')
    expect(verdict.propensity).toBe(1)
  })
})
