/** What a configuration says of attempts: limits of time and number, breakers, load, sessions, targets, fallbacks. */

import { z } from 'zod'
import { targetChoiceNames } from '../domain/vendor.ts'
import { share } from './share.ts'

const milliseconds = z.number().positive()
const text = z.string().min(1)

const callTimeouts = {
  firstByteMs: milliseconds.optional().describe('Until the headers of a stream have come.'),
  firstContentMs: milliseconds.optional().describe('Until the first content of a stream.'),
  answerMs: milliseconds.optional().describe('Until an answer that does not stream is whole.'),
  idleMs: milliseconds.optional().describe('Between two chunks of a stream.'),
}

export const callTimeoutsSchema = z.strictObject(callTimeouts)

export const timeoutsSchema = z.strictObject({
  connectMs: milliseconds.default(5_000).describe('Until a connection is open.'),
  ...callTimeouts,
})

export const retriesSchema = z.strictObject({
  maxAttempts: z.number().int().min(1).max(50).optional().describe('Of one request, over all its models.'),
  sameTarget: z.number().int().min(0).max(10).optional().describe('How often a target is asked again.'),
  backoffMs: z.number().min(0).optional().describe('The longest first wait before asking again.'),
  maxBackoffMs: milliseconds.optional().describe('The longest of all such waits.'),
  patienceMs: z
    .number()
    .min(0)
    .optional()
    .describe('The longest wait that a vendor may ask for before another model is asked instead.'),
})

export const breakersSchema = z.strictObject({
  allowedFails: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe('Failures that are let pass; the next one closes the target off.'),
  windowMs: milliseconds.optional().describe('The time over which failures are counted.'),
  failureShare: share.optional().describe('The share of calls in it that must have failed.'),
  cooldownMs: milliseconds.optional().describe('How long a target is left alone at first.'),
  cooldownTime: z.number().positive().optional().describe("LiteLLM's word for the same, in seconds."),
  maxCooldownMs: milliseconds.optional().describe('How long at most, when probes go on failing.'),
})

export const loadSchema = z.strictObject({
  maxConcurrent: z.number().int().min(1).optional().describe('Calls at one time to one target.'),
  maxQueued: z.number().int().min(0).optional().describe('Requests that may wait for a place there.'),
  queueMs: z.number().min(0).optional().describe('How long they wait.'),
})

export const sessionsSchema = z.strictObject({
  affinity: z.boolean().default(true).describe('Keep a session where its prompts are cached.'),
  ttlMs: milliseconds.default(3_600_000).describe('How long a session is remembered.'),
  maxSessions: z.number().int().min(1).max(10_000_000).default(50_000),
  cacheMs: milliseconds.default(300_000).describe("How long a vendor's prompt cache stays warm."),
})

export const hedgingSchema = z.strictObject({
  percentile: share
    .default(0.95)
    .describe("The share of the target's latencies that a call must have outlasted."),
  afterMs: milliseconds.optional().describe('In its place, until enough latencies are known.'),
  maxExtraCostShare: share
    .default(0.05)
    .describe("What second calls may be expected to cost, as a share of what the policy's requests cost."),
})

const price = z.union([z.number().min(0), z.literal('unknown')])

export const targetSchema = z.strictObject({
  id: text.optional().describe('Its name in records; its number in the list otherwise.'),
  vendor: text.optional().describe("Another vendor that serves the model; the model's own otherwise."),
  vendorName: text.optional().describe("The model's name there."),
  baseUrl: text.optional().describe("Another address of the vendor's, such as a region's."),
  apiKey: text.optional().describe(`A key of its own: env:NAME or \${NAME}.`),
  effort: text.optional().describe('The reasoning effort that it is always asked with.'),
  weight: z.number().positive().max(1e9).default(1),
  prices: z
    .strictObject({
      input: price,
      cachedRead: price.optional(),
      cacheWrite: price.optional(),
      output: price,
    })
    .optional()
    .describe('Dollars per million tokens at this target.'),
  timeouts: callTimeoutsSchema.optional(),
  maxConcurrent: z.number().int().min(1).optional(),
})
export type TargetEntry = z.output<typeof targetSchema>

export const targetChoiceSchema = z.enum(targetChoiceNames)

const models = z.array(text)

export const fallbacksSchema = z.union([
  models,
  z.strictObject({
    providerFailure: models.optional().describe('When a vendor fails.'),
    contextExceeded: models.optional().describe('When the prompt is too long; larger windows only.'),
    contentPolicy: models.optional().describe("When a vendor's content filter refuses the prompt."),
    qualityEscalation: models
      .optional()
      .describe('When an answer is empty, or not the JSON that was asked for.'),
  }),
])
export type FallbacksEntry = z.output<typeof fallbacksSchema>

/** What a policy, or the file as a whole, says of attempts. */
export type AttemptEntry = {
  readonly timeouts?: z.output<typeof callTimeoutsSchema> | undefined
  readonly retries?: z.output<typeof retriesSchema> | undefined
}
