/** Keys and groups as administrators write and read them. */

import { z } from 'zod'
import { limitFields } from '../../config/governance-fields.ts'
import { limitOf } from '../../config/resolve-governance.ts'
import { noRateLimits, type RateLimits, type SpendLimit } from '../../domain/limits.ts'
import { spanMs } from '../../domain/since.ts'
import type { KeyGroup, VirtualKey } from '../../domain/virtual-key.ts'
import type { GroupDraft, KeyDraft } from '../../governance/key-book.ts'
import { AdminError, bodyAs } from './call.ts'

const text = z.string().trim().min(1).max(200)
const names = z.array(text).max(1000).nullable()

const spendLimit = z.strictObject({
  usd: limitFields.usd,
  tokens: limitFields.tokens,
  per: limitFields.per,
  softAt: limitFields.softAt,
  alertAt: limitFields.alertAt,
})

const ownerFields = {
  policies: names.optional(),
  models: names.optional(),
  tools: names.optional(),
  limits: z.array(spendLimit).max(20).optional(),
  requestsPerMinute: limitFields.requestsPerMinute.nullable(),
  tokensPerMinute: limitFields.tokensPerMinute.nullable(),
  concurrency: limitFields.concurrency.nullable(),
}

const keyFields = {
  ...ownerFields,
  group: text.nullable().optional(),
  user: text.nullable().optional(),
  tags: z.array(text).max(50).optional(),
  expiresAt: z.iso.datetime({ offset: true }).nullable().optional(),
  expiresIn: z
    .string()
    .refine((span) => spanMs(span) !== null, { error: 'must be a span such as 12h or 30d' })
    .optional(),
}

const keyBody = z.strictObject({ name: text, ...keyFields })
const keyChange = z.strictObject({ name: text.optional(), ...keyFields })
const groupBody = z.strictObject({
  kind: z.enum(['team', 'project']),
  name: text,
  team: text.nullable().optional(),
  ...ownerFields,
})
const groupChange = z.strictObject({
  name: text.optional(),
  team: text.nullable().optional(),
  ...ownerFields,
})

type OwnerEntry = Omit<z.output<typeof groupChange>, 'name' | 'team'>

/** @throws AdminError */
export function keyDraft(body: unknown, now: Date): KeyDraft {
  const entry = bodyAs(keyBody, body)
  return {
    name: entry.name,
    group: entry.group ?? null,
    user: entry.user ?? null,
    tags: entry.tags ?? [],
    policies: entry.policies ?? null,
    models: entry.models ?? null,
    tools: entry.tools ?? null,
    spendLimits: spendLimitsOf(entry) ?? [],
    rateLimits: ratesOf(entry, noRateLimits),
    expiresAt: expiryOf(entry, now) ?? null,
  }
}

/** What a change says, and nothing of what it leaves alone. @throws AdminError */
export function keyChanges(body: unknown, now: Date, key: VirtualKey): Partial<KeyDraft> {
  const entry = bodyAs(keyChange, body)
  const expiresAt = expiryOf(entry, now)
  return {
    ...ownerChanges(entry, key.rateLimits),
    ...stated('name', entry.name),
    ...stated('group', entry.group),
    ...stated('user', entry.user),
    ...stated('tags', entry.tags),
    ...stated('expiresAt', expiresAt),
  }
}

/** @throws AdminError */
export function groupDraft(body: unknown): GroupDraft {
  const entry = bodyAs(groupBody, body)
  return {
    kind: entry.kind,
    name: entry.name,
    team: entry.team ?? null,
    policies: entry.policies ?? null,
    models: entry.models ?? null,
    tools: entry.tools ?? null,
    spendLimits: spendLimitsOf(entry) ?? [],
    rateLimits: ratesOf(entry, noRateLimits),
  }
}

/** @throws AdminError */
export function groupChanges(body: unknown, group: KeyGroup): Partial<Omit<GroupDraft, 'kind'>> {
  const entry = bodyAs(groupChange, body)
  return {
    ...ownerChanges(entry, group.rateLimits),
    ...stated('name', entry.name),
    ...stated('team', entry.team),
  }
}

const ownerChanges = (entry: OwnerEntry, before: RateLimits) => ({
  ...stated('policies', entry.policies),
  ...stated('models', entry.models),
  ...stated('tools', entry.tools),
  ...stated('spendLimits', spendLimitsOf(entry)),
  rateLimits: ratesOf(entry, before),
})

const stated = <Name extends string, T>(name: Name, found: T | undefined): { readonly [N in Name]?: T } =>
  found === undefined ? {} : ({ [name]: found } as { readonly [N in Name]?: T })

function spendLimitsOf({ limits }: OwnerEntry): readonly SpendLimit[] | undefined {
  if (limits === undefined) return undefined
  const faults: string[] = []
  const found = limits.flatMap(
    (limit, index) =>
      limitOf(limit, ['limits', index], (path, message) => faults.push(`${path.join('.')} ${message}`))
        .spendLimits,
  )
  if (faults.length > 0) throw new AdminError(400, 'invalid_request', faults.join('; '))
  return found
}

/** `null` lifts a limit, silence leaves it. */
function ratesOf(entry: OwnerEntry, before: RateLimits): RateLimits {
  const rate = (name: keyof RateLimits): number | null => {
    const found = entry[name]
    return found === undefined ? before[name] : found
  }
  return {
    requestsPerMinute: rate('requestsPerMinute'),
    tokensPerMinute: rate('tokensPerMinute'),
    concurrency: rate('concurrency'),
  }
}

function expiryOf(
  {
    expiresAt,
    expiresIn,
  }: { readonly expiresAt?: string | null | undefined; readonly expiresIn?: string | undefined },
  now: Date,
): string | null | undefined {
  if (expiresIn !== undefined) return new Date(now.getTime() + (spanMs(expiresIn) ?? 0)).toISOString()
  return typeof expiresAt === 'string' ? new Date(expiresAt).toISOString() : expiresAt
}

export type KeyStatus = 'valid' | 'expired' | 'revoked'

/** A key as lists show it: nothing of it can be used to call. */
export function shownKey(key: VirtualKey, now: Date) {
  const { secrets, ...shown } = key
  return {
    ...shown,
    status: statusOf(key, now),
    secrets: secrets.map(({ hint, expiresAt }) => ({ hint: `${hint}…`, expiresAt })),
  }
}

function statusOf({ revokedAt, expiresAt }: VirtualKey, now: Date): KeyStatus {
  if (revokedAt !== null) return 'revoked'
  return expiresAt !== null && expiresAt <= now.toISOString() ? 'expired' : 'valid'
}
