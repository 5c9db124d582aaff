import type { ConfiguredLimit, RateLimits, SpendLimit } from '../../domain/limits.ts'
import { microUsd } from '../../domain/money.ts'
import { accountsOf, type LimitedAccount } from '../../governance/purse.ts'
import type { Subject } from '../../governance/subjects.ts'
import type { Balance } from '../../storage/state/shared-state.ts'
import { accountOf } from '../policy-accounts.ts'
import { type AdminCall, type AdminParts, value } from './call.ts'

/** A limit with what has been used of it in the period that runs. Amounts in dollars or tokens. */
export type LimitStatus = {
  readonly scope: Subject['scope']
  readonly name: string
  /** For people: a key's name rather than its id. */
  readonly title: string
  readonly unit: SpendLimit['unit']
  readonly per: SpendLimit['per']
  readonly limit: number
  readonly spent: number
  readonly reserved: number
  readonly softAt: number | null
  /** ISO 8601; `null`: it never begins anew. */
  readonly endsAt: string | null
}

export type RateStatus = {
  readonly scope: Subject['scope']
  readonly name: string | null
  readonly rateLimits: RateLimits
}

/** Limits that hold for each of something, such as each user, have no one account to show. */
export const limitCalls = (parts: AdminParts): readonly AdminCall[] => [
  { method: 'GET', path: '/limits', run: async () => value(await limitStatuses(parts)) },
]

export async function limitStatuses(parts: AdminParts): Promise<{
  readonly limits: readonly LimitStatus[]
  readonly rates: readonly RateStatus[]
  readonly each: readonly ConfiguredLimit[]
}> {
  const { limits } = parts.config().governance
  const owners = await ownersOf(parts)
  const named = limits.filter(({ scope, name }) => scope === 'all' || name !== null)
  const subjects = [
    ...named.flatMap((limit) => subjectsNamed(limit, owners)),
    ...owners.map(({ subject }) => subject),
  ]
  const titles = new Map(owners.map(({ subject, title }) => [`${subject.scope} ${subject.name}`, title]))
  const accounts = accountsOf(subjects)
  const balances = await parts.state.balances(accounts.map(({ account }) => account))
  const shown = accounts.flatMap((account, index) => {
    const balance = balances[index]
    return balance ? [statusOf(account, balance, titles)] : []
  })
  return {
    limits: [...shown, ...(await policyBudgets(parts))],
    rates: [...limits.filter(hasRates), ...owners.map(({ subject }) => subject).filter(hasRates)],
    each: limits.filter(({ scope, name }) => scope !== 'all' && name === null),
  }
}

/** Whom a limit of the configuration means: keys and groups are named there by id or by name, and counted by id. */
function subjectsNamed(
  { scope, name, spendLimits, rateLimits }: ConfiguredLimit,
  owners: readonly Owner[],
): readonly Subject[] {
  const meant = owners.filter(
    ({ subject, title }) => subject.scope === scope && (subject.name === name || title === name),
  )
  const names = meant.length > 0 ? meant.map(({ subject }) => subject.name) : [name ?? 'all']
  return names.map((one) => ({ scope, name: one, spendLimits, rateLimits }))
}

type Owner = { readonly subject: Subject; readonly title: string }

const hasRates = ({ rateLimits }: Pick<Subject, 'rateLimits'>): boolean =>
  Object.values(rateLimits).some((limit) => limit !== null)

async function ownersOf({ keys }: AdminParts): Promise<readonly Owner[]> {
  const valid = (await keys.list()).filter(({ revokedAt }) => revokedAt === null)
  const groups = await keys.groups()
  return [
    ...valid.map((key) => ({ scope: 'key' as const, owner: key })),
    ...groups.map((group) => ({ scope: group.kind, owner: group })),
  ].map(({ scope, owner }) => ({
    subject: { scope, name: owner.id, spendLimits: owner.spendLimits, rateLimits: owner.rateLimits },
    title: owner.name,
  }))
}

function statusOf(
  { subject, terms, limit }: LimitedAccount,
  { spent, reserved, endsAt }: Balance,
  titles: ReadonlyMap<string, string>,
): LimitStatus {
  const inUnits = (amount: number) => (terms.unit === 'usd' ? amount / 1e6 : amount)
  return {
    scope: subject.scope,
    name: subject.name,
    title: titles.get(`${subject.scope} ${subject.name}`) ?? subject.name,
    unit: terms.unit,
    per: terms.per,
    limit: inUnits(limit),
    spent: inUnits(spent),
    reserved: inUnits(reserved),
    softAt: terms.softAt,
    endsAt: Number.isFinite(endsAt) ? new Date(endsAt).toISOString() : null,
  }
}

/** What strategies go by is no limit that refuses, and is shown beside those that do. */
async function policyBudgets({ config, state }: AdminParts): Promise<readonly LimitStatus[]> {
  const budgeted = config().policies.flatMap(({ name, budget }) => (budget ? [{ name, budget }] : []))
  const balances = await state.balances(budgeted.map(accountOf))
  return budgeted.flatMap(({ name, budget }, index) => {
    const balance = balances[index]
    if (!balance) return []
    const terms: SpendLimit = { unit: 'usd', limit: budget.usd, per: budget.per, softAt: 0, alertAt: [] }
    const subject: Subject = { scope: 'policy', name, spendLimits: [terms], rateLimits: noRates }
    return [
      statusOf(
        { subject, terms, account: accountOf({ name, budget }), limit: microUsd(budget.usd) },
        balance,
        new Map(),
      ),
    ]
  })
}

const noRates: RateLimits = { requestsPerMinute: null, tokensPerMinute: null, concurrency: null }
