import { z } from 'zod'
import { share } from './share.ts'

const seconds = z.number().positive().max(31_536_000).describe('How old an answer may be.')
const scope = z
  .enum(['key', 'team', 'shared'])
  .default('key')
  .describe(
    'Who may be given an answer: the key that it was made with, the keys of its team, or all keys that may use the same models.',
  )
const maxBytes = z
  .number()
  .int()
  .min(1_000)
  .max(16_000_000)
  .default(256_000)
  .describe('A larger answer is not stored.')

const exactSchema = z.strictObject({
  seconds,
  scope,
  maxBytes,
  toolCalls: z.boolean().default(false).describe('Answers that call tools are stored too.'),
  anyTemperature: z
    .boolean()
    .default(false)
    .describe(
      'Requests with a temperature above 0 are answered from the cache too: always with the same answer.',
    ),
  waitMs: z
    .number()
    .positive()
    .max(600_000)
    .default(30_000)
    .describe(
      'How long a request waits while the same one is being answered; at most half of the policy’s deadline.',
    ),
  maxWaiters: z.number().int().min(0).max(10_000).default(256).describe('Requests that wait for one answer.'),
})

const semanticSchema = z.strictObject({
  seconds,
  scope,
  maxBytes,
  similarity: z
    .number()
    .min(0.5)
    .max(1)
    .default(0.75)
    .describe('Cosine of two prompts’ vectors, from which on the guard looks at them.'),
  guard: z
    .enum(['words', 'facts'])
    .default('words')
    .describe(
      'What must agree in two prompts: every word that says something (for the built-in encoder), or numbers, names, negations and opposites (for an encoder that knows meanings).',
    ),
  maxTemperature: z.number().min(0).max(2).default(0),
  verify: share
    .default(0.05)
    .describe('The share of hits that a model answers all the same, so that false hits are counted.'),
  maxFalseHits: share
    .default(0.02)
    .refine((value) => value >= 0.005 && value <= 0.5, {
      error: ({ input }) =>
        `${String(input)} can’t be told from chance by counting. Write a share from 0.5% to 50%, such as 2%.`,
    })
    .describe('The share of false hits at which it turns itself off.'),
  maxEntries: z
    .number()
    .int()
    .min(1)
    .max(20_000)
    .default(2_000)
    .describe('Prompts that are remembered for each tenant, system prompt and set of tools.'),
})

/** Of a policy. Everything is filled in: what it gives are the rules of `caching/rules.ts`. */
export const cacheSchema = z
  .strictObject({
    exact: exactSchema.optional().describe('Equal requests get the same answer.'),
    semantic: semanticSchema.optional().describe('Questions that mean the same get the same answer.'),
  })
  .refine(({ exact, semantic }) => exact !== undefined || semantic !== undefined, {
    error: 'says of no cache that it is wanted. Write `exact: { seconds: 3600 }`, or remove it.',
  })
  .transform(({ exact = null, semantic = null }) => ({ exact, semantic }))
export type CacheEntry = z.output<typeof cacheSchema>
