import type { Finish, Usage } from './answer.ts'
import type { Failure } from './failure.ts'
import type { ModelId } from './model.ts'
import type { GivenUp, Opinion } from './strategy.ts'

/** What a driver saw a strategy do. All drivers make this one type, and it survives JSON. */
export type Trace = {
  readonly driver: 'live' | 'replay' | 'simulate' | 'explain'
  readonly steps: readonly TraceStep[]
  readonly end: TraceEnd
}

export type TraceStep =
  | { readonly kind: 'ask'; readonly until: 'all' | 'first'; readonly calls: readonly TraceCall[] }
  | { readonly kind: 'consult'; readonly said: readonly TraceOpinion[] }

/** `about`: the model whose answer was in question; `null`: the request was. */
export type TraceOpinion = {
  readonly consultant: string
  readonly about: ModelId | null
  readonly result:
    | { readonly kind: 'said'; readonly opinion: Opinion; readonly latencyMs: number }
    | { readonly kind: 'silent'; readonly failure: Failure }
}

export type TraceCall = { readonly model: ModelId; readonly result: TraceResult }

export type TraceResult =
  | {
      readonly kind: 'answered'
      readonly finish: Finish
      readonly usage: Usage
      /** `null`: a price is not known. */
      readonly usd: number | null
      readonly latencyMs: number
    }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'cancelled' }

export type TraceEnd =
  | {
      readonly kind: 'forward'
      readonly models: readonly ModelId[]
      readonly rewritten: boolean
      readonly because: string
      readonly propensity: number
      /** As the verdict says it; absent in what was decided before it was on record, too. */
      readonly explores?: GivenUp | null
    }
  | { readonly kind: 'reply'; readonly model: ModelId; readonly because: string; readonly propensity: number }
  | {
      readonly kind: 'refuse'
      readonly failure: Failure
      readonly because: string
      readonly propensity: number
    }
  /** `explain` answers no step: the strategy would go on after these calls. */
  | { readonly kind: 'would-ask'; readonly models: readonly ModelId[] }
  | { readonly kind: 'would-consult'; readonly consultants: readonly string[] }
