import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aCandidate, aTurn } from '../../test/support/builders.ts'
import type { Candidate } from '../domain/candidate.ts'
import { modelId } from '../domain/model.ts'
import type { NonEmpty } from '../domain/non-empty.ts'
import type { Objective } from '../domain/objective.ts'
import { orderOf, turns, verdictOf } from './strategies.contract.ts'
import { worth } from '../domain/value.ts'
import { noAids } from './strategy.ts'
import { utility, type Valued, withinBand } from './utility.ts'

const options = { deadBand: 0.01 }

const objective = (changes: Partial<Objective> = {}): Objective => ({
  lambda: 10,
  mu: 0,
  maxCostUsd: null,
  statedAs: 'lambda 10',
  ...changes,
})
const choose = (candidates: readonly Candidate[], changes: Partial<Objective> = {}) =>
  verdictOf(
    (turn) => utility.choose(turn, options, noAids),
    aTurn({ candidates, objective: objective(changes) }),
  )

const small = aCandidate({ id: 'acme/small', quality: 0.7, usd: 0.001, latencyMs: 500 })
const large = aCandidate({ id: 'acme/large', quality: 0.9, usd: 0.02, latencyMs: 4000 })

describe('the value of a candidate', () => {
  test('is quality less lambda dollars less mu seconds', () => {
    expect(worth(large, objective({ lambda: 5, mu: 0.01 }))).toBeCloseTo(0.9 - 5 * 0.02 - 0.01 * 4, 12)
  })

  test('decides: the exchange rate moves the choice from the better to the cheaper', () => {
    // 0.2 of quality for $0.019: worth it below lambda 10.526.
    expect(orderOf(choose([small, large], { lambda: 10.5 }))).toEqual(['acme/large', 'acme/small'])
    expect(orderOf(choose([small, large], { lambda: 10.6 }))).toEqual(['acme/small', 'acme/large'])
  })

  test('counts seconds where they have a price', () => {
    expect(orderOf(choose([small, large], { lambda: 0, mu: 0.1 }))[0]).toBe('acme/small')
    expect(orderOf(choose([small, large], { lambda: 0, mu: 0 }))[0]).toBe('acme/large')
  })

  test('is said in the reason', () => {
    expect(choose([small, large], { lambda: 1, statedAs: 'quality 0.95' }).because).toBe(
      'best value for quality 0.95: quality 0.900, 0.181 ahead of acme/small',
    )
    expect(choose([small]).because).toBe('the only candidate, quality 0.700')
  })
})

test('a model that joins the pool never changes the order of the others', () => {
  fc.assert(
    fc.property(turns, (turnOf) => {
      const turn = turnOf()
      const order = orderOf(verdictOf((all) => utility.choose(all, options, noAids), turn))
      for (const left of turn.candidates) {
        const others = turn.candidates.filter((candidate) => candidate !== left)
        if (others.length === 0) continue
        const without = { ...turnOf(), candidates: others as unknown as NonEmpty<Candidate> }
        expect(orderOf(verdictOf((all) => utility.choose(all, options, noAids), without))).toEqual(
          order.filter((id) => id !== left.id),
        )
      }
    }),
  )
})

test('the order of the pool does not matter', () => {
  fc.assert(
    fc.property(turns, (turnOf) => {
      const { candidates, objective: stated } = turnOf()
      const reversed = choose([...candidates].reverse(), stated)
      expect(reversed.propensity).toBe(choose(candidates, stated).propensity)
      expect(orderOf(reversed)).toEqual(orderOf(choose(candidates, stated)))
    }),
  )
})

describe('an unknown price', () => {
  const unknown = aCandidate({ id: 'acme/unknown', quality: 1, usd: null })

  test('never wins over a known one while money has any value', () => {
    expect(orderOf(choose([unknown, aCandidate({ id: 'acme/poor', quality: 0, usd: 9 })]))[0]).toBe(
      'acme/poor',
    )
    expect(orderOf(choose([unknown, small], { lambda: 1e-4 }))[0]).toBe('acme/small')
  })

  test('does not matter with money no object', () => {
    expect(orderOf(choose([small, unknown], { lambda: 0 }))).toEqual(['acme/unknown', 'acme/small'])
  })

  test('leaves quality to decide among its like', () => {
    const worse = aCandidate({ id: 'acme/a-worse', quality: 0.2, usd: null })
    const verdict = choose([worse, unknown])
    expect(orderOf(verdict)).toEqual(['acme/unknown', 'acme/a-worse'])
    expect(verdict.because).not.toContain('NaN')
  })
})

describe('ties', () => {
  test('go to the cheaper', () => {
    const dear = aCandidate({ id: 'acme/a', quality: 0.75, usd: 0.25 })
    const cheap = aCandidate({ id: 'acme/b', quality: 0.5, usd: 0 })
    expect(worth(dear, objective({ lambda: 1 }))).toBe(worth(cheap, objective({ lambda: 1 })))
    expect(orderOf(choose([dear, cheap], { lambda: 1 }))).toEqual(['acme/b', 'acme/a'])
  })

  test('go to the smaller id where all is equal', () => {
    const pair = [aCandidate({ id: 'acme/b' }), aCandidate({ id: 'acme/a' })]
    expect(orderOf(choose(pair))).toEqual(['acme/a', 'acme/b'])
  })
})

describe('a mixture of two lambdas', () => {
  // 0.2 of quality for $0.019: the large one below lambda 10.526.
  const mixed = (changes: Partial<Objective> = {}) =>
    objective({ lambda: 10, mixture: { lambda: 11, share: 0.25 }, ...changes })
  const verdicts = (stated: Objective, candidates: readonly Candidate[] = [small, large]) =>
    Array.from({ length: 400 }, (_, seed) =>
      verdictOf(
        (turn) => utility.choose(turn, options, noAids),
        aTurn({ candidates, objective: stated, seed: `${seed}` }),
      ),
    )

  test('decides by either as often as its share says, and reports that share', () => {
    const all = verdicts(mixed())
    const cheap = all.filter((verdict) => orderOf(verdict)[0] === 'acme/small')
    expect(cheap.length / all.length).toBeGreaterThan(0.15)
    expect(cheap.length / all.length).toBeLessThan(0.35)
    for (const verdict of all) {
      expect(verdict.propensity).toBe(orderOf(verdict)[0] === 'acme/small' ? 0.25 : 0.75)
      expect(verdict.because).toContain('drawn with probability')
    }
  })

  test('is certain where both lead to one choice', () => {
    for (const verdict of verdicts(mixed({ lambda: 10.6 }))) {
      expect(orderOf(verdict)[0]).toBe('acme/small')
      expect(verdict.propensity).toBe(1)
      expect(verdict.because).not.toContain('drawn')
    }
  })

  test('falls back in the order of the lambda that was drawn', () => {
    const middle = aCandidate({ id: 'acme/middle', quality: 0.75, usd: 0.0055 })
    for (const verdict of verdicts(mixed(), [small, middle, large])) {
      const large = ['acme/large', 'acme/middle', 'acme/small']
      // 0.75 - 11 x 0.0055 = 0.6895 is ahead of 0.7 - 0.011 = 0.689 and 0.9 - 0.22 = 0.68.
      const drawn = ['acme/middle', 'acme/small', 'acme/large']
      expect([large, drawn]).toContainEqual(orderOf(verdict))
    }
  })
})

describe('the dead band', () => {
  const near = aCandidate({ id: 'acme/near', quality: 0.696, usd: 0.001 })
  const further = aCandidate({ id: 'acme/further', quality: 0.68, usd: 0.001 })
  const inSession = (last: string | null, candidates = [small, near, further], deadBand = 0.01) =>
    verdictOf(
      (turn) => utility.choose(turn, { deadBand }, noAids),
      aTurn({
        candidates,
        objective: objective(),
        session: { model: last === null ? null : modelId(last), warmTokens: 0, switches: 0 },
      }),
    )

  test('keeps the model that answered last where another is hardly better, and says so', () => {
    const verdict = inSession('acme/near')
    expect(orderOf(verdict)).toEqual(['acme/near', 'acme/small', 'acme/further'])
    expect(verdict.because).toBe(
      'answered last and is kept: quality 0.696, acme/small no more than 0.004 ahead',
    )
  })

  test('lets it go where another is better by more', () => {
    expect(orderOf(inSession('acme/further'))[0]).toBe('acme/small')
    expect(orderOf(inSession('acme/near', undefined, 0.003))[0]).toBe('acme/small')
  })

  test('is nothing to a session without a model, or whose model is out of the pool', () => {
    for (const last of [null, 'acme/gone'])
      expect(orderOf(inSession(last))).toEqual(orderOf(choose([small, near, further])))
  })

  test('holds for either lambda of a mixture', () => {
    const mixture = { lambda: 11, share: 0.5 }
    for (const seed of ['1', '2', '3', '4']) {
      const verdict = verdictOf(
        (turn) => utility.choose(turn, options, noAids),
        aTurn({
          candidates: [small, near],
          objective: objective({ mixture }),
          session: { model: modelId('acme/near'), warmTokens: 0, switches: 0 },
          seed,
        }),
      )
      expect(orderOf(verdict)[0]).toBe('acme/near')
      expect(verdict.propensity).toBe(1)
    }
  })

  const valued = (values: readonly number[]): NonEmpty<Valued> =>
    values.map((value, index) => ({
      candidate: aCandidate({ id: `acme/m${index}` }),
      value,
    })) as unknown as NonEmpty<Valued>

  test('never gives up more value than its width, and keeps all candidates', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }),
        fc.nat(6),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, last, band) => {
          const ordered = valued(values.toSorted((a, b) => b - a))
          const kept = withinBand(ordered, modelId(`acme/m${last}`), band)
          expect(ordered[0].value - kept[0].value).toBeLessThanOrEqual(band)
          expect(new Set(kept)).toEqual(new Set(ordered))
        },
      ),
    )
  })

  test('of width zero keeps an equal, and one of unknown price among its like', () => {
    const unknown = Number.NEGATIVE_INFINITY
    for (const values of [
      [0.5, 0.5],
      [unknown, unknown],
    ])
      expect(withinBand(valued(values), modelId('acme/m1'), 0)[0].candidate.id).toBe('acme/m1')
    expect(withinBand(valued([0, unknown]), modelId('acme/m1'), 1)[0].candidate.id).toBe('acme/m0')
  })
})
