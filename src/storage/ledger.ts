import { type Kysely, sql } from 'kysely'
import type { DecisionId } from '../domain/decision.ts'
import { modelId } from '../domain/model.ts'
import type { MicroUsd } from '../domain/money.ts'
import { chunks } from './chunks.ts'
import { attemptsOf, page } from './decisions.ts'
import { attemptRoleOf, numberOrNull } from './rows.ts'
import type { DecisionFilter, LedgerRow } from './store.ts'
import type { AttemptRow, DecisionRow, Tables } from './tables.ts'

/**
 * The attempts of the decisions that a filter names, newest first. A page goes on to the last attempt of its last decision,
 * and may be longer than its limit by those: the next page begins after a decision, not within one.
 */
export async function ledgerRows(db: Kysely<Tables>, filter: DecisionFilter): Promise<readonly LedgerRow[]> {
  // The decisions first: together with their attempts, a database may well sort all that there are for one page.
  const decisions = await page(db, filter)
    .select(['d.id', 'd.time', 'd.policy', 'd.tags'])
    .select(['d.caller_key', 'd.caller_team', 'd.caller_project', 'd.caller_user'])
    .where(sql<boolean>`exists (select 1 from attempts as a where a.decision = d.id)`)
    .execute()
  const rows: LedgerRow[] = []
  for (const part of chunks(decisions)) {
    const attempts = await attemptsOf(
      db,
      part.map(({ id }) => id),
    )
    for (const decision of part) {
      if (rows.length >= filter.limit) return rows
      for (const attempt of (attempts.get(decision.id) ?? []).toReversed())
        rows.push(ledgerRow(decision, attempt))
    }
  }
  return rows
}

type Whose = Pick<
  DecisionRow,
  'time' | 'policy' | 'caller_key' | 'caller_team' | 'caller_project' | 'caller_user' | 'tags'
>

const ledgerRow = (whose: Whose, row: AttemptRow): LedgerRow => ({
  decision: row.decision as DecisionId,
  position: row.position,
  time: whose.time,
  policy: whose.policy,
  key: whose.caller_key,
  team: whose.caller_team,
  project: whose.caller_project,
  user: whose.caller_user,
  tags: whose.tags === null ? [] : (JSON.parse(whose.tags) as readonly string[]),
  model: modelId(row.model),
  target: row.target,
  role: attemptRoleOf(row.role),
  inputTokens: Number(row.input_tokens),
  cachedReadTokens: Number(row.cached_read_tokens),
  cacheWriteTokens: Number(row.cache_write_tokens),
  longCacheWriteTokens: Number(row.long_cache_write_tokens ?? 0),
  outputTokens: Number(row.output_tokens),
  reasoningTokens: Number(row.reasoning_tokens),
  usageSource: row.usage_source as LedgerRow['usageSource'],
  prices: row.prices,
  microUsd: numberOrNull(row.micro_usd) as MicroUsd | null,
  failure: row.failure,
})
