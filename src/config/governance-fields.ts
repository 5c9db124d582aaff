import { z } from 'zod'
import { limitPeriods, limitScopes } from '../domain/limits.ts'
import { share } from './share.ts'

const text = z.string().min(1)
const count = z.number().int().positive()

export const keysSchema = z.strictObject({
  required: z
    .boolean()
    .default(false)
    .describe(
      'Every request must come with a key of Fairlead’s own (`fairlead keys create`). Without it those that come with none are served as well.',
    ),
})

export const adminSchema = z.strictObject({
  token: text
    .optional()
    .describe(
      'What administrators show, or better where it is: env:NAME. Without it only this machine may administer.',
    ),
  readToken: text.optional().describe('The same for those who may look and change nothing.'),
})

/** What may be spent and how fast; of keys and groups as of the configuration. */
export const limitFields = {
  usd: z.number().positive().optional().describe('Dollars in each period.'),
  tokens: count.optional().describe('Tokens of prompt and answer in each period.'),
  per: z
    .enum(limitPeriods)
    .optional()
    .describe('The period that dollars and tokens are for; it begins by the clock of UTC.'),
  softAt: share.optional().describe('From this share of the limit on, requests go to cheaper models.'),
  alertAt: z
    .array(share)
    .optional()
    .describe(
      'Shares of the limit at which webhooks and alarms are told; 80 % and all of it, where nothing is said.',
    ),
  requestsPerMinute: count.optional(),
  tokensPerMinute: count.optional(),
  concurrency: count.optional().describe('Requests at one time.'),
}

export const limitSchema = z.strictObject({
  for: z.enum(limitScopes).describe('Who or what it limits.'),
  name: text.optional().describe('Of whom; without it, each one for itself.'),
  ...limitFields,
})
export type LimitEntry = z.output<typeof limitSchema>

export const retentionSchema = z.strictObject({
  days: z
    .number()
    .positive()
    .optional()
    .describe('Decisions that are older are forgotten; without it none is.'),
})

export const governanceFields = {
  keys: keysSchema.optional().describe('Keys that clients show to Fairlead.'),
  admin: adminSchema.optional().describe('Who may administer.'),
  limits: z.array(limitSchema).optional().describe('What may be spent, and how fast, by whom.'),
  storage: text
    .optional()
    .describe(
      'Where decisions, keys and the ledger are kept: the path of a SQLite file, or postgres://user:password@host/database (env:NAME may stand for it). log.path, where nothing is said.',
    ),
  state: text
    .optional()
    .describe(
      'What several processes share: redis://host:6379 (env:NAME may stand for it). Without it there is but one process.',
    ),
  workers: z
    .number()
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe('Processes that serve on one port of this machine; more than one want `state`.'),
  retention: retentionSchema.optional().describe('How long decisions are kept.'),
}
