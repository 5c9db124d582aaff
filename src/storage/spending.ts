// What decisions came to, for every SQL store.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { unreachable } from '../domain/unreachable.ts'
import { countedModel, type MatchingFilter, matching } from './decisions.ts'
import type { ReportRow, ReportSums, SpendGrouping, SpendRow } from './store.ts'
import type { Tables } from './tables.ts'

const sumNames = [
  'decisions',
  'answered',
  'failed',
  'fallbacks',
  'cached',
  'input_tokens',
  'output_tokens',
  'micro_usd',
  'unpriced',
  'latency_ms',
] as const

/** PostgreSQL's driver returns 64-bit integers as text. */
type Sum = number | string | null
type Sums = Record<(typeof sumNames)[number], Sum>

/**
 * A decision without an outcome is under way or was never served: it has no cost, known or not.
 * Latency is that of answered decisions: a fast failure is not speed.
 */
const sums = [
  sql<Sum>`count(*)`.as('decisions'),
  sql<Sum>`sum(case when o.status = 'answered' then 1 else 0 end)`.as('answered'),
  sql<Sum>`sum(case when o.status = 'failed' then 1 else 0 end)`.as('failed'),
  sql<Sum>`sum(case when o.model <> d.chosen then 1 else 0 end)`.as('fallbacks'),
  sql<Sum>`sum(case when d.cache is not null then 1 else 0 end)`.as('cached'),
  sql<Sum>`sum(coalesce(o.input_tokens, 0))`.as('input_tokens'),
  sql<Sum>`sum(coalesce(o.output_tokens, 0))`.as('output_tokens'),
  sql<Sum>`sum(coalesce(o.micro_usd, 0))`.as('micro_usd'),
  sql<Sum>`sum(case when o.decision is not null and o.micro_usd is null then 1 else 0 end)`.as('unpriced'),
  sql<Sum>`sum(case when o.status = 'answered' then o.latency_ms end)`.as('latency_ms'),
] as const

function sumsOf(row: Sums): ReportSums {
  const answered = Number(row.answered)
  return {
    decisions: Number(row.decisions),
    answered,
    failed: Number(row.failed),
    fallbacks: Number(row.fallbacks),
    cached: Number(row.cached),
    inputTokens: Number(row.input_tokens),
    outputTokens: Number(row.output_tokens),
    microUsd: Number(row.micro_usd),
    unpriced: Number(row.unpriced),
    meanLatencyMs: answered === 0 ? 0 : Number(row.latency_ms ?? 0) / answered,
  }
}

/** A decision counts for the model that answered, else for the chosen one; `none` where there was neither. */
export async function reportRows(db: Kysely<Tables>, filter: MatchingFilter): Promise<readonly ReportRow[]> {
  const rows = await matching(db, filter)
    .select(['d.policy as policy', countedModel.as('model'), ...sums])
    .groupBy(['d.policy', countedModel])
    .orderBy('d.policy')
    .orderBy(countedModel)
    .execute()
  return rows.map((row) => ({ policy: row.policy, model: row.model ?? 'none', ...sumsOf(row) }))
}

/** By group. */
export async function spendRows(
  db: Kysely<Tables>,
  filter: MatchingFilter,
  by: SpendGrouping,
): Promise<readonly SpendRow[]> {
  const group = sql<string>`coalesce(${groupOf(by)}, 'none')`
  const rows = await matching(db, filter)
    .$if(by === 'tag', (query) => query.leftJoin('decision_tags as g', 'g.decision', 'd.id'))
    .select([group.as('group'), ...sums])
    .groupBy(group)
    .orderBy(group)
    .execute()
  const groups = by === 'vendor' ? byVendor(rows) : rows
  return groups.map((row) => ({ group: row.group, ...sumsOf(row) }))
}

function groupOf(by: SpendGrouping): RawBuilder<string | null> {
  switch (by) {
    case 'day':
      return sql`substr(d.time, 1, 10)`
    // The part of the model's id that names its vendor is taken afterwards: databases have no common word for it.
    case 'model':
    case 'vendor':
      return countedModel
    case 'policy':
      return sql`d.policy`
    case 'key':
      return sql`d.caller_key`
    case 'team':
      return sql`d.caller_team`
    case 'project':
      return sql`d.caller_project`
    case 'user':
      return sql`d.caller_user`
    case 'tag':
      return sql`g.tag`
    default:
      return unreachable(by)
  }
}

type Group = Sums & { readonly group: string }

function byVendor(models: readonly Group[]): readonly Group[] {
  const vendors = new Map<string, Group>()
  for (const model of models) {
    const vendor = model.group.split('/', 1)[0]!
    const before = vendors.get(vendor)
    vendors.set(vendor, { ...(before ? added(before, model) : model), group: vendor })
  }
  return [...vendors.values()].sort((a, b) => (a.group < b.group ? -1 : 1))
}

const added = (a: Sums, b: Sums): Sums => {
  const total = (name: keyof Sums) => Number(a[name] ?? 0) + Number(b[name] ?? 0)
  return Object.fromEntries(sumNames.map((name) => [name, total(name)])) as Sums
}
