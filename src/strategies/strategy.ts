import type { z } from 'zod'
import type { ModelId } from '../domain/model.ts'
import type { Step, StepResult, Turn, Verdict } from '../domain/strategy.ts'

/** A member of the family: a name, options that a policy may set, and a pure generator. */
export type StrategyDefinition<Name extends string, Shape extends z.ZodRawShape> = {
  readonly name: Name
  /** One line for `fairlead check` and the docs. */
  readonly summary: string
  /** What must be predicted before it can choose. */
  readonly needs: { readonly quality: boolean; readonly cost: boolean }
  readonly options: z.ZodObject<Shape, z.core.$strict>
  /** The models that the options name; they become the policy's pool. `null`: the pool is the policy's own. */
  readonly models: (options: z.output<z.ZodObject<Shape, z.core.$strict>>) => readonly ModelId[] | null
  readonly choose: (
    turn: Turn,
    options: z.output<z.ZodObject<Shape, z.core.$strict>>,
  ) => Generator<Step, Verdict, StepResult>
}

export const defineStrategy = <const Name extends string, Shape extends z.ZodRawShape>(
  definition: StrategyDefinition<Name, Shape>,
): StrategyDefinition<Name, Shape> => definition
