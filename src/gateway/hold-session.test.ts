import { describe, expect, test } from 'vitest'
import { aCandidate } from '../../test/support/builders.ts'
import { modelId } from '../domain/model.ts'
import type { SessionView } from '../engine/sessions/session-view.ts'
import { heldBy, heldWithin, sessionFacts } from './hold-session.ts'

const small = aCandidate({ id: 'acme/small' })
const large = aCandidate({ id: 'acme/large' })
const choosable = { candidates: [small, large], fallbacks: [] } as const
const healthy = () => true

function aView(changes: Partial<SessionView> = {}): SessionView {
  return {
    key: 'k',
    thread: null,
    episode: 'k',
    spent: null,
    session: {
      model: modelId('acme/large'),
      target: 'acme/large@1',
      credential: 'key',
      prefixTokens: 5_000,
      answeredAt: 1_000,
      cacheReliability: 0.9,
      switches: 2,
      sinceSwitch: 3,
    },
    inToolLoop: false,
    awaitsResults: false,
    pinned: false,
    sealed: false,
    ...changes,
  }
}

const facts = (changes: Partial<SessionView>, betweenRounds = false) =>
  sessionFacts(
    aView(changes),
    4_000,
    4_000,
    { affinity: true, ttlMs: 10_000, maxSessions: 1, cacheMs: 5_000 },
    betweenRounds,
  )

describe('what a strategy knows of a session', () => {
  test('is who answered, how long ago, and since when', () => {
    expect(facts({})).toEqual({
      model: 'acme/large',
      switches: 2,
      sinceSwitch: 3,
      idleMs: 3_000,
      warmTokens: 4_000,
    })
  })

  test('is the episode alone where the session is new', () => {
    const episode = { usd: 0.5, steps: 3, switches: 1 }
    expect(facts({ session: null, spent: episode })).toEqual({
      model: null,
      warmTokens: 0,
      switches: 0,
      episode,
    })
    expect(facts({ session: null })).toBeNull()
  })

  test.each([
    [{ inToolLoop: true }, 'tool-loop'],
    [{ sealed: true, inToolLoop: true }, 'seals'],
    [{ pinned: true, sealed: true, inToolLoop: true }, 'vendor-state'],
    [{}, undefined],
  ])('%o: why nobody else may go on is %s', (changes, held) => {
    expect(facts(changes)?.held).toBe(held)
  })
})

describe('between the rounds of a tool loop', () => {
  const held = (changes: Partial<SessionView>, betweenRounds: boolean) =>
    heldBy(aView(changes), choosable, healthy, betweenRounds).candidates.map(({ id }) => id)

  test('the model is kept, unless the policy may change it there', () => {
    expect(held({ inToolLoop: true }, false)).toEqual(['acme/large'])
    expect(held({ inToolLoop: true }, true)).toEqual(['acme/small', 'acme/large'])
    expect(facts({ inToolLoop: true }, true)?.held).toBeUndefined()
  })

  test('it is kept whatever the policy may, where a result is missing or something is sealed or kept', () => {
    for (const hold of [{ awaitsResults: true }, { sealed: true }, { pinned: true }]) {
      expect(held({ inToolLoop: true, ...hold }, true)).toEqual(['acme/large'])
      expect(facts({ inToolLoop: true, ...hold }, true)?.held).toBeDefined()
    }
  })
})

describe('policies within a policy', () => {
  const objective = { lambda: 1, mu: 0, maxCostUsd: null, statedAs: 'lambda 1' }
  const nested = {
    both: { candidates: [small, large], fallbacks: [], objective, nobody: null },
    other: { candidates: [small], fallbacks: [], objective, nobody: null },
    nobody: { candidates: [], fallbacks: [large], objective, nobody: null },
  }

  test('are held to the same model, where it is one of theirs', () => {
    const within = heldWithin(aView({ inToolLoop: true }), nested, healthy)
    expect(within.both).toMatchObject({ candidates: [large], fallbacks: [small] })
    expect(within.other).toEqual(nested.other)
    expect(within.nobody).toEqual(nested.nobody)
  })

  test('are free where the session is', () => {
    expect(heldWithin(aView(), nested, healthy)).toBe(nested)
    expect(heldWithin(null, nested, healthy)).toBe(nested)
  })
})
