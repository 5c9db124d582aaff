import { z } from 'zod'
import type { Learner } from '../domain/learner.ts'
import type { Capability } from '../domain/model.ts'
import { benchmarks } from '../domain/model.ts'
import type { NonEmpty } from '../domain/non-empty.ts'
import type { Choosing, ClassifierUse, TextEmbedder, Turn } from '../domain/strategy.ts'
import { type BudgetRules, budgetPeriods, streamRecoveries } from '../domain/policy.ts'
import { type PredictedCriterion, predictedCriteria } from '../domain/preferences.ts'
import type { Aids, OptionFault } from '../strategies/strategy.ts'
import { asideFields } from './aside-fields.ts'
import { cacheSchema } from './cache-fields.ts'
import { promptsSchema } from './adaptation-fields.ts'
import { consultantFunctionSchema, consultantSchema } from './consultant-fields.ts'
import { embeddingsSchema } from './embeddings-fields.ts'
import { classifierSchema, encoderSchema } from './encoder-fields.ts'
import { experimentSchema, holdOutSchema } from './experiment-fields.ts'
import { governanceFields } from './governance-fields.ts'
import { mcpSchema } from './mcp-fields.ts'
import { learningFields } from './learning-fields.ts'
import { objectiveSchemas } from './objective-fields.ts'
import { outcomeSetsSchema } from './outcome-set-fields.ts'
import { ownStrategySchema } from './own-strategies.ts'
import {
  breakersSchema,
  callTimeoutsSchema,
  fallbacksSchema,
  hedgingSchema,
  loadSchema,
  retriesSchema,
  sessionsSchema,
  targetChoiceSchema,
  targetSchema,
  timeoutsSchema,
} from './reliability-fields.ts'
import { share } from './share.ts'
import { toolFilterSchema } from './tool-fields.ts'
import { telemetrySchema } from './telemetry-fields.ts'
import { vendorConditionFields, vendorSchema } from './vendor-fields.ts'

/** Any member of the strategies: which options go with which `choose` is known where the member is written. */
export type AnyStrategy = {
  readonly name: string
  readonly summary: string
  readonly needs: { readonly quality: boolean; readonly cost: boolean }
  readonly options: z.ZodObject<z.ZodRawShape, z.core.$strict>
  readonly models: (options: never) => readonly string[] | null
  readonly objectives?: readonly string[]
  readonly criteria?: (options: never) => readonly string[]
  readonly classifiers?: (options: never) => readonly ClassifierUse[]
  readonly ways?: (options: never) => readonly string[]
  readonly advisers?: (options: never) => readonly string[]
  readonly texts?: (options: never) => readonly string[]
  readonly headers?: (options: never) => readonly string[]
  readonly consultants?: (options: never) => readonly string[]
  readonly betweenRounds?: (options: never) => boolean
  readonly prepare?: (options: never, embedder: TextEmbedder | null) => unknown
  readonly learner?: (options: never) => Learner
  readonly explore?: (options: never) => BudgetRules | null
  readonly faults?: (options: never) => readonly OptionFault[]
  readonly choose: (turn: Turn, options: never, aids: Aids<never>) => Choosing
}

/** What a policy does that names no strategy. */
export const defaultStrategy = 'utility'

const capabilities = [
  'tools',
  'images',
  'files',
  'audio',
  'json-schema',
  'logprobs',
  'reasoning',
] as const satisfies readonly Capability[]
const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

const tokens = z.number().int().positive()
const milliseconds = z.number().positive()
const text = z.string().min(1)

export const serverSchema = z.strictObject({
  host: text.default('127.0.0.1').describe('The address to listen on; 0.0.0.0 for every network.'),
  port: z.number().int().min(0).max(65535).default(4000).describe('0 takes any free port.'),
  bodyLimitBytes: z.number().int().positive().default(10_000_000).describe('The largest request body.'),
  shutdownGraceMs: z
    .number()
    .min(0)
    .default(30_000)
    .describe('How long requests under way may take to end after a signal to stop.'),
})

const price = z.union([z.number().min(0), z.literal('unknown')])

const ownCriterion = text.refine((name) => !predictedCriteria.includes(name as PredictedCriterion), {
  error: ({ input }) => `${String(input)} is predicted for each request. Remove it, or choose another name.`,
})

export const modelSchema = z.strictObject({
  id: text
    .refine((value) => /^[^/\s]+\/\S+$/.test(value), {
      error: ({ input }) =>
        `${JSON.stringify(input)} has no vendor. Write vendor/name, such as openai/gpt-5-mini.`,
    })
    .describe('vendor/name'),
  vendorName: text.optional().describe('The name at the vendor, where it is not the second half of the id.'),
  aliases: z.array(text).optional().describe('Other names that clients may use.'),
  targets: z
    .array(targetSchema)
    .min(1)
    .optional()
    .describe('Where it is served: vendors, regions, keys, efforts.'),
  targetChoice: targetChoiceSchema.optional().describe('How one of its targets is chosen.'),
  fallbacks: fallbacksSchema
    .optional()
    .describe('Models to try when it fails, where clients ask for it by name.'),
  prices: z
    .union([
      z.literal('unknown'),
      z.strictObject({
        input: price,
        cachedRead: price.optional(),
        cacheWrite: price.optional(),
        longCacheWrite: price.optional(),
        output: price,
      }),
    ])
    .optional()
    .describe('Dollars per million tokens.'),
  contextWindow: tokens.optional().describe('Tokens of prompt and answer together.'),
  maxOutputTokens: tokens.optional(),
  capabilities: z.array(z.enum(capabilities)).optional(),
  benchmarks: z.partialRecord(z.enum(benchmarks), share).optional().describe('Published scores, 0 to 1.'),
  criteria: z
    .record(ownCriterion, share)
    .optional()
    .describe('How far it meets criteria of your own, such as helpfulness, 0 to 1.'),
  speed: z
    .strictObject({ firstTokenMs: milliseconds, tokensPerSecond: z.number().positive() })
    .optional()
    .describe('Expected until observed.'),
  verbosity: z.number().positive().optional().describe("Output tokens relative to a plain chat model's."),
})

const policyFields = {
  pool: z
    .union([z.literal('all'), z.array(text).min(1)])
    .optional()
    .describe('Models to choose from: a list of ids, or all that can be reached.'),
  fallbacks: fallbacksSchema
    .optional()
    .describe('Models to try, in order, when the chosen ones fail; by kind of failure where it matters.'),
  ...vendorConditionFields,
  contentPolicyFallbacks: z.array(text).optional().describe('Another way to write fallbacks.contentPolicy.'),
  ...objectiveSchemas,
  maxCostUsd: z.number().positive().optional().describe('The most that one request may be expected to cost.'),
  budget: z
    .strictObject({ usd: z.number().positive(), per: z.enum(budgetPeriods) })
    .optional()
    .describe(
      'Dollars that the policy may spend in each period; the strategy says what happens as they run out.',
    ),
  holdOut: holdOutSchema
    .optional()
    .describe(
      'A share of its requests that one model answers, so that what routing saves is measured and not estimated.',
    ),
  cache: cacheSchema
    .optional()
    .describe('Answers that are given again: to the same request, or to one that means the same.'),
  deadlineMs: milliseconds.optional().describe('For one request, retries and fallbacks included.'),
  timeouts: callTimeoutsSchema.optional().describe("In place of the file's."),
  retries: retriesSchema.optional().describe("In place of the file's."),
  conversions: z
    .enum(['refuse', 'note'])
    .optional()
    .describe(
      "Where a model's vendor speaks another format that has no place for something the answer hangs on (a hosted tool, a file by its URL): the model is not asked, or it is, and the decision notes what was left out.",
    ),
  streamRecovery: z
    .enum(streamRecoveries)
    .optional()
    .describe(
      'What becomes of a stream that breaks off after its first content: it ends with an error, another model continues it, or nothing is sent before the answer is whole (buffer).',
    ),
  minTokensPerSecond: z
    .number()
    .positive()
    .optional()
    .describe('A stream that is slower than this for a while counts as broken off.'),
  toolFilter: toolFilterSchema.optional(),
  hedging: hedgingSchema
    .optional()
    .describe('Asks a second target where the first is slow to begin, and takes who answers first.'),
}
const policyFieldsSchema = z.strictObject(policyFields)
export type PolicyFields = z.output<typeof policyFieldsSchema>

export const configFields = {
  server: serverSchema.optional(),
  vendors: z.record(text, vendorSchema).optional(),
  models: z.array(modelSchema).optional().describe('New models, or changes to known ones.'),
  log: z
    .strictObject({
      path: text.default('.fairlead/fairlead.db').describe('The SQLite file of the decision log.'),
      level: z.enum(logLevels).default('info'),
      requests: z.boolean().default(false).describe('A line for every request that is over.'),
    })
    .optional(),
  responses: z
    .strictObject({
      keep: z
        .boolean()
        .default(true)
        .describe(
          'Keep what clients of the Responses API ask to be stored, so that they can go on from it by id.',
        ),
      days: z.number().positive().default(30).describe('For how long.'),
    })
    .optional()
    .describe('Stored responses of the Responses API.'),
  embeddings: z
    .array(embeddingsSchema)
    .optional()
    .describe('Models that turn texts into vectors: new ones, or changes to known ones.'),
  artefact: text
    .optional()
    .describe('A learned artefact to use in place of the one that comes with Fairlead.'),
  prompts: promptsSchema.optional(),
  encoder: encoderSchema.optional().describe('What turns texts into vectors.'),
  classifiers: z
    .record(text, classifierSchema)
    .optional()
    .describe('Classifiers whose probabilities of labels become signals, by name.'),
  consultants: z
    .record(text, consultantSchema)
    .optional()
    .describe('Checkers and scorers of your own, which policies may ask, by name.'),
  mcp: mcpSchema.optional(),
  strategies: z
    .array(ownStrategySchema)
    .optional()
    .describe('Strategies of your own beside those of Fairlead, where the configuration is a program.'),
  telemetry: telemetrySchema.optional().describe('Metrics, OpenTelemetry, webhooks, alarms.'),
  ...governanceFields,
  experiments: z
    .record(text, experimentSchema)
    .optional()
    .describe('Policies that are tried on a share of the requests of another, by name.'),
  ...asideFields,
  ...learningFields,
  outcomeSets: outcomeSetsSchema.optional(),
  timeouts: timeoutsSchema.optional().describe('How long a call may take.'),
  retries: retriesSchema.optional().describe('How often and after what wait a request is tried again.'),
  breakers: breakersSchema.optional().describe('When a target that fails is left alone, and for how long.'),
  load: loadSchema.optional().describe('How many calls a target gets at one time.'),
  sessions: sessionsSchema.optional().describe('What is remembered of conversations.'),
  simulated: z
    .strictObject({
      pace: z.number().min(0).default(1).describe('Speed of simulated answers: 1 as in life, 0 at once.'),
    })
    .optional()
    .describe('Offers the simulated models beside real ones.'),
}
const sectionsSchema = z.strictObject(configFields)
export type Sections = z.output<typeof sectionsSchema>
export type ModelEntry = z.output<typeof modelSchema>

const policyName = text.refine((name) => !name.includes('/'), {
  error: ({ input }) =>
    `${JSON.stringify(input)} has a slash, which would make it look like a model. Write a name without one.`,
})

/** The options of the strategy stand beside the fields that every policy has. */
function policySchema(strategies: readonly AnyStrategy[]) {
  const members = strategies.map(({ name, summary, options }) => {
    const named = z.literal(name)
    return z
      .strictObject({
        strategy: name === defaultStrategy ? named.optional() : named,
        ...options.shape,
        ...policyFields,
      })
      .describe(summary)
  })
  return z.discriminatedUnion('strategy', members as unknown as NonEmpty<(typeof members)[number]>)
}

export const configSchema = (strategies: readonly AnyStrategy[]) =>
  z.strictObject({
    ...configFields,
    policies: z.record(policyName, policySchema(strategies)).optional(),
  })

/** For editors: put `# yaml-language-server: $schema=...` on a configuration's first line. */
export const configJsonSchema = (strategies: readonly AnyStrategy[]): object =>
  z.toJSONSchema(configSchema(strategies), {
    io: 'input',
    unrepresentable: 'any',
    // A function, a strategy has no form in JSON: nothing that a file can say is one.
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === consultantFunctionSchema || zodSchema === ownStrategySchema) jsonSchema.not = {}
    },
  })

type PolicyInput<Member> = Member extends { name: infer Name; options: infer Options extends z.ZodType }
  ? OptionsInput<z.input<Options>> &
      z.input<typeof policyFieldsSchema> &
      (Name extends typeof defaultStrategy ? { strategy?: Name } : { strategy: Name })
  : never

// No options at all would read as "any key, but never a value", and refuse the fields of every policy.
type OptionsInput<Options> = string extends keyof Options ? unknown : Options

/** A configuration as it is written, for policies of the strategies in the union `Strategies`. */
export type ConfigInput<Strategies> = z.input<typeof sectionsSchema> & {
  policies?: Record<string, PolicyInput<Strategies>>
}
