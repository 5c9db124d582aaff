import { describe, expect, test } from 'vitest'
import { aCandidate, aTurn } from '../../test/support/builders.ts'
import { explain } from '../engine/explain.ts'
import { replay } from '../engine/replay.ts'
import { failure } from './failure.ts'
import { noFallbacks, nothingBeside, type Policy } from './policy.ts'
import { ask, forward, type NestedTurn, refuse, reply, type Strategy } from './strategy.ts'
import { type Ways, waysOver } from './ways.ts'

const small = aCandidate({ id: 'acme/small' })
const large = aCandidate({ id: 'acme/large' })
const own = aCandidate({ id: 'own/only' })
const spare = aCandidate({ id: 'own/spare' })
const objective = { lambda: 1, mu: 0, maxCostUsd: null, statedAs: 'of its own' }

const nestedTurn = (changes: Partial<NestedTurn> = {}): NestedTurn => ({
  candidates: [own],
  fallbacks: [spare],
  objective,
  nobody: null,
  ...changes,
})

// What no way reads is left out.
const aPolicy = (name: string, choose: Strategy): Policy =>
  ({ ...nothingBeside, name, choose, fallbacks: noFallbacks }) as unknown as Policy

const first: Strategy = function* ({ candidates }) {
  return forward(candidates, 'the first')
}

const to = (way: string, policies: readonly Policy[], nested: Readonly<Record<string, NestedTurn>> = {}) => {
  const ways: Ways = waysOver(new Map(policies.map((policy) => [policy.name, policy])))
  const turn = aTurn({ candidates: [small, large], nested })
  return replay(
    (given) => ways(way)(given),
    turn,
    ({ id }) => (id === 'own/only' ? { score: 1, usd: 0, latencyMs: 1, text: 'mine' } : null),
  )
}

describe('the way to a model', () => {
  test('goes to it, the other candidates behind it', () => {
    const { verdict } = to('acme/large', [])
    expect(verdict).toMatchObject({ kind: 'forward', to: [large, small], because: 'to acme/large' })
    expect(verdict).not.toHaveProperty('by')
  })

  test('that may not serve goes to those that may, and says so', () => {
    expect(to('acme/gone', []).verdict).toMatchObject({
      to: [small, large],
      because: 'acme/gone may not serve this request; acme/small stands in',
    })
  })
})

describe('the way to a policy', () => {
  test('is chosen among its own models alone, by its own objective, and in its name', () => {
    let seen: string | null = null
    const inner: Strategy = function* (turn) {
      seen = turn.objective.statedAs
      return forward(turn.candidates, 'the first')
    }
    const { verdict } = to('inner', [aPolicy('inner', inner)], { inner: nestedTurn() })
    expect(verdict).toMatchObject({ kind: 'forward', to: [own], by: 'inner', because: 'inner: the first' })
    expect(seen).toBe('of its own')
  })

  test('without a lawful model of its own has its fallbacks to choose from', () => {
    const nested = { inner: nestedTurn({ candidates: [] }) }
    expect(to('inner', [aPolicy('inner', first)], nested).verdict).toMatchObject({ to: [spare], by: 'inner' })
  })

  test('with nobody at all is refused for the reason that was found, whoever else might serve', () => {
    const nobody = failure('context-exceeded', 'The prompt is too long for every model of `inner`.')
    const nested = { inner: nestedTurn({ candidates: [], fallbacks: [], nobody }) }
    expect(to('inner', [aPolicy('inner', first)], nested).verdict).toMatchObject({
      kind: 'refuse',
      failure: nobody,
    })
  })

  test('that was not prepared is refused, and nothing is guessed', () => {
    expect(to('inner', [aPolicy('inner', first)]).verdict).toMatchObject({
      kind: 'refuse',
      failure: { kind: 'unavailable', message: expect.stringContaining('`inner` was not prepared') },
    })
  })

  test('within a policy: the innermost gives its name, and each says why', () => {
    const policies: Policy[] = [aPolicy('inner', first)]
    const ways = waysOver(new Map([['inner', policies[0]!]]))
    policies.push(aPolicy('middle', (turn) => ways('inner')(turn)))
    const nested = { middle: nestedTurn(), inner: nestedTurn({ candidates: [spare] }) }
    expect(to('middle', policies, nested).verdict).toMatchObject({
      to: [spare],
      by: 'inner',
      because: 'middle: inner: the first',
    })
  })

  test('may ask on the way and reply', () => {
    const asking: Strategy = function* ({ candidates: [candidate] }) {
      const [result] = yield ask(candidate)
      return result?.kind === 'answered'
        ? reply(candidate, result.answer, 'answered')
        : refuse(failure('unavailable', 'no'))
    }
    const run = to('inner', [aPolicy('inner', asking)], { inner: nestedTurn() })
    expect(run).toMatchObject({ model: 'own/only', verdict: { kind: 'reply', because: 'inner: answered' } })
  })

  test('can be taken up to a choice that names a model outside of it, which is a bug that is found', () => {
    const stranger = aCandidate({ id: 'other/stranger' })
    const wrong: Strategy = function* () {
      return forward([stranger], 'by mistake')
    }
    const ways = waysOver(new Map([['inner', aPolicy('inner', wrong)]]))
    const turn = aTurn({ candidates: [small], nested: { inner: nestedTurn() } })
    expect(() => explain((given) => ways('inner')(given), turn)).toThrow('other/stranger')
  })
})
