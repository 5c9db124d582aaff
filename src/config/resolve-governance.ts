import { type ConfiguredLimit, noRateLimits, type SpendLimit } from '../domain/limits.ts'
import { Secret } from '../domain/secret.ts'
import type { Environment } from './environment.ts'
import type { Path, ReportFault } from './faults.ts'
import type { LimitEntry } from './governance-fields.ts'
import { parseStorage, type StorageSettings } from '../storage/storage-settings.ts'
import type { Sections } from './schema.ts'
import { textOf } from './written-text.ts'

export type Governance = {
  /** Requests without a key of Fairlead's own are turned away. */
  readonly keysRequired: boolean
  readonly limits: readonly ConfiguredLimit[]
}

/** What administrators show; `null`: there is no such token, and only this machine may administer. */
export type AdminTokens = { readonly full: Secret | null; readonly read: Secret | null }

export type StateSettings = { readonly kind: 'memory' } | { readonly kind: 'redis'; readonly url: Secret }

export type Operation = {
  readonly governance: Governance
  readonly admin: AdminTokens
  readonly storage: StorageSettings
  readonly state: StateSettings
  readonly workers: number
  /** `null`: for ever. */
  readonly retentionDays: number | null
}

type Context = {
  readonly base: string
  readonly logPath: string
  readonly environment: Environment
  readonly report: ReportFault
}

/** The variable in which a token is looked for where the file names none. */
const adminVariable = 'FAIRLEAD_ADMIN_TOKEN'

export function resolveOperation(
  sections: Pick<Sections, 'keys' | 'admin' | 'limits' | 'storage' | 'state' | 'workers' | 'retention'>,
  context: Context,
): Operation {
  const { keys, limits = [], retention, workers = 1 } = sections
  const state = stateOf(sections.state, context)
  const storage = storageOf(sections.storage, context)
  if (workers > 1 && state.kind === 'memory')
    context.report(
      ['workers'],
      `${workers} processes would each keep limits of their own, so that together they pass them. Set state to a Redis, or workers to 1.`,
    )
  return {
    governance: {
      keysRequired: keys?.required ?? false,
      limits: limits.map((limit, index) => limitOf(limit, ['limits', index], context.report)),
    },
    admin: adminOf(sections, context),
    storage,
    state,
    workers,
    retentionDays: retention?.days ?? null,
  }
}

function adminOf({ admin }: Pick<Sections, 'admin'>, context: Context): AdminTokens {
  const { environment } = context
  const full = admin?.token ?? environment.get(adminVariable) ?? undefined
  return {
    full: tokenOf(full, ['admin', 'token'], context),
    read: tokenOf(admin?.readToken, ['admin', 'readToken'], context),
  }
}

/** One that is shorter can be guessed. */
const fewestTokenChars = 16

function tokenOf(written: string | undefined, path: Path, context: Context): Secret | null {
  if (written === undefined) return null
  const token = textOf(written, path, context) ?? ''
  if (token !== '' && token.length < fewestTokenChars)
    context.report(
      path,
      `has fewer than ${fewestTokenChars} characters, and can be guessed. Use a longer one.`,
    )
  return token === '' ? null : new Secret(token)
}

const defaultAlerts = [0.8, 1]

export function limitOf(
  entry: Omit<LimitEntry, 'for'> & { readonly for?: LimitEntry['for'] },
  path: Path,
  report: ReportFault,
): ConfiguredLimit {
  const { requestsPerMinute = null, tokensPerMinute = null, concurrency = null } = entry
  const rated = requestsPerMinute !== null || tokensPerMinute !== null || concurrency !== null
  const spendLimits = spendLimitsOf(entry, path, report)
  if (!rated && spendLimits.length === 0)
    report(
      path,
      'limits nothing. Write usd or tokens with per, requestsPerMinute, tokensPerMinute or concurrency.',
    )
  if (entry.for === 'all' && entry.name !== undefined)
    report([...path, 'name'], 'has no meaning for all requests together. Remove it.')
  return {
    scope: entry.for ?? 'all',
    name: entry.name ?? null,
    spendLimits,
    rateLimits: rated ? { requestsPerMinute, tokensPerMinute, concurrency } : noRateLimits,
  }
}

/** Dollars and tokens of one entry share its period, soft limit and alerts. */
function spendLimitsOf(
  { usd, tokens, per, softAt, alertAt }: Omit<LimitEntry, 'for'>,
  path: Path,
  report: ReportFault,
): readonly SpendLimit[] {
  const stated = [
    ...(usd === undefined ? [] : [{ unit: 'usd' as const, limit: usd }]),
    ...(tokens === undefined ? [] : [{ unit: 'tokens' as const, limit: tokens }]),
  ]
  if (stated.length > 0 && per === undefined)
    report(path, 'says how much, and not in which time. Add per: hour, day, week, month or lifetime.')
  if (stated.length === 0 && (per ?? softAt ?? alertAt) !== undefined)
    report(path, 'says in which time, and not how much. Add usd or tokens.')
  if (per === undefined) return []
  return stated.map((one) => ({ ...one, per, softAt: softAt ?? null, alertAt: alertAt ?? defaultAlerts }))
}

function storageOf(written: string | undefined, context: Context): StorageSettings {
  const usual: StorageSettings = { kind: 'sqlite', path: context.logPath }
  const text = written === undefined ? '' : (textOf(written, ['storage'], context) ?? '')
  if (text === '') return usual
  const parsed = parseStorage(text, context.base)
  if (parsed.kind !== 'faulty') return parsed
  context.report(['storage'], `can't be used: ${parsed.message}`)
  return usual
}

function stateOf(written: string | undefined, context: Context): StateSettings {
  const text = written === undefined ? '' : (textOf(written, ['state'], context) ?? '')
  if (text === '' || text === 'memory') return { kind: 'memory' }
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text))
    context.report(['state'], 'is no Redis. Write redis://host:6379, or rediss:// with TLS.')
  return { kind: 'redis', url: new Secret(text) }
}
