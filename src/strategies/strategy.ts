import { z } from 'zod'
import type { Candidate } from '../domain/candidate.ts'
import type { Learner } from '../domain/learner.ts'
import type { ModelId } from '../domain/model.ts'
import type { BudgetRules } from '../domain/policy.ts'
import type {
  BudgetFacts,
  Choosing,
  ClassifierUse,
  NestedTurn,
  TextEmbedder,
  Turn,
} from '../domain/strategy.ts'
import { type Ways, waysOver } from '../domain/ways.ts'

/** A member of the family: a name, options that a policy may set, and a pure generator. */
export type StrategyDefinition<
  Name extends string = string,
  Shape extends z.ZodRawShape = z.ZodRawShape,
  Prepared = unknown,
> = {
  readonly name: Name
  /** One line for `fairlead check` and the docs. */
  readonly summary: string
  /** What must be predicted before it can choose. */
  readonly needs: { readonly quality: boolean; readonly cost: boolean }
  readonly options: z.ZodObject<Shape, z.core.$strict>
  /** The models that the options name; they become the policy's pool. `null`: the pool is the policy's own. */
  readonly models: (options: OptionsOf<Shape>) => readonly ModelId[] | null
  /** The fields of a policy that say what is wanted, objectives or options, of which one may be written. Absent: any objective. */
  readonly objectives?: readonly string[]
  /** Criteria of the user's own that the options name: some model must have a figure of each. */
  readonly criteria?: (options: OptionsOf<Shape>) => readonly string[]
  /** Classifiers that the options name; config checks that they exist. */
  readonly classifiers?: (options: OptionsOf<Shape>) => readonly ClassifierUse[]
  /**
   * Policies and models that the options send requests to. The policy's pool is what its own `pool` says, else those models and
   * the pools of those policies.
   */
  readonly ways?: (options: OptionsOf<Shape>) => readonly string[]
  /** Models that the options name for their opinion. Unlike `models` they are not chosen from. */
  readonly advisers?: (options: OptionsOf<Shape>) => readonly ModelId[]
  /** Texts of the options whose vectors it compares requests with; those of an encoder outside are read when the gateway opens. */
  readonly texts?: (options: OptionsOf<Shape>) => readonly string[]
  /** Headers of a request that the options go by, in lower case. */
  readonly headers?: (options: OptionsOf<Shape>) => readonly string[]
  /** Whether the options let the model change within a tool loop, once all that was called for has come. */
  readonly betweenRounds?: (options: OptionsOf<Shape>) => boolean
  /** Consultants that the options name; config checks that they exist. */
  readonly consultants?: (options: OptionsOf<Shape>) => readonly string[]
  /** Made once for a policy and an encoder, and given to every `choose`. Pure. `null`: no encoder can read texts. */
  readonly prepare?: (options: OptionsOf<Shape>, embedder: TextEmbedder | null) => Prepared
  /** How it learns from feedback; absent: it does not. What was learnt comes back on the turn, as `learnt`. */
  readonly learner?: (options: OptionsOf<Shape>) => Learner
  /** Dollars that the options let it spend on trying models; what is left of them comes on the turn, as `exploration`. */
  readonly explore?: (options: OptionsOf<Shape>) => BudgetRules | null
  /** What is wrong with the options beyond their shape; each fault with the path to it within the policy. */
  readonly faults?: (options: OptionsOf<Shape>) => readonly OptionFault[]
  readonly choose: (turn: Turn, options: OptionsOf<Shape>, aids: Aids<Prepared>) => Choosing
}

export type OptionFault = { readonly path: readonly (string | number)[]; readonly message: string }

/** What a strategy has at hand beside the turn and its options. */
export type Aids<Prepared = unknown> = {
  /** `yield* to('support')(turn)` lets the policy support choose, or sends the request to the model of that name. */
  readonly to: Ways
  readonly prepared: Prepared
}

/** A policy within another that has a budget of its own: what is left of it, and what goes through the policy. */
export type NestedAccount = NestedTurn & {
  readonly budget: BudgetFacts
  readonly through: SpentThrough
}

/** Filled as the strategy runs. `to`: where it forwarded to in the end, which is not paid yet. */
export type SpentThrough = { usd: number; to: readonly Candidate[] }

type OptionsOf<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape, z.core.$strict>>

export const defineStrategy = <const Name extends string, Shape extends z.ZodRawShape, Prepared = unknown>(
  definition: StrategyDefinition<Name, Shape, Prepared>,
): StrategyDefinition<Name, Shape, Prepared> => definition

/** A model's id as a policy writes it; config checks that it exists. */
export const modelName = z.string().min(1)

export const probability = z.number().min(0).max(1)

/** For a strategy that names no policies and prepares nothing. */
export const noAids: Aids<never> = { to: waysOver(new Map()), prepared: undefined as never }
