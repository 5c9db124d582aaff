import { describe, expect, it } from 'vitest'
import { aDecision, anOutcome } from '../../../test/support/a-decision.ts'
import { aModel } from '../../../test/support/builders.ts'
import { modelId } from '../../domain/model.ts'
import { ask, forward, refuse, type Strategy } from '../../domain/strategy.ts'
import { failure } from '../../domain/failure.ts'
import type { ReplayedPolicy } from './rebuild-turn.ts'
import { rowsOfLog } from './rows-of-log.ts'
import { targetChoices, withRefusal } from './target-choices.ts'

const pool = ['acme/small', 'acme/large'].map((id) => aModel({ id }))

function aPolicy(choose: Strategy, changes: Partial<ReplayedPolicy> = {}): ReplayedPolicy {
  return {
    name: 'new',
    choose,
    pool,
    mayChoose: () => true,
    model: (id) => pool.find((model) => model.id === id) ?? null,
    objective: { lambda: 1, mu: 0, maxCostUsd: null, statedAs: 'lambda 1' },
    nested: {},
    hasBudget: false,
    ...changes,
  }
}

function choicesOf(policy: ReplayedPolicy, changes: Parameters<typeof aDecision>[0] = {}) {
  const decision = aDecision(changes)
  const { rows, decisions } = rowsOfLog([{ decision, outcome: anOutcome(), quality: 1 }])
  return targetChoices(withRefusal(rows), decisions, policy)
}

describe('what a policy would have chosen', () => {
  it('is what its own code says of the candidates on record', () => {
    const found = choicesOf(
      aPolicy(function* ({ candidates, signals, objective }) {
        expect(candidates.map(({ id, quality }) => [id, quality.mean])).toEqual([
          ['acme/small', 0.81],
          ['acme/large', 0.93],
        ])
        expect([signals.complexity, objective.lambda]).toEqual([0.42, 1])
        return forward([candidates[1]!, candidates[0]], 'the second')
      }),
    )
    expect(found).toEqual({ kind: 'chosen', target: { name: 'new', choices: [[0, 1, 0]] } })
  })

  it('has the propensities that its verdicts state', () => {
    const found = choicesOf(
      aPolicy(function* ({ candidates, draw }) {
        const [small, large] = candidates
        return draw() < 0.05 ? forward([small], 'rarely', 0.05) : forward([large!], 'mostly', 0.95)
      }),
    )
    expect(found).toMatchObject({ target: { choices: [[0.05, 0.95, 0]] } })
  })

  it('is counted where several verdicts lead to one model', () => {
    const found = choicesOf(
      aPolicy(function* ({ candidates, draw }) {
        const [small, large] = candidates
        const drawn = draw()
        if (drawn < 0.25) return forward([small], 'one way', 0.25)
        return drawn < 0.5 ? forward([small, large!], 'another', 0.25) : forward([large!], 'the third', 0.5)
      }),
    )
    if (found.kind !== 'chosen') throw new Error(found.because)
    const [small, large] = found.target.choices[0]!
    expect(small! + large!).toBeCloseTo(1, 12)
    expect(small).toBeGreaterThan(0.4)
    expect(small).toBeLessThan(0.6)
  })

  it('may be nobody', () => {
    const refusing = aPolicy(function* () {
      return refuse(failure('rejected', 'not this one'))
    })
    expect(choicesOf(refusing)).toMatchObject({ target: { choices: [[0, 0, 1]] } })
    const nobody = aPolicy(refusing.choose, { mayChoose: () => false, pool: [] })
    expect(choicesOf(nobody)).toMatchObject({ target: { choices: [[0, 0, 1]] } })
  })

  it('keeps to its own pool and limit of cost', () => {
    const first: Strategy = function* ({ candidates }) {
      return forward(candidates, 'the first')
    }
    expect(choicesOf(aPolicy(first, { mayChoose: (id) => id === modelId('acme/large') }))).toMatchObject({
      target: { choices: [[0, 1, 0]] },
    })
    // The large model's price is not known, and the small one's is above the limit.
    const objective = { lambda: 1, mu: 0, maxCostUsd: 0.0001, statedAs: 'lambda 1' }
    expect(choicesOf(aPolicy(first, { objective }))).toMatchObject({ target: { choices: [[0, 0, 1]] } })
  })

  it.each<[string, Strategy, RegExp]>([
    [
      'answers of models',
      function* ({ candidates }) {
        yield ask(candidates[0])
        return forward(candidates, 'after an answer')
      },
      /^new asks models before it decides/,
    ],
    [
      'a vector',
      function* ({ candidates, vector }) {
        return forward(candidates, `by ${vector[0]}`)
      },
      /the prompt's vector$/,
    ],
    [
      'a comparison',
      function* ({ candidates, wins }) {
        return forward(candidates, `by ${wins?.(modelId('acme/small'), modelId('acme/large'))}`)
      },
      /who wins a comparison/,
    ],
    [
      'the length of an answer',
      function* ({ candidates }) {
        return forward(candidates, `by ${candidates[0].outputTokens.mean}`)
      },
      /how long the answer was expected to be$/,
    ],
  ])('is not known where it goes by %s', (_, choose, because) => {
    expect(choicesOf(aPolicy(choose))).toMatchObject({
      kind: 'unknown',
      because: expect.stringMatching(because),
    })
  })

  it('is not known where it may choose a model that the log has never weighed', () => {
    const wide = aPolicy(
      function* ({ candidates }) {
        return forward(candidates, 'the first')
      },
      { pool: [...pool, aModel({ id: 'acme/new' })] },
    )
    expect(choicesOf(wide)).toMatchObject({
      kind: 'unknown',
      because: expect.stringContaining(
        'new may choose acme/new, which 1 of the 1 decisions have no estimate of',
      ),
    })
    // One that was refused by law is no gap.
    const lawless = { ...wide, pool: [...pool, aModel({ id: 'acme/tiny' })] }
    expect(choicesOf(lawless).kind).toBe('chosen')
  })

  it('lets an error of the strategy through: a bug is no gap in the log', () => {
    const broken = aPolicy(function* () {
      throw new TypeError('a bug')
    })
    expect(() => choicesOf(broken)).toThrow('a bug')
  })
})
