// Narrow readings for figures over many decisions, for every SQL store: texts that say why something was chosen are left where they are.
import { type Kysely, sql } from 'kysely'
import type { Decision, DecisionId, Outcome } from '../domain/decision.ts'
import type { ModelId } from '../domain/model.ts'
import type { MicroUsd } from '../domain/money.ts'
import { chunks } from './chunks.ts'
import { countedModel, page } from './decisions.ts'
import { experimentOf } from './rows.ts'
import type { DecisionCost, DecisionFilter, DecisionTiming } from './store.ts'
import type { Tables } from './tables.ts'

export async function listTimings(
  db: Kysely<Tables>,
  filter: Omit<DecisionFilter, 'status'>,
): Promise<readonly DecisionTiming[]> {
  const rows = await page(db, { ...filter, status: 'answered' })
    .select([
      'd.id as id',
      'd.policy as policy',
      'd.decided_in_micros as decidedInMicros',
      'o.latency_ms as latencyMs',
      'o.first_content_ms as firstContentMs',
      countedModel.as('model'),
    ])
    .execute()
  const attempts = await spansOf(
    db,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => ({
    id: row.id as DecisionId,
    policy: row.policy,
    model: row.model as ModelId | null,
    decidedInMicros: Number(row.decidedInMicros),
    latencyMs: Number(row.latencyMs),
    firstContentMs: row.firstContentMs === null ? null : Number(row.firstContentMs),
    attempts: attempts.get(row.id) ?? [],
  }))
}

type Spans = DecisionTiming['attempts']

async function spansOf(
  db: Kysely<Tables>,
  decisions: readonly string[],
): Promise<ReadonlyMap<string, Spans>> {
  const spans = new Map<string, Spans[number][]>()
  for (const ids of chunks(decisions)) {
    const rows = db
      .selectFrom('attempts')
      .select(['decision', 'started_after_ms', 'ended_after_ms'])
      .where('decision', 'in', ids)
    for (const row of await rows.execute()) {
      const span = {
        startedAfterMs: Number(row.started_after_ms),
        endedAfterMs: Number(row.ended_after_ms),
      }
      const list = spans.get(row.decision)
      if (list) list.push(span)
      else spans.set(row.decision, [span])
    }
  }
  return spans
}

export async function listCosts(
  db: Kysely<Tables>,
  filter: DecisionFilter,
): Promise<readonly DecisionCost[]> {
  const rows = await page(db, filter)
    .select([
      'd.id as id',
      'd.time as time',
      'd.session as session',
      'd.experiment as experiment',
      'd.arm as arm',
      'd.unit as unit',
      'd.candidates as candidates',
      sql<string | null>`o.status`.as('status'),
      sql<number | string | null>`o.micro_usd`.as('cost'),
    ])
    .execute()
  return rows.map((row) => ({
    decision: {
      id: row.id as DecisionId,
      time: row.time,
      candidates: JSON.parse(row.candidates) as Decision['candidates'],
      ...(row.session !== null && { caller: { session: row.session } }),
      ...experimentOf(row),
    },
    outcome:
      row.status === null
        ? null
        : {
            status: row.status as Outcome['status'],
            cost: row.cost === null ? null : (Number(row.cost) as MicroUsd),
          },
  }))
}
