import { z } from 'zod'
import type { ModelId } from '../domain/model.ts'
import type { ClassifierUse, Step, StepResult, Turn, Verdict } from '../domain/strategy.ts'

/** A member of the family: a name, options that a policy may set, and a pure generator. */
export type StrategyDefinition<Name extends string = string, Shape extends z.ZodRawShape = z.ZodRawShape> = {
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
  readonly choose: (turn: Turn, options: OptionsOf<Shape>) => Generator<Step, Verdict, StepResult>
}

type OptionsOf<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape, z.core.$strict>>

export const defineStrategy = <const Name extends string, Shape extends z.ZodRawShape>(
  definition: StrategyDefinition<Name, Shape>,
): StrategyDefinition<Name, Shape> => definition

/** A model's id as a policy writes it; config checks that it exists. */
export const modelName = z.string().min(1)

export const probability = z.number().min(0).max(1)
