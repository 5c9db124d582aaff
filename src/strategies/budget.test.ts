import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { aCandidate, aSignals, aTurn } from '../../test/support/builders.ts'
import type { Candidate } from '../domain/candidate.ts'
import { seededDraw } from '../domain/random.ts'
import type { BudgetFacts, Turn } from '../domain/strategy.ts'
import { budget } from './budget.ts'
import { contractModels, orderOf, strategyContract, verdictOf } from './strategies.contract.ts'
import { noAids } from './strategy.ts'

strategyContract(
  budget,
  fc.oneof(
    fc.record({
      pace: fc.constantFrom('lambda', 'knapsack'),
      whenSpent: fc.constantFrom('cheapest', 'refuse'),
      optimism: fc.double({ min: 0, max: 3, noNaN: true }),
    }),
    fc.record({ pace: fc.constant('rules'), otherwise: fc.constantFrom(...contractModels) }),
  ),
)

const nano = aCandidate({ id: 'acme/nano', quality: 0.6, usd: 0.0001 })
const mid = aCandidate({ id: 'acme/mid', quality: 0.75, usd: 0.002 })
const top = aCandidate({ id: 'acme/top', quality: 0.9, usd: 0.02 })

const facts = (spentUsd: number, elapsedShare: number, limitUsd = 10): BudgetFacts => ({
  limitUsd,
  spentUsd,
  elapsedShare,
})

function chosen(money: BudgetFacts | null, written: object = {}, changes: Partial<Turn> = {}) {
  const options = budget.options.parse(written)
  const turn = aTurn({
    candidates: [top, mid, nano],
    objective: { lambda: 5, mu: 0, maxCostUsd: null, statedAs: 'a test' },
    budget: money,
    ...changes,
  })
  const verdict = verdictOf((one) => budget.choose(one, options, noAids), turn)
  return { verdict, model: orderOf(verdict)[0], because: verdict.because }
}

describe.each(['lambda', 'knapsack'])('pace: %s', (pace) => {
  test('the best answers while money lasts, cheaper ones as it runs ahead of time', () => {
    expect(chosen(facts(1, 0.5), { pace }).model).toBe('acme/top')
    expect(chosen(facts(9.7, 0.3), { pace }).model).toBe('acme/nano')
    expect(chosen(facts(9.7, 0.3), { pace }).because).toContain(
      '97.0 % of the budget spent, 30.0 % of the period gone',
    )
  })

  test('what is left pays for whatever is chosen, and for what stands behind it', () => {
    const { verdict } = chosen(facts(9.99, 0.999), { pace })
    expect(orderOf(verdict)).not.toContain('acme/top')
  })

  test('without a budget it goes by the objective, and says so', () => {
    expect(chosen(null, { pace }).because).toContain('no budget')
  })
})

describe('when the money is spent', () => {
  test.each([facts(10, 0.5), facts(9.99995, 0.5), facts(12, 1)])('%j: the cheapest answers', (money) => {
    const { model, because } = chosen(money)
    expect(model).toBe('acme/nano')
    expect(because).toContain('the cheapest answers')
  })

  test('or nobody does, with what to do about it', () => {
    expect(chosen(facts(10, 0.5), { whenSpent: 'refuse' }).verdict).toMatchObject({
      kind: 'refuse',
      failure: { kind: 'budget-exhausted', message: expect.stringContaining('raise the budget') },
    })
  })

  test('a price that is not known is never within what is left', () => {
    const unknown = aCandidate({ id: 'acme/unknown', usd: null })
    expect(
      chosen(facts(1, 0.5), { whenSpent: 'refuse' }, { candidates: [unknown] as never }).verdict.kind,
    ).toBe('refuse')
  })
})

describe('the rules of the article: by money left and complexity', () => {
  const written = {
    pace: 'rules',
    rules: [
      { leftBelowUsd: 0.001, to: 'acme/nano' },
      { complexityAbove: 0.8, leftAboveUsd: 0.05, to: 'acme/top' },
      { complexityAbove: 0.5, to: 'acme/mid' },
    ],
    otherwise: 'acme/nano',
  }
  test.each([
    [1, 0.9, 'acme/top', 'rule 2'],
    [9.96, 0.9, 'acme/mid', 'rule 3'],
    [1, 0.6, 'acme/mid', 'rule 3'],
    [1, 0.2, 'acme/nano', 'otherwise'],
    [9.9995, 0.9, 'acme/nano', 'rule 1'],
  ])('with $%d of 10 spent and complexity %d: %s', (spentUsd, complexity, model, rule) => {
    const found = chosen(facts(spentUsd, 0.5), written, { signals: aSignals({ complexity }) })
    expect(found.model).toBe(model)
    expect(found.because).toContain(rule)
  })

  test('a model that is named and may not serve is stood in for', () => {
    expect(chosen(facts(1, 0.5), { pace: 'rules', otherwise: 'other/one' }).verdict.kind).toBe('forward')
  })
})

test('options that do not go together are faults', () => {
  const faults = (written: object) => budget.faults!(budget.options.parse(written)).map(({ path }) => path[0])
  expect(faults({ pace: 'rules' })).toEqual(['pace'])
  expect(faults({ otherwise: 'acme/nano' })).toEqual(['rules'])
  expect(faults({ ratioRange: { lowest: 5, highest: 1 } })).toEqual(['ratioRange'])
  expect(faults({})).toEqual([])
})

describe('a period of requests', () => {
  const requests = 3000
  const limitUsd = 9

  /** Requests come evenly; each model is right by chance as its estimate says, which varies with the request. */
  function period(choose: (turn: Turn) => Candidate | null) {
    const draw = seededDraw('period')
    let spentUsd = 0
    let right = 0
    let dearest = 0
    for (let request = 0; request < requests; request++) {
      const hard = draw()
      const quality = (strength: number) => 1 / (1 + Math.exp(-(strength - 5 * hard)))
      const candidates = [
        aCandidate({ id: 'acme/top', quality: quality(5), usd: 0.02 }),
        aCandidate({ id: 'acme/mid', quality: quality(3.5), usd: 0.002 }),
        aCandidate({ id: 'acme/nano', quality: quality(2.5), usd: 0.0002 }),
      ]
      const budgetNow = { limitUsd, spentUsd, elapsedShare: request / requests }
      const taken = choose(
        aTurn({
          candidates,
          budget: budgetNow,
          objective: { lambda: 15, mu: 0, maxCostUsd: null, statedAs: 'a test' },
        }),
      )
      const luck = draw()
      if (!taken || taken.cost.kind === 'unknown') continue
      // What a call costs is spread about its estimate.
      spentUsd += taken.cost.usd.mean * (0.5 + draw())
      dearest = Math.max(dearest, taken.cost.usd.mean * 1.5)
      if (luck < taken.quality.mean) right++
    }
    return { spentUsd, quality: right / requests, dearest }
  }

  const paced = (written: object) => {
    const options = budget.options.parse({ whenSpent: 'refuse', ...written })
    return period((turn) => {
      const verdict = verdictOf((one) => budget.choose(one, options, noAids), turn)
      return verdict.kind === 'forward' ? verdict.to[0] : null
    })
  }

  /** The best one until the money is gone, then nobody. */
  const firstCome = period(({ candidates, budget: money }) => {
    const best = candidates.reduce((one, other) => (other.quality.mean > one.quality.mean ? other : one))
    return money!.spentUsd + 0.02 <= money!.limitUsd ? best : null
  })
  /** The same, but the cheapest answers after it. */
  const thenCheapest = period(({ candidates, budget: money }) =>
    money!.spentUsd + 0.02 <= money!.limitUsd ? candidates[0] : candidates[2]!,
  )

  test.each([
    ['lambda', { pace: 'lambda' }],
    ['knapsack', { pace: 'knapsack', ratioRange: { lowest: 20, highest: 5000 } }],
  ])(
    '%s keeps within the limit and one estimate, and answers better than first come, first served',
    (_name, written) => {
      const run = paced(written)
      expect(run.spentUsd).toBeLessThanOrEqual(limitUsd + run.dearest)
      expect(run.quality).toBeGreaterThan(firstCome.quality + 0.1)
      expect(run.quality).toBeGreaterThan(thenCheapest.quality)
    },
  )
})

test('a gateway over simulated models goes by the policy budget', async () => {
  const { gateway, stored } = await aGateway({
    config: { ...atOnce, policies: { auto: { strategy: 'budget', budget: { usd: 1, per: 'day' } } } },
  })
  await gateway.chat(
    incoming({ model: 'auto', messages: say('What is 12 + 30?') }),
    new AbortController().signal,
  )
  const [first] = await stored()
  expect(first?.decision.because).toContain('lambda')
})
