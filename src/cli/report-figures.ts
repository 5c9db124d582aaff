import type { Model } from '../domain/model.ts'
import { type EscalationRate, escalationRate } from '../strategies/answers/escalation-rate.ts'
import type { ReportRow, Store, StoredDecision } from '../storage/store.ts'

export type Report = {
  /** ISO 8601; `null`: from the beginning. */
  readonly since: string | null
  readonly rows: readonly ReportRow[]
  readonly totals: Totals
  readonly dearest: DearestEstimate | null
  /** Of policies that asked models before they decided, the last decisions of each. */
  readonly escalations: readonly PolicyEscalation[]
  readonly decisions: readonly StoredDecision[]
}

export type PolicyEscalation = EscalationRate & { readonly policy: string }

export type Totals = Pick<
  ReportRow,
  'decisions' | 'answered' | 'failed' | 'fallbacks' | 'inputTokens' | 'outputTokens' | 'microUsd' | 'unpriced'
>

/** What the traffic whose costs are known would have cost, had the dearest model answered it with as many tokens. */
export type DearestEstimate = {
  readonly model: string
  readonly estimatedUsd: number
  /** What that traffic did cost, and how many decisions it was. */
  readonly usd: number
  readonly decisions: number
}

type ReportQuery = { readonly since: string | null; readonly decisions: number }

export async function readReport(
  store: Store,
  { since, decisions }: ReportQuery,
  models: readonly Model[],
): Promise<Report> {
  const rows = await store.report({ since, policy: null })
  return {
    since,
    rows,
    totals: totalsOf(rows),
    dearest: dearestEstimate(rows, models),
    escalations: await escalationsOf(store, rows, since),
    decisions: decisions === 0 ? [] : await store.decisions({ since, policy: null, limit: decisions }),
  }
}

/** Decisions of each policy that are looked into. */
const mostTraces = 1_000
/** Where more than this share go on past the first model, its signal of confidence tells little. */
const escalationLimit = 0.6

async function escalationsOf(
  store: Store,
  rows: readonly ReportRow[],
  since: string | null,
): Promise<readonly PolicyEscalation[]> {
  const found: PolicyEscalation[] = []
  for (const policy of new Set(rows.map((row) => row.policy))) {
    const last = await store.decisions({ since, policy, limit: mostTraces })
    const rate = escalationRate(
      last.map(({ decision }) => decision.trace),
      escalationLimit,
    )
    if (rate.asked > 0) found.push({ policy, ...rate })
  }
  return found
}

function totalsOf(rows: readonly ReportRow[]): Totals {
  const sum = (field: keyof Totals) => rows.reduce((total, row) => total + row[field], 0)
  return {
    decisions: sum('decisions'),
    answered: sum('answered'),
    failed: sum('failed'),
    fallbacks: sum('fallbacks'),
    inputTokens: sum('inputTokens'),
    outputTokens: sum('outputTokens'),
    microUsd: sum('microUsd'),
    unpriced: sum('unpriced'),
  }
}

/**
 * input tokens * input price + output tokens * output price, at the dearest model's prices, over the rows whose costs are
 * all known, so that both sides count the same traffic. Caching and the other model's own verbosity are left out.
 * Real traffic is compared with real models, simulated traffic with simulated ones.
 */
function dearestEstimate(rows: readonly ReportRow[], models: readonly Model[]): DearestEstimate | null {
  const simulated = new Set<string>(models.flatMap((model) => (model.simulated ? [model.id] : [])))
  const priced = rows.filter((row) => row.unpriced === 0 && row.answered > 0)
  const real = priced.filter(({ model }) => !simulated.has(model))
  const traffic = totalsOf(real.length > 0 ? real : priced)
  const costs = models
    .filter(({ id }) => simulated.has(id) === (real.length === 0))
    .flatMap(({ id, prices: { input, output } }) =>
      input === 'unknown' || output === 'unknown'
        ? []
        : [{ model: id, estimatedUsd: (traffic.inputTokens * input + traffic.outputTokens * output) / 1e6 }],
    )
  const [first, ...others] = costs
  if (first === undefined || priced.length === 0) return null
  const dearest = others.reduce((most, cost) => (cost.estimatedUsd > most.estimatedUsd ? cost : most), first)
  return { ...dearest, usd: traffic.microUsd / 1e6, decisions: traffic.decisions }
}
