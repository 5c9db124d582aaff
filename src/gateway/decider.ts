import type { Decision } from '../domain/decision.ts'
import type { Policy } from '../domain/policy.ts'
import type { Failure } from '../domain/failure.ts'
import type { Clock } from '../domain/transport.ts'
import type { SessionView } from '../engine/sessions/session-view.ts'
import { explain } from '../engine/explain.ts'
import type { ClientRequest } from '../wire/wire-format.ts'
import { inputTokens } from '../signals/input-tokens.ts'
import type { Entry } from '../governance/governor.ts'
import { type Consideration, consider, type Knowledge } from './consider.ts'
import type { ModelNames } from './model-names.ts'
import { decisionOf } from './record.ts'
import type { TextReader, TextReading } from './text-reader.ts'

/** The half of a gateway that decides and calls nobody. */
export type Decider = {
  /** What text models outside say of a request, to hand on to the others; `null`: there are none, and nothing to wait for. */
  readonly readText: ((asked: ClientRequest) => Promise<TextReading | null>) | null
  readonly consider: (
    asked: ClientRequest,
    text?: TextReading | null,
    view?: SessionView | null,
    entry?: Entry | null,
    policy?: Policy | null,
  ) => Consideration
  /** The policy that a client's `model` stands for. */
  readonly policy: ModelNames['policy']
  /** What would be decided, for whoever the entry lets in. Not logged: nothing is served. */
  readonly route: (asked: ClientRequest, text?: TextReading | null, entry?: Entry | null) => Routed
  readonly countTokens: (asked: ClientRequest) => TokenCount
  readonly close: () => Promise<void>
}

export type TokenCount =
  | { readonly kind: 'counted'; readonly inputTokens: number }
  | { readonly kind: 'failed'; readonly failure: Failure }

export type Routed =
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'failed'; readonly failure: Failure }

export function createDecider(
  names: ModelNames,
  knowledge: Knowledge,
  clock: Clock,
  reader: TextReader | null = null,
): Decider {
  const considerAsked = (
    asked: ClientRequest,
    text: TextReading | null = null,
    view: SessionView | null = null,
    entry: Entry | null = null,
    policy: Policy | null = null,
  ): Consideration => {
    if (policy !== null) return consider(knowledge, policy, asked, text, view, entry)
    const named = names.policy(asked.model)
    return named.kind === 'failed' ? named : consider(knowledge, named.policy, asked, text, view, entry)
  }
  const readText = async (asked: ClientRequest): Promise<TextReading | null> => {
    const named = names.policy(asked.model)
    return named.kind === 'failed' || reader === null ? null : reader.read(asked.request, named.policy)
  }
  return {
    readText: reader === null ? null : readText,
    consider: considerAsked,
    policy: names.policy,
    route: (asked, text = null, entry = null) => {
      const startedAt = clock.now() - (text?.tookMs ?? 0)
      const consideration = considerAsked(asked, text, null, entry)
      if (consideration.kind === 'failed') return consideration
      const { considered } = consideration
      const { trace } = explain(considered.policy.choose, considered.turn)
      return { kind: 'decided', decision: decisionOf(considered, trace, momentOf(clock, startedAt)) }
    },
    countTokens: ({ model, request }) => {
      const named = names.policy(model)
      return named.kind === 'failed' ? named : { kind: 'counted', inputTokens: inputTokens(request) }
    },
    close: async () => {
      await reader?.close()
    },
  }
}

/** When a decision was made, and how long it took. */
export const momentOf = (clock: Clock, startedAt: number) => ({
  wall: clock.wall(),
  decidedInMicros: Math.round((clock.now() - startedAt) * 1000),
})
