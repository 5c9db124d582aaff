/** Keys and groups as administrators write and read them. */

import { hash } from 'node:crypto'
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

/** What is changed, if it is still what whoever changes it was shown. */
const changeFields = { version: text.optional(), name: text.optional() }

const keyBody = z.strictObject({ name: text, ...keyFields })
const keyChangeBody = z.strictObject({ ...changeFields, ...keyFields })
const groupBody = z.strictObject({
  kind: z.enum(['team', 'project']),
  name: text,
  team: text.nullable().optional(),
  ...ownerFields,
})
const groupChangeBody = z.strictObject({
  ...changeFields,
  team: text.nullable().optional(),
  ...ownerFields,
})

type OwnerEntry = Omit<z.output<typeof groupChangeBody>, 'name' | 'team' | 'version'>

/** From what there is to what is to be put in its place. @throws AdminError where it is not what was shown any more */
export type ChangeOf<Owner, Draft> = (before: Owner) => Partial<Draft>

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
export function keyChange(body: unknown, now: Date): ChangeOf<VirtualKey, KeyDraft> {
  const entry = bodyAs(keyChangeBody, body)
  const expiresAt = expiryOf(entry, now)
  const owned = ownerChange(entry)
  return (key) => {
    checkShown(key, entry.version)
    return {
      ...owned(key.rateLimits),
      ...stated('name', entry.name),
      ...stated('group', entry.group),
      ...stated('user', entry.user),
      ...stated('tags', entry.tags),
      ...stated('expiresAt', expiresAt),
    }
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
export function groupChange(body: unknown): ChangeOf<KeyGroup, Omit<GroupDraft, 'kind'>> {
  const entry = bodyAs(groupChangeBody, body)
  const owned = ownerChange(entry)
  return (group) => {
    checkShown(group, entry.version)
    return { ...owned(group.rateLimits), ...stated('name', entry.name), ...stated('team', entry.team) }
  }
}

function ownerChange(entry: OwnerEntry) {
  const spendLimits = spendLimitsOf(entry)
  return (before: RateLimits) => ({
    ...stated('policies', entry.policies),
    ...stated('models', entry.models),
    ...stated('tools', entry.tools),
    ...stated('spendLimits', spendLimits),
    rateLimits: ratesOf(entry, before),
  })
}

/** Names all that can be changed of a key or a group as it stands: what two people see under one name is the same. */
function versionOf(owner: VirtualKey | KeyGroup): string {
  const { name, policies, models, tools, spendLimits, rateLimits } = owner
  const own =
    'secrets' in owner
      ? [owner.group, owner.user, owner.tags, owner.expiresAt, owner.revokedAt]
      : [owner.kind, owner.team]
  const text = JSON.stringify([name, policies, models, tools, spendLimits, rateLimits, own])
  return hash('sha256', text, 'base64url').slice(0, 16)
}

/** Without a version the last word counts. */
function checkShown(owner: VirtualKey | KeyGroup, version: string | undefined): void {
  if (version === undefined || version === versionOf(owner)) return
  throw new AdminError(
    409,
    'changed_meanwhile',
    `${owner.name} has been changed since it was shown to you, and nothing of yours was written. Look at what it is now, then change it again.`,
  )
}

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
  // Both would be counted in one account, and each request twice.
  for (const [index, { unit, per }] of found.entries())
    if (found.findIndex((one) => one.unit === unit && one.per === per) < index)
      faults.push(`limits has two of ${unit} per ${per}. Leave one of them`)
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
    version: versionOf(key),
    status: statusOf(key, now),
    secrets: secrets.map(({ hint, expiresAt }) => ({ hint: `${hint}…`, expiresAt })),
  }
}

export type ShownKey = ReturnType<typeof shownKey>

export const shownGroup = (group: KeyGroup) => ({ ...group, version: versionOf(group) })
export type ShownGroup = ReturnType<typeof shownGroup>

function statusOf({ revokedAt, expiresAt }: VirtualKey, now: Date): KeyStatus {
  if (revokedAt !== null) return 'revoked'
  return expiresAt !== null && expiresAt <= now.toISOString() ? 'expired' : 'valid'
}
