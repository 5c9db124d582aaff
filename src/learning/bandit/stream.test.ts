import { describe, expect, test } from 'vitest'
import type { Turn } from '../../domain/strategy.ts'
import { linUcb } from '../../strategies/linucb.ts'
import { noAids } from '../../strategies/strategy.ts'
import { thompson } from '../../strategies/thompson.ts'
import { utility } from '../../strategies/utility.ts'
import { type Change, type KnownWorld, knownWorld, knowsNothing, regrets, worldModel } from './known-world.ts'
import { type Contender, runStream, type StreamOptions } from './stream.ts'

const msPerRequest = 60_000
const explore = { usd: 1, per: 'day' } as const

function linUcbContender(written: object = {}): Contender {
  const options = linUcb.options.parse({ halfLifeHours: null, explore, ...written })
  const prepared = linUcb.prepare!(options, null)
  return {
    choose: (turn: Turn) => linUcb.choose(turn, options, { ...noAids, prepared }),
    learner: linUcb.learner!(options),
  }
}

function thompsonContender(written: object = {}): Contender {
  const options = thompson.options.parse({ halfLifeHours: null, explore, ...written })
  const prepared = thompson.prepare!(options, null)
  return {
    choose: (turn: Turn) => thompson.choose(turn, options, { ...noAids, prepared }),
    learner: thompson.learner!(options),
  }
}

const utilityContender: Contender = {
  choose: (turn) => utility.choose(turn, utility.options.parse({}), noAids),
  learner: null,
}

const world = (changes: Partial<KnownWorld> = {}): KnownWorld => ({
  kinds: 4,
  models: 4,
  requests: 1500,
  seed: 'a',
  offline: { error: 0.12, claimedDeviation: 0.12 },
  changes: [],
  ...changes,
})

const lambda = 8
const settings = (changes: Partial<StreamOptions> = {}): StreamOptions => ({
  objective: { lambda, mu: 0, maxCostUsd: null, statedAs: 'a test' },
  seed: 'a',
  budgetUsd: null,
  exploreUsd: 1000,
  feedbackAfter: 0,
  msPerRequest,
  ...changes,
})

function run(contender: Contender, changes: Partial<KnownWorld> = {}, options: Partial<StreamOptions> = {}) {
  const items = knownWorld(world(changes))
  const choices = runStream(items, contender, settings(options))
  const lost = regrets(
    items,
    choices.map(({ model }) => model),
    lambda,
  )
  const between = (begin: number, end: number) =>
    lost.subarray(begin, end).reduce((sum, value) => sum + value, 0)
  return { choices, between }
}

describe.each([
  ['linucb', linUcbContender],
  ['thompson', thompsonContender],
])('%s on a stream', (_, contender) => {
  test('loses less and less against the best policy, while one that does not learn goes on losing', () => {
    const learning = run(contender())
    const fixed = run(utilityContender)
    expect(learning.between(1000, 1500)).toBeLessThan(0.5 * fixed.between(1000, 1500))
    expect(learning.between(1000, 1500)).toBeLessThan(learning.between(0, 500))
  })

  test('loses less at first with a prior than without', () => {
    let [withPrior, without] = [0, 0]
    for (const seed of ['a', 'b', 'c', 'd']) {
      withPrior += run(contender(), { seed, requests: 300 }).between(0, 300)
      without += run(contender(), { seed, requests: 300, offline: knowsNothing }).between(0, 300)
    }
    expect(withPrior).toBeLessThan(0.6 * without)
  })

  test('the same stream and seed lead to the same choices', () => {
    expect(run(contender(), { requests: 200 }).choices).toEqual(run(contender(), { requests: 200 }).choices)
  })

  test.each([0, 0.001, 0.05])('never spends more than $%d on trying models', (exploreUsd) => {
    const { choices } = run(contender({ floor: 0.3, tryWithin: 1 }), {}, { exploreUsd })
    const spent = choices.reduce((sum, { exploredUsd }) => sum + exploredUsd, 0)
    expect(spent).toBeLessThanOrEqual(exploreUsd + 1e-12)
    expect(choices.some(({ tried }) => tried)).toBe(true)
  })

  test('keeps within a budget and one answer beyond', () => {
    const { choices } = run(contender(), {}, { budgetUsd: 0.3 })
    const usd = choices.map((choice) => choice.usd)
    const cheapest = Math.min(...usd)
    const total = usd.reduce((sum, value) => sum + value, 0)
    const afterwards = usd.filter((value) => value === cheapest).length * cheapest
    expect(total).toBeLessThanOrEqual(0.3 + afterwards)
  })
})

describe('changes', () => {
  const from = 800
  const changed = (change: Change) => ({ changes: [change], requests: 2000 })
  const fading = linUcbContender({ halfLifeHours: (500 * msPerRequest) / 3_600_000 })

  test('a model that gets worse is left', () => {
    const loss = changed({ kind: 'quality', from, model: 1, loss: 0.5 })
    const { choices } = run(fading, loss)
    const shareFrom = (begin: number) =>
      choices.slice(begin, begin + 400).filter(({ model }) => model === worldModel(1)).length / 400
    expect(shareFrom(400)).toBeGreaterThan(0.1)
    expect(shareFrom(1600)).toBeLessThan(0.3 * shareFrom(400))
  })

  test('a price that changed is heeded at the very next request', () => {
    const dear = changed({ kind: 'price', from, model: 1, factor: 1000 })
    const after = run(linUcbContender({ explore: undefined }), dear).choices.slice(from)
    expect(after.every(({ model }) => model !== worldModel(1))).toBe(true)
  })

  test('a new model is found where it is the better one', () => {
    const arrival = changed({
      kind: 'arrival',
      from,
      model: 2,
      offline: { error: 0.1, claimedDeviation: 0.15 },
    })
    const { choices } = run(fading, arrival)
    expect(choices.slice(0, from).some(({ model }) => model === worldModel(2))).toBe(false)
    expect(choices.slice(1500).filter(({ model }) => model === worldModel(2)).length).toBeGreaterThan(25)
  })

  test('feedback that comes late is learnt from all the same', () => {
    const late = run(linUcbContender(), {}, { feedbackAfter: 100 })
    expect(late.between(1000, 1500)).toBeLessThan(0.6 * run(utilityContender).between(1000, 1500))
  })
})
