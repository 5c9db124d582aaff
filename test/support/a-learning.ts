/** What a gateway learns by, over a store in memory: one policy with the strategy linucb. */

import { expect } from 'vitest'
import type { Feedback, FeedbackId } from '../../src/domain/feedback.ts'
import { noFallbacks, nothingBeside, type Policy } from '../../src/domain/policy.ts'
import { usualCalibration } from '../../src/gateway/learning/correction/rules.ts'
import { createLearning } from '../../src/gateway/learning/learning.ts'
import { loadRouter } from '../../src/gateway/load-routers.ts'
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { openMemoryState } from '../../src/storage/state/memory-state.ts'
import type { SharedState } from '../../src/storage/state/shared-state.ts'
import type { Store } from '../../src/storage/store.ts'
import { banditDims } from '../../src/strategies/bandit/features.ts'
import { linUcb } from '../../src/strategies/linucb.ts'
import { aDecision, anOutcome } from './a-decision.ts'

const clock = { now: () => performance.now(), wall: () => new Date() }
export const { artefact } = await loadRouter(null)

export const learningPolicy: Policy = {
  ...nothingBeside,
  name: 'auto',
  version: 'v',
  strategy: 'linucb',
  choose: function* () {
    throw new Error('nobody asks it')
  },
  learner: linUcb.learner!(linUcb.options.parse({})),
  explore: { usd: 2, per: 'day' },
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
}

let answers = 0

/** `shared`: another process's, whose store and perhaps state it works with. */
export async function aLearning(shared: { readonly store?: Store; readonly state?: SharedState } = {}) {
  const store = shared.store ?? (await openSqliteStore({ path: ':memory:' }))
  const problems: unknown[] = []
  const state = shared.state ?? openMemoryState({ clock, report: () => {} })
  const learning = createLearning({
    store,
    state,
    clock,
    calibration: () => usualCalibration,
    onProblem: (error) => problems.push(error),
  })
  await learning.prepare([learningPolicy], artefact)
  /** Answers by the small model, each with this score. */
  const grade = async (count: number, score: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      const id = `d-${answers++}`
      const time = clock.wall().toISOString()
      const decision = aDecision({ id, time, features: Array.from({ length: banditDims }, () => 0.1) })
      const outcome = anOutcome({ decision: id })
      await store.append({ decisions: [decision], outcomes: [outcome] })
      learning.sink.take({ kind: 'finished', decision, outcome }, 0)
      const feedback: Feedback = {
        id: `fb-${id}` as FeedbackId,
        about: { kind: 'decision', decision: decision.id },
        at: time,
        source: 'client',
        metric: 'quality',
        score,
        comment: null,
        correction: null,
        author: 'anonymous',
      }
      await store.addFeedback([feedback])
      learning.sink.take({ kind: 'feedback', feedback, decision }, 0)
    }
    await learning.settled()
  }
  const close = async (): Promise<void> => {
    await learning.close()
    if (!shared.store) await store.close()
    expect(problems).toEqual([])
  }
  return { store, state, learning, grade, close }
}
