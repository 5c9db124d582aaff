import type { DecisionId } from '../../domain/decision.ts'
import { usdOf } from '../../domain/money.ts'
import type { DecisionFilter, LedgerRow, StoredDecision } from '../../storage/store.ts'
import {
  type AdminAnswer,
  type AdminCall,
  type AdminParts,
  type AdminRequest,
  notFound,
  param,
  value,
} from './call.ts'
import { csvLine } from './csv.ts'
import { cursorText, decisionFilter, mostRows } from './filter.ts'

export const decisionCalls = (parts: AdminParts): readonly AdminCall[] => {
  const { store, clock } = parts
  const filterOf = (request: AdminRequest): DecisionFilter => decisionFilter(request, clock.wall())
  return [
    {
      method: 'GET',
      path: '/decisions',
      run: async (request) => {
        const filter = filterOf(request)
        const found = await store.decisions(filter)
        const counted = request.query.count === 'true' ? { total: await store.countDecisions(filter) } : {}
        return value({ decisions: found.map(decisionLine), next: nextPage(found, filter), ...counted })
      },
    },
    {
      method: 'GET',
      path: '/decisions/:id',
      run: async (request) => {
        const id = param(request, 'id') as DecisionId
        const found = await store.decision(id)
        if (found === null) throw notFound('decision', id)
        return value(await wholeStory(parts, found))
      },
    },
    {
      method: 'GET',
      path: '/export/decisions',
      run: async (request) => exported(request, decisionPages(parts, filterOf(request)), decisionColumns),
    },
    {
      method: 'GET',
      path: '/ledger',
      run: async (request) => {
        const filter = filterOf(request)
        const rows = await store.ledger(filter)
        return value({ rows, next: ledgerNext(rows, filter) })
      },
    },
    {
      method: 'GET',
      path: '/export/ledger',
      run: async (request) => exported(request, ledgerPages(parts, filterOf(request)), ledgerColumns),
    },
  ]
}

/** Everything that is known of one request. */
export async function wholeStory(
  { store }: Pick<AdminParts, 'store'>,
  { decision, outcome }: StoredDecision,
) {
  const { caller } = decision
  const names = [caller?.session, caller?.episode].filter((name) => name != null)
  const feedback = [
    ...(await store.feedbackOn([decision.id])),
    ...(names.length === 0 ? [] : await store.feedbackOnSessions(names)),
  ]
  return { decision, outcome, feedback }
}

/** A decision in a list: what a table shows of it. */
export function decisionLine({ decision, outcome }: StoredDecision) {
  const chosen = decision.candidates.find(({ id }) => id === decision.chosen)
  const { signals, caller = null } = decision
  return {
    id: decision.id,
    time: decision.time,
    policy: decision.policy,
    strategy: decision.strategy,
    askedModel: decision.askedModel,
    taskType: signals.taskType,
    complexity: signals.complexity,
    inputTokens: signals.inputTokens,
    chosen: decision.chosen,
    model: outcome?.model ?? decision.chosen,
    because: decision.because,
    quality: chosen?.quality ?? null,
    propensity: decision.propensity,
    status: outcome?.status ?? null,
    failure: outcome?.failure ?? null,
    usd: outcome?.cost == null ? null : usdOf(outcome.cost),
    latencyMs: outcome?.latencyMs ?? null,
    firstContentMs: outcome?.firstContentMs ?? null,
    attempts: outcome?.attempts.length ?? 0,
    fallback: outcome !== null && outcome.model !== null && outcome.model !== decision.chosen,
    cache: decision.cache ?? null,
    experiment: decision.experiment ?? null,
    caller,
  }
}
export type DecisionLine = ReturnType<typeof decisionLine>

function nextPage(found: readonly StoredDecision[], { limit }: DecisionFilter): string | null {
  const last = found.at(-1)
  return last === undefined || found.length < limit ? null : cursorText(last.decision)
}

function ledgerNext(rows: readonly LedgerRow[], { limit }: DecisionFilter): string | null {
  const last = rows.at(-1)
  return last === undefined || rows.length < limit ? null : cursorText({ time: last.time, id: last.decision })
}

async function* decisionPages({ store }: AdminParts, filter: DecisionFilter): AsyncGenerator<DecisionLine> {
  let after = filter.after ?? null
  for (;;) {
    const page = await store.decisions({ ...filter, limit: mostRows, after })
    for (const one of page) yield decisionLine(one)
    const last = page.at(-1)
    if (last === undefined || page.length < mostRows) return
    after = last.decision
  }
}

async function* ledgerPages({ store }: AdminParts, filter: DecisionFilter): AsyncGenerator<LedgerRow> {
  let after = filter.after ?? null
  for (;;) {
    const page = await store.ledger({ ...filter, limit: mostRows, after })
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < mostRows) return
    after = { time: last.time, id: last.decision }
  }
}

type Columns<Row> = Readonly<Record<string, (row: Row) => string | number | null>>

const decisionColumns: Columns<DecisionLine> = {
  id: ({ id }) => id,
  time: ({ time }) => time,
  policy: ({ policy }) => policy,
  model: ({ model }) => model,
  chosen: ({ chosen }) => chosen,
  task_type: ({ taskType }) => taskType,
  status: ({ status }) => status,
  failure: ({ failure }) => failure,
  usd: ({ usd }) => usd,
  latency_ms: ({ latencyMs }) => latencyMs,
  predicted_quality: ({ quality }) => quality?.mean ?? null,
  propensity: ({ propensity }) => propensity,
  attempts: ({ attempts }) => attempts,
  cache: ({ cache }) => cache,
  key: ({ caller }) => caller?.key ?? null,
  team: ({ caller }) => caller?.team ?? null,
  project: ({ caller }) => caller?.project ?? null,
  user: ({ caller }) => caller?.user ?? null,
  tags: ({ caller }) => caller?.tags.join(' ') ?? null,
  session: ({ caller }) => caller?.session ?? null,
  because: ({ because }) => because,
}

const ledgerColumns: Columns<LedgerRow> = {
  decision: ({ decision }) => decision,
  position: ({ position }) => position,
  time: ({ time }) => time,
  policy: ({ policy }) => policy,
  key: ({ key }) => key,
  team: ({ team }) => team,
  project: ({ project }) => project,
  user: ({ user }) => user,
  tags: ({ tags }) => tags.join(' '),
  model: ({ model }) => model,
  target: ({ target }) => target,
  role: ({ role }) => role,
  input_tokens: ({ inputTokens }) => inputTokens,
  cached_read_tokens: ({ cachedReadTokens }) => cachedReadTokens,
  cache_write_tokens: ({ cacheWriteTokens }) => cacheWriteTokens,
  long_cache_write_tokens: ({ longCacheWriteTokens }) => longCacheWriteTokens,
  output_tokens: ({ outputTokens }) => outputTokens,
  reasoning_tokens: ({ reasoningTokens }) => reasoningTokens,
  usage_source: ({ usageSource }) => usageSource,
  prices: ({ prices }) => prices,
  micro_usd: ({ microUsd }) => microUsd,
  failure: ({ failure }) => failure,
}

/** JSON Lines, or CSV with `?format=csv`. */
function exported<Row>(
  { query }: AdminRequest,
  rows: AsyncIterable<Row>,
  columns: Columns<Row>,
): AdminAnswer {
  return query.format === 'csv'
    ? { kind: 'lines', type: 'text/csv', lines: csv(rows, columns) }
    : { kind: 'lines', type: 'application/x-ndjson', lines: jsonLines(rows) }
}

async function* jsonLines<Row>(rows: AsyncIterable<Row>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`
}

async function* csv<Row>(rows: AsyncIterable<Row>, columns: Columns<Row>): AsyncGenerator<string> {
  yield csvLine(Object.keys(columns))
  const cells = Object.values(columns)
  for await (const row of rows) yield csvLine(cells.map((cell) => cell(row)))
}
