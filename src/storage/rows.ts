import type { Usage } from '../domain/answer.ts'
import type { Attempt, AttemptOutcome } from '../domain/attempt.ts'
import type { Decision, DecisionId, Outcome } from '../domain/decision.ts'
import type { FailureKind } from '../domain/failure.ts'
import { type ModelId, modelId } from '../domain/model.ts'
import type { MicroUsd } from '../domain/money.ts'
import type { AttemptRow, DecisionRow, OutcomeRow } from './tables.ts'

export function decisionRow(decision: Decision): DecisionRow {
  return {
    id: storable(decision.id),
    time: decision.time,
    policy: storable(decision.policy),
    policy_version: decision.policyVersion,
    strategy: decision.strategy,
    asked_model: storable(decision.askedModel),
    query_hash: decision.queryHash,
    seed: storable(decision.seed),
    chosen: decision.chosen,
    propensity: decision.propensity,
    because: storable(decision.because),
    decided_in_micros: decision.decidedInMicros,
    signals: JSON.stringify(decision.signals),
    objective: JSON.stringify(decision.objective),
    candidates: JSON.stringify(decision.candidates),
    refused: JSON.stringify(decision.refused),
    trace: JSON.stringify(decision.trace),
  }
}

export function decisionOf(row: DecisionRow): Decision {
  return {
    id: row.id as DecisionId,
    time: row.time,
    policy: row.policy,
    policyVersion: row.policy_version,
    strategy: row.strategy,
    askedModel: row.asked_model,
    queryHash: row.query_hash,
    seed: row.seed,
    chosen: modelOrNull(row.chosen),
    propensity: Number(row.propensity),
    because: row.because,
    decidedInMicros: Number(row.decided_in_micros),
    signals: JSON.parse(row.signals) as Decision['signals'],
    objective: JSON.parse(row.objective) as Decision['objective'],
    candidates: JSON.parse(row.candidates) as Decision['candidates'],
    refused: JSON.parse(row.refused) as Decision['refused'],
    trace: JSON.parse(row.trace) as Decision['trace'],
  }
}

export function outcomeRow(outcome: Outcome): OutcomeRow {
  return {
    decision: storable(outcome.decision),
    status: outcome.status,
    model: outcome.model,
    failure: outcome.failure,
    input_tokens: sum(outcome.attempts, ({ usage }) => usage.inputTokens),
    output_tokens: sum(outcome.attempts, ({ usage }) => usage.outputTokens),
    micro_usd: outcome.cost,
    latency_ms: outcome.latencyMs,
    first_content_ms: outcome.firstContentMs,
  }
}

export function outcomeOf(row: OutcomeRow, attempts: readonly AttemptRow[]): Outcome {
  return {
    decision: row.decision as DecisionId,
    status: row.status as Outcome['status'],
    model: modelOrNull(row.model),
    failure: row.failure as FailureKind | null,
    attempts: attempts.map(attemptOf),
    cost: numberOrNull(row.micro_usd) as MicroUsd | null,
    latencyMs: Number(row.latency_ms),
    firstContentMs: numberOrNull(row.first_content_ms),
  }
}

export function attemptRow(decision: DecisionId, attempt: Attempt, position: number): AttemptRow {
  const { usage } = attempt
  return {
    decision: storable(decision),
    position,
    model: attempt.model,
    target: storable(attempt.target),
    started_after_ms: attempt.startedAfterMs,
    first_content_after_ms: attempt.firstContentAfterMs,
    ended_after_ms: attempt.endedAfterMs,
    input_tokens: usage.inputTokens,
    cached_read_tokens: usage.cachedReadTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    output_tokens: usage.outputTokens,
    reasoning_tokens: usage.reasoningTokens,
    usage_source: usage.source,
    micro_usd: attempt.cost,
    lost: attempt.lost ? JSON.stringify(attempt.lost) : null,
    ...attemptOutcomeColumns(attempt.outcome),
  }
}

type AttemptOutcomeColumns = Pick<AttemptRow, 'finish' | 'failure' | 'message' | 'vendor_status'>

function attemptOutcomeColumns(outcome: AttemptOutcome): AttemptOutcomeColumns {
  return outcome.kind === 'answered'
    ? { finish: storable(outcome.finish), failure: null, message: null, vendor_status: null }
    : {
        finish: null,
        failure: outcome.failure,
        message: storable(outcome.message),
        vendor_status: outcome.vendorStatus,
      }
}

function attemptOf(row: AttemptRow): Attempt {
  return {
    model: modelId(row.model),
    target: row.target,
    startedAfterMs: Number(row.started_after_ms),
    firstContentAfterMs: numberOrNull(row.first_content_after_ms),
    endedAfterMs: Number(row.ended_after_ms),
    usage: {
      inputTokens: Number(row.input_tokens),
      cachedReadTokens: Number(row.cached_read_tokens),
      cacheWriteTokens: Number(row.cache_write_tokens),
      outputTokens: Number(row.output_tokens),
      reasoningTokens: Number(row.reasoning_tokens),
      source: row.usage_source as Usage['source'],
    },
    cost: numberOrNull(row.micro_usd) as MicroUsd | null,
    ...(row.lost !== null && { lost: JSON.parse(row.lost) as readonly string[] }),
    outcome:
      row.failure === null
        ? { kind: 'answered', finish: row.finish ?? '' }
        : {
            kind: 'failed',
            failure: row.failure as FailureKind,
            message: row.message ?? '',
            vendorStatus: numberOrNull(row.vendor_status),
          },
  }
}

const modelOrNull = (text: string | null): ModelId | null => (text === null ? null : modelId(text))

// PostgreSQL's driver returns 64-bit integers as text.
const numberOrNull = (value: number | string | null): number | null => (value === null ? null : Number(value))

const sum = <T>(list: readonly T[], of: (member: T) => number): number =>
  list.reduce((total, member) => total + of(member), 0)

// Clients write some of these texts. A NUL ends a text in SQLite and is refused by PostgreSQL, as are lone surrogates.
function storable<T extends string>(text: T): string {
  return text.replace(/\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD')
}
