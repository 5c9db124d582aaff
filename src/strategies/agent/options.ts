/** What a policy of the strategy `steps` may say. */

import { z } from 'zod'
import { type AgentStep, agentSteps } from '../../domain/signals.ts'

/**
 * How much an error costs in each step, in errors of an ordinary request. A wrong plan or a wrong way out of trouble is paid for
 * by all steps after it; what was read wrongly or picked wrongly shows at once, and is done again for little.
 */
export const defaultWeights: Readonly<Record<AgentStep, number>> = {
  intent: 0.25,
  planning: 4,
  'tool-selection': 0.25,
  reasoning: 2,
  digestion: 0.25,
  recovery: 4,
  synthesis: 0.5,
  'side-call': 0.1,
  compaction: 1,
}

const way = z.string().min(1)
const usd = z.number().positive()

export const stepsOptions = z.strictObject({
  steps: z
    .partialRecord(z.enum(agentSteps), way)
    .default({})
    .describe(
      'Who does a step: a model as vendor/name, or a policy. The value decides where nothing is said.',
    ),
  weights: z
    .partialRecord(z.enum(agentSteps), z.number().min(0).max(100))
    .default({})
    .describe("What an error costs in a step, in ordinary errors, in place of Fairlead's own weights."),
  ordinaryTokens: z
    .number()
    .min(1)
    .max(1_000_000)
    .default(500)
    .describe(
      'Prompt tokens of requests that the objective was stated for; what is at stake grows with the prompt beyond.',
    ),
  strong: way.optional().describe('Who goes on with a session in trouble; else the best predicted quality.'),
  confirmations: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(2)
    .describe('Rounds in a row with a sign of trouble after which the strong model takes over.'),
  turnsAhead: z
    .number()
    .min(1)
    .max(1000)
    .default(6)
    .describe('Requests that a model is expected to be asked once it is changed to.'),
  handOff: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('Quality that a change of model is taken to cost, once.'),
  margin: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe(
      'What a change must be worth beyond that, per request; nothing where a conversation begins anew.',
    ),
  maxSwitches: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(6)
    .describe('Changes of model in a conversation after which only trouble brings another.'),
  confidence: z
    .strictObject({ reference: z.number().min(0.05).max(1).default(0.7) })
    .optional()
    .describe(
      'Money counts more the surer the next answer is, less the less: as the objective says at `reference`.',
    ),
  toolLoops: z
    .enum(['hold', 'between-rounds'])
    .default('hold')
    .describe('Within a loop of tool calls the model stays, or may change once all results are in.'),
  episode: z
    .strictObject({
      usd: usd.describe('What the steps of one task may cost together.'),
      steps: z
        .number()
        .int()
        .min(1)
        .max(10_000)
        .default(30)
        .describe('Steps that a task is expected to take.'),
    })
    .optional()
    .describe('A budget for each task: cheaper models as it runs out, and the cheapest after that.'),
  check: z
    .boolean()
    .default(false)
    .describe(
      'Answers that do not stream are looked at, and a step that went wrong is given to the strong model.',
    ),
})

export type StepsOptions = z.output<typeof stepsOptions>

export const weightOf = ({ weights }: StepsOptions, step: AgentStep): number =>
  weights[step] ?? defaultWeights[step]
