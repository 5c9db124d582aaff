import type { Candidate } from '../domain/candidate.ts'
import type { Estimate } from '../domain/estimate.ts'
import type { ModelId } from '../domain/model.ts'
import type { Considered } from './consider.ts'

/** What nobody has predicted: as long as a plain chat answer may get. */
const unpredicted: Estimate = { mean: 500, deviation: 500 }

/** Tokens that a model is expected to answer a request with, wherever among its candidates it stands. */
export function outputOf(considered: Considered, model: ModelId): Estimate {
  for (const list of candidatesOf(considered)) {
    const found = list.find(({ id }) => id === model)
    if (found) return found.outputTokens
  }
  return unpredicted
}

function* candidatesOf({
  turn,
  fallbacks,
  detours,
  escalations,
}: Considered): Generator<readonly Candidate[]> {
  yield turn.candidates
  yield fallbacks
  yield turn.advisers
  yield detours.contextExceeded
  yield detours.contentPolicy
  yield escalations
  for (const { candidates, fallbacks: spare } of Object.values(turn.nested)) {
    yield candidates
    yield spare
  }
}
