import type { Decision } from '../domain/decision.ts'
import type { Failure } from '../domain/failure.ts'
import type { Clock } from '../domain/transport.ts'
import { explain } from '../engine/explain.ts'
import type { ClientRequest } from '../wire/wire-format.ts'
import { type Consideration, consider, type Knowledge } from './consider.ts'
import type { ModelNames } from './model-names.ts'
import { decisionOf } from './record.ts'

/** The half of a gateway that decides and calls nobody. */
export type Decider = {
  readonly consider: (asked: ClientRequest) => Consideration
  /** What would be decided. Not logged: nothing is served. */
  readonly route: (asked: ClientRequest) => Routed
}

export type Routed =
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'failed'; readonly failure: Failure }

export function createDecider(names: ModelNames, knowledge: Knowledge, clock: Clock): Decider {
  const considerAsked = (asked: ClientRequest): Consideration => {
    const named = names.policy(asked.model)
    return named.kind === 'failed' ? named : consider(knowledge, named.policy, asked)
  }
  return {
    consider: considerAsked,
    route: (asked) => {
      const startedAt = clock.now()
      const consideration = considerAsked(asked)
      if (consideration.kind === 'failed') return consideration
      const { considered } = consideration
      const { trace } = explain(considered.policy.choose, considered.turn)
      return { kind: 'decided', decision: decisionOf(considered, trace, momentOf(clock, startedAt)) }
    },
  }
}

/** When a decision was made, and how long it took. */
export const momentOf = (clock: Clock, startedAt: number) => ({
  wall: clock.wall(),
  decidedInMicros: Math.round((clock.now() - startedAt) * 1000),
})
