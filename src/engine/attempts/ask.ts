import type { Attempt } from '../../domain/attempt.ts'
import type { Candidate } from '../../domain/candidate.ts'
import { usdOf } from '../../domain/money.ts'
import type { CallResult } from '../../domain/strategy.ts'
import { sumOfCosts } from '../cost.ts'
import type { AttemptEngine } from './attempt-engine.ts'
import type { Job } from './call-target.ts'
import { forwardTo } from './forward.ts'

export type Asked = { readonly result: CallResult; readonly attempts: readonly Attempt[] }

/** A complete answer of one model, for a strategy to look at; its targets stand in for each other, other models don't. */
export async function askModel(
  engine: AttemptEngine,
  candidate: Candidate,
  job: Job,
  signal: AbortSignal,
): Promise<Asked> {
  const begun = engine.clock.now()
  const forwarded = await forwardTo(engine, [candidate], { ...job, opening: 'step' }, signal)
  const { attempts } = forwarded
  switch (forwarded.kind) {
    case 'buffered': {
      const cost = sumOfCosts(attempts.map((attempt) => attempt.cost))
      const result: CallResult = {
        kind: 'answered',
        candidate,
        answer: forwarded.answer,
        usd: cost === null ? null : usdOf(cost),
        latencyMs: engine.clock.now() - begun,
      }
      return { result, attempts }
    }
    case 'failed':
      return { result: { kind: 'failed', candidate, failure: forwarded.failure }, attempts }
    case 'stream':
      throw new Error('a strategy was answered with a stream, not with a complete answer')
  }
}
