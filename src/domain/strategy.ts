import type { Answer } from './answer.ts'
import type { Candidate } from './candidate.ts'
import type { Failure } from './failure.ts'
import type { Learnt } from './learner.ts'
import type { ModelId } from './model.ts'
import type { NonEmpty } from './non-empty.ts'
import type { Objective } from './objective.ts'
import type { Draw } from './random.ts'
import type { Request } from './request.ts'
import type { RoutingOptions } from './routing-options.ts'
import type { Signals } from './signals.ts'

/** Everything a strategy may know. A value: the same turn always leads to the same choice. */
export type Turn = {
  readonly request: Request
  readonly signals: Signals
  /** The encoder's vector of the routed text, of unit length. */
  readonly vector: Float32Array
  /** The lawful candidates. */
  readonly candidates: NonEmpty<Candidate>
  readonly objective: Objective
  /** The conversation that the request goes on with; `null`: it begins one, or none is known. */
  readonly session: SessionFacts | null
  /** The chance that the answer of the first is preferred, where that was learnt from comparisons; `null`: of these two it was not. */
  readonly wins: ((first: ModelId, second: ModelId) => number | null) | null
  /** What the client said of the request beside its body. */
  readonly asked: AskedFacts
  /**
   * Models that the strategy names for their opinion: judges, classifiers, routers. They may be asked, and answer in the
   * client's hands only as a reply. One that may not serve this request is left out.
   */
  readonly advisers: readonly Candidate[]
  /** What the policies that this one names would see, by name. */
  readonly nested: Readonly<Record<string, NestedTurn>>
  /** What the policy's budget has left; `null`: it has none. */
  readonly budget: BudgetFacts | null
  /** What the policy has learnt from feedback; absent or `null`: nothing, or it does not learn. */
  readonly learnt?: Learnt | null
  /** What is left of the dollars that the policy may spend on trying models; absent or `null`: it may try none. */
  readonly exploration?: BudgetFacts | null
  /** Texts to vectors like `vector`; `null`: nothing can read them now. */
  readonly embedder: TextEmbedder | null
  /** Seeded from the decision, so that a random choice can be run again. */
  readonly draw: Draw
}

export type AskedFacts = Pick<RoutingOptions, 'tier' | 'step' | 'user' | 'tags' | 'headers'>

export const nothingAsked: AskedFacts = { tier: null, step: null, user: null, tags: [] }

/** A policy within a policy: its own lawful candidates, after them those to fall back on, and its own objective. */
export type NestedTurn = {
  readonly candidates: readonly Candidate[]
  readonly fallbacks: readonly Candidate[]
  readonly objective: Objective
  /** What to answer where it has no candidate: why none may serve. */
  readonly nobody: Failure | null
  /** What it has learnt, and what it may spend on trying; absent: nothing. */
  readonly learnt?: Learnt | null
  readonly exploration?: BudgetFacts | null
}

/** Money of one period. `spentUsd` holds what is reserved for requests under way. */
export type BudgetFacts = {
  readonly limitUsd: number
  readonly spentUsd: number
  /** How much of the period has passed, 0 to 1. */
  readonly elapsedShare: number
}

/** The same encoder that made the turn's vector. */
export type TextEmbedder = {
  /** Names what it makes of a text. */
  readonly id: string
  /** Of unit length; `null`: this text has not been read beforehand, and can't be read now. */
  readonly vectorOf: (text: string) => Float32Array | null
}

/** What a strategy may know of a conversation. What a change of model costs is in the candidates' costs already. */
export type SessionFacts = {
  /** The model that answered last. */
  readonly model: ModelId | null
  /** Tokens of the prompt that it may still have in its cache. */
  readonly warmTokens: number
  /** How often the model has changed so far. */
  readonly switches: number
  /** Answers since it last changed; absent: that is not known. */
  readonly sinceSwitch?: number
  /** Milliseconds since the last answer. */
  readonly idleMs?: number
  /** Why only the model that answered last may go on; absent: any may. */
  readonly held?: SessionHold
  /** What the steps of the task have come to so far; absent: nothing is known of it. */
  readonly episode?: EpisodeFacts
}

/**
 * `tool-loop`: it has called tools and waits for what they say. `seals`: only its account can read the reasoning that the
 * request holds. `vendor-state`: only its vendor has the conversation.
 */
export type SessionHold = 'tool-loop' | 'seals' | 'vendor-state'

/** The steps of one task of an agent, whatever sessions they were in. */
export type EpisodeFacts = {
  /** Dollars that the answers so far have cost, as far as prices are known. */
  readonly usd: number
  readonly steps: number
  /** How often the model changed from one step to the next. */
  readonly switches: number
}

/** One model call that a strategy asks for; `request` replaces the turn's where it is not null. */
export type Call = { readonly candidate: Candidate; readonly request: Request | null }

export type Step =
  /** One call, or several at once; complete answers come back, in the order of `calls`. */
  | { readonly kind: 'ask'; readonly calls: NonEmpty<Call>; readonly until: 'all' | 'first' }
  /** Something that is no model: a checker, a scorer. All of `questions` at once; what it says comes back in their order. */
  | { readonly kind: 'consult'; readonly questions: NonEmpty<Question> }

/** What a consultant of the configuration is asked: of the request, or of an answer to it. */
export type Question = {
  /** Its name in the configuration. */
  readonly consultant: string
  readonly request: Request
  /** `null`: the question is about the request alone. */
  readonly about: { readonly candidate: Candidate; readonly answer: Answer } | null
  /** The models that it is to say something of, where it is asked for scores. */
  readonly models: readonly ModelId[]
}

/** What a consultant may say; absent: nothing. Probabilities and scores are 0 to 1. */
export type Opinion = {
  /** Of the answer in question, or of the request as a whole. */
  readonly score?: number
  readonly scores?: Readonly<Record<string, number>>
  readonly label?: string
  readonly because?: string
}

export type CallResult =
  | {
      readonly kind: 'answered'
      readonly candidate: Candidate
      readonly answer: Answer
      /** `null`: a price is not known. */
      readonly usd: number | null
      readonly latencyMs: number
    }
  | { readonly kind: 'failed'; readonly candidate: Candidate; readonly failure: Failure }
  /** Another call answered first. */
  | { readonly kind: 'cancelled'; readonly candidate: Candidate }

export type ConsultResult =
  | {
      readonly kind: 'said'
      readonly consultant: string
      readonly opinion: Opinion
      readonly latencyMs: number
    }
  | { readonly kind: 'silent'; readonly consultant: string; readonly failure: Failure }

export type StepResult = readonly (CallResult | ConsultResult)[]

/**
 * The end of a strategy. `because` is for the person who reads the decision.
 * `propensity` is the probability, in (0, 1], with which this strategy makes this choice on this turn.
 */
export type Verdict =
  /** To the first of `to` that works, streaming straight through. */
  | {
      readonly kind: 'forward'
      readonly to: NonEmpty<Candidate>
      readonly request: Request | null
      readonly because: string
      readonly propensity: number
      /** The nested policy that chose: its fallbacks hold, and not those of the policies around it. */
      readonly by?: string
      /**
       * What was given up to learn of the model that is tried. `null`: nothing, it took what it holds to be the best; absent: the
       * strategy neither learns nor tries models.
       */
      readonly explores?: GivenUp | null
    }
  /** An answer already in hand. */
  | {
      readonly kind: 'reply'
      readonly candidate: Candidate
      readonly answer: Answer
      readonly because: string
      readonly propensity: number
    }
  | {
      readonly kind: 'refuse'
      readonly failure: Failure
      readonly because: string
      readonly propensity: number
    }

/** What trying a model gives up beside the choice that the strategy holds to be the best, by its own beliefs at that moment. */
export type GivenUp = {
  /** Dollars, 0 or more, that it is expected to cost beyond that one. */
  readonly usd: number
  /**
   * Good answers, 0 or more, that it is expected to be worth less: quality less lambda x dollars less mu x seconds, at the
   * lambda that the choice went by, which a budget may have paced and a mixture drawn.
   */
  readonly worth: number
}

/** A classifier that a strategy goes by, and the labels of it that it reads. */
export type ClassifierUse = { readonly name: string; readonly labels: readonly string[] }

/** Chooses. A pure generator: it never does I/O, reads no clock, throws no dice of its own. */
export type Strategy = (turn: Turn) => Choosing

export type Choosing<End = Verdict> = Generator<Step, End, StepResult>

/** Asks the calls of one step; results in their order. */
export function* askAll(
  calls: NonEmpty<Call>,
  until: 'all' | 'first' = 'all',
): Choosing<readonly CallResult[]> {
  const results = yield { kind: 'ask', calls, until }
  return results.filter((result): result is CallResult => result.kind !== 'said' && result.kind !== 'silent')
}

/** Asks one model, with the turn's request or another. */
export function* askOne(candidate: Candidate, request: Request | null = null): Choosing<CallResult> {
  const [result] = yield* askAll([{ candidate, request }])
  return result!
}

/** Puts questions to consultants, all at once; what they said in the order of the questions. */
export function* consult(questions: NonEmpty<Question>): Choosing<readonly ConsultResult[]> {
  const results = yield { kind: 'consult', questions }
  return results.filter(
    (result): result is ConsultResult => result.kind === 'said' || result.kind === 'silent',
  )
}

export const ask = (...calls: NonEmpty<Candidate>): Extract<Step, { kind: 'ask' }> => ({
  kind: 'ask',
  calls: calls.map((candidate) => ({ candidate, request: null })) as unknown as NonEmpty<Call>,
  until: 'all',
})

export const forward = (to: NonEmpty<Candidate>, because: string, propensity = 1): Verdict => ({
  kind: 'forward',
  to,
  request: null,
  because,
  propensity,
})

export const reply = (candidate: Candidate, answer: Answer, because: string, propensity = 1): Verdict => ({
  kind: 'reply',
  candidate,
  answer,
  because,
  propensity,
})

export const refuse = (reason: Failure, propensity = 1): Verdict => ({
  kind: 'refuse',
  failure: reason,
  because: reason.message,
  propensity,
})
