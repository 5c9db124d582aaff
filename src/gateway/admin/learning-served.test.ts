import { expect, test } from 'vitest'
import type { Candidate } from '../../domain/candidate.ts'
import type { Turn, Verdict } from '../../domain/strategy.ts'
import { knownWorld } from '../../learning/bandit/known-world.ts'
import { runStream } from '../../learning/bandit/stream.ts'
import { linUcb } from '../../strategies/linucb.ts'
import { noAids } from '../../strategies/strategy.ts'
import { againstAtOnce } from './learning-against.ts'
import type { RegretRow } from './learning-rows.ts'

test('of a strategy that serves, by the propensities that it says itself, the band holds the truth', () => {
  const lambda = 8
  const objective = { lambda, mu: 0, maxCostUsd: null, statedAs: 'lambda 8' }
  const offline = { error: 0.1, claimedDeviation: 0.1 }
  const items = knownWorld({ kinds: 4, models: 2, requests: 2_000, seed: 'served', offline, changes: [] })
  const options = linUcb.options.parse({ explore: { usd: 1, per: 'day' }, floor: 0.5 })
  const prepared = linUcb.prepare!(options, null)
  const contender = {
    choose: (turn: Turn) => linUcb.choose(turn, options, { ...noAids, prepared }),
    learner: linUcb.learner!(options),
  }
  const choices = runStream(items, contender, {
    objective,
    seed: 'served',
    budgetUsd: null,
    exploreUsd: 1_000,
    feedbackAfter: 20,
    msPerRequest: 1_000,
  })
  const rows = choices.map(({ model, quality, usd, propensity }, at): RegretRow => {
    const candidates = items[at]!.candidates
    const options = candidates.map(({ id, quality, cost }) => ({
      model: id,
      worth: quality.mean - lambda * (cost.kind === 'known' ? cost.usd.mean : 0),
    }))
    return {
      at: new Date(1e12 + at * 1000).toISOString(),
      unit: `${at}`,
      policyVersion: 'v',
      options,
      chosen: options.findIndex((one) => one.model === model),
      foremost: options[1]!.worth > options[0]!.worth ? 1 : 0,
      givenUp: { worth: 0, by: 'beliefs' },
      propensity,
      came: { kind: 'graded', worth: quality - lambda * usd },
    }
  })
  const found = againstAtOnce(rows, 40)
  const { name, points } = found.curves.find(({ kind }) => kind === 'model')!
  const worthOn = (at: number, model: string): number => {
    const place = rows[at]!.options.findIndex((one) => one.model === model)
    const { cost } = items[at]!.candidates[place]!
    return items[at]!.truth[place]! - lambda * (cost.kind === 'known' ? cost.usd.mean : 0)
  }
  let [lost, decided] = [0, 0]
  const truths = new Map<number, number>()
  rows.forEach(({ propensity }, at) => {
    if (propensity === 1) return
    lost += worthOn(at, name) - worthOn(at, choices[at]!.model)
    truths.set(++decided, lost)
  })
  expect(decided).toBe(found.decisions)
  expect(points.length).toBeGreaterThan(20)
  for (const { decisions, low, high } of points) {
    expect(truths.get(decisions)!).toBeGreaterThan(low)
    expect(truths.get(decisions)!).toBeLessThan(high)
  }
})

test('what it gives up by its beliefs is what trying costs in truth, of which predictions know nothing', () => {
  const lambda = 8
  const objective = { lambda, mu: 0, maxCostUsd: null, statedAs: 'lambda 8' }
  const offline = { error: 0.1, claimedDeviation: 0.1 }
  const options = linUcb.options.parse({ explore: { usd: 1, per: 'day' } })
  const prepared = linUcb.prepare!(options, null)
  const sums = { tried: 0, believed: 0, predicted: 0, truth: 0 }
  for (const seed of ['one', 'two', 'three']) {
    const items = knownWorld({ kinds: 6, models: 6, requests: 3_000, seed, offline, changes: [] })
    const verdicts: Verdict[] = []
    const contender = {
      choose: function* (turn: Turn) {
        const verdict = yield* linUcb.choose(turn, options, { ...noAids, prepared })
        verdicts.push(verdict)
        return verdict
      },
      learner: linUcb.learner!(options),
    }
    const how = {
      objective,
      seed,
      budgetUsd: null,
      exploreUsd: 1_000,
      feedbackAfter: 20,
      msPerRequest: 1_000,
    }
    runStream(items, contender, how)
    items.forEach(({ candidates, truth }, at) => {
      const verdict = verdicts[at]!
      if (verdict.kind !== 'forward' || !verdict.explores) return
      // Next after the one that was tried stands what it holds to be the best.
      const [tried, best] = verdict.to
      const worth = (candidate: Candidate, quality: number): number =>
        quality - lambda * (candidate.cost.kind === 'known' ? candidate.cost.usd.mean : 0)
      const truly = (candidate: Candidate) => worth(candidate, truth[candidates.indexOf(candidate)]!)
      const predicted = (candidate: Candidate) => worth(candidate, candidate.quality.mean)
      sums.tried++
      sums.believed += verdict.explores.worth
      sums.predicted += Math.max(...candidates.map(predicted)) - predicted(tried)
      sums.truth += truly(best!) - truly(tried)
    })
  }
  expect(sums.tried).toBeGreaterThan(300)
  expect(sums.truth).toBeGreaterThan(10)
  expect(sums.believed / sums.truth).toBeGreaterThan(0.8)
  expect(sums.believed / sums.truth).toBeLessThan(1.25)
  expect(sums.predicted / sums.truth).toBeGreaterThan(1.5)
})
