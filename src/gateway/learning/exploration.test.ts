import { describe, expect, test } from 'vitest'
import { aTurn } from '../../../test/support/builders.ts'
import { noFallbacks, nothingBeside, type Policy } from '../../domain/policy.ts'
import { forward, type Turn } from '../../domain/strategy.ts'
import { openMemoryState } from '../../storage/state/memory-state.ts'
import type { SharedState } from '../../storage/state/shared-state.ts'
import { createExploration } from './exploration.ts'

const clock = { now: () => performance.now(), wall: () => new Date() }
const limitUsd = 0.01

/** Tries a model for this much, as long as there is that much. */
const triesFor = (usd: number): Policy => ({
  ...nothingBeside,
  name: 'auto',
  version: 'v',
  strategy: 'test',
  *choose({ candidates, exploration }: Turn) {
    const left = exploration ? exploration.limitUsd - exploration.spentUsd : 0
    const verdict = forward([candidates[0]], 'test')
    return usd <= left && verdict.kind === 'forward' ? { ...verdict, explores: { usd, worth: 0.1 } } : verdict
  },
  explore: { usd: limitUsd, per: 'month' },
  needs: { quality: true, cost: true },
  pool: 'all',
  fallbacks: noFallbacks,
  objective: { kind: 'lambda', lambda: 1 },
  maxCostUsd: null,
  deadlineMs: 1_000,
  limits: {},
  conversions: 'refuse',
  streamRecovery: 'error',
  minTokensPerSecond: null,
  hedging: null,
})

const account = { name: 'usd explore auto', per: 'month' } as const

/** How many of so many requests tried a model. */
function tried(exploration: ReturnType<typeof createExploration>, policy: Policy, requests: number): number {
  let count = 0
  for (let n = 0; n < requests; n++) {
    const { value } = exploration.chooser(policy)(aTurn()).next()
    if (value && 'explores' in value) count++
  }
  return count
}

describe('what trying models costs', () => {
  test.each([0.003, 0.000_4, 0.000_000_6])('is never more than the limit, at $%f a time', (usd) => {
    const state = openMemoryState({ clock, report: () => {} })
    const exploration = createExploration(state, () => Date.now())
    const count = tried(exploration, triesFor(usd), 20_000)
    expect(count).toBeGreaterThan(0)
    expect(count * usd).toBeLessThanOrEqual(limitUsd + 1e-9)
    const { spent, reserved } = state.balance(account)
    expect(reserved).toBe(0)
    expect(spent).toBeLessThanOrEqual(limitUsd * 1e6)
    expect(exploration.facts(triesFor(usd))).toMatchObject({ limitUsd, spentUsd: spent / 1e6 })
  })

  test('counts in this process before whoever keeps the account has answered', async () => {
    const state = openMemoryState({ clock, report: () => {} })
    const slow: Pick<SharedState, 'hold' | 'balance'> = {
      balance: state.balance,
      hold: async (holds, forMs) => {
        await new Promise((resolve) => setTimeout(resolve, 20))
        return state.hold(holds, forMs)
      },
    }
    const exploration = createExploration(slow, () => Date.now())
    expect(tried(exploration, triesFor(0.003), 10)).toBe(3)
    await expect.poll(() => state.balance(account).spent).toBe(9_000)
    await expect.poll(() => state.balance(account).reserved).toBe(0)
    expect(exploration.facts(triesFor(0.003))!.spentUsd).toBeCloseTo(0.009, 9)
    expect(tried(exploration, triesFor(0.003), 10)).toBe(0)
  })

  test('is nothing for a policy that may try none, whose strategy is left as it is', () => {
    const state = openMemoryState({ clock, report: () => {} })
    const exploration = createExploration(state, () => Date.now())
    const { explore: _, ...policy } = triesFor(0.001)
    expect(exploration.facts(policy)).toBe(null)
    expect(exploration.chooser(policy)).toBe(policy.choose)
  })
})
