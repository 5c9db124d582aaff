import type { Usage } from '../domain/answer.ts'
import { type Attempt, type AttemptOutcome, type AttemptRole, attemptRoles } from '../domain/attempt.ts'
import type { Decision, DecisionId, Outcome } from '../domain/decision.ts'
import type { FailureKind } from '../domain/failure.ts'
import { type ModelId, modelId } from '../domain/model.ts'
import type { MicroUsd } from '../domain/money.ts'
import { type Caller, type KeyId, nobody } from '../domain/virtual-key.ts'
import type { AttemptRow, DecisionRow, DecisionTagRow, OutcomeRow } from './tables.ts'

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
    ...callerColumns(decision.caller),
    cache: decision.cache ?? null,
    experiment: decision.experiment ? storable(decision.experiment.id) : null,
    arm: decision.experiment ? storable(decision.experiment.arm) : null,
    unit: decision.experiment ? storable(decision.experiment.unit) : null,
    features: decision.features ? JSON.stringify(decision.features) : null,
  }
}

type CallerColumns = Pick<
  DecisionRow,
  'caller_key' | 'caller_team' | 'caller_project' | 'caller_user' | 'tags' | 'session' | 'episode'
>

function callerColumns(caller: Caller = nobody): CallerColumns {
  return {
    caller_key: storableOrNull(caller.key),
    caller_team: storableOrNull(caller.team),
    caller_project: storableOrNull(caller.project),
    caller_user: storableOrNull(caller.user),
    tags: caller.tags.length > 0 ? JSON.stringify(caller.tags) : null,
    session: indexableOrNull(caller.session),
    episode: indexableOrNull(caller.episode),
  }
}

/** Each tag once: whoever writes one twice is counted once. */
export function tagRows({ id, caller }: Decision): readonly DecisionTagRow[] {
  if (caller === undefined || caller.tags.length === 0) return []
  const decision = storable(id)
  return [...new Set(caller.tags.map(indexable))].map((tag) => ({ decision, tag }))
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
    ...callerOf(row),
    ...(row.cache !== null && { cache: row.cache as NonNullable<Decision['cache']> }),
    ...experimentOf(row),
    ...(row.features !== null && { features: JSON.parse(row.features) as readonly number[] }),
  }
}

/** Nothing at all where it took part in none. */
export const experimentOf = ({
  id,
  experiment,
  arm,
  unit,
}: Pick<DecisionRow, 'id' | 'experiment' | 'arm' | 'unit'>): Pick<Decision, 'experiment'> =>
  experiment === null ? {} : { experiment: { id: experiment, arm: arm ?? '', unit: unit ?? id } }

/** Nothing at all where nothing is known of the caller. */
function callerOf(row: CallerColumns): { readonly caller?: Caller } {
  const caller: Caller = {
    key: row.caller_key as KeyId | null,
    team: row.caller_team,
    project: row.caller_project,
    user: row.caller_user,
    tags: row.tags === null ? [] : (JSON.parse(row.tags) as readonly string[]),
    session: row.session,
    episode: row.episode,
  }
  const { tags, ...names } = caller
  const known = tags.length > 0 || Object.values(names).some((name) => name !== null)
  return known ? { caller } : {}
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
    variant: attempt.variant ?? null,
    role: attempt.role ?? null,
    long_cache_write_tokens: usage.longCacheWriteTokens ?? null,
    prices: attempt.prices === undefined ? null : storable(attempt.prices),
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
    ...roleField(row),
    startedAfterMs: Number(row.started_after_ms),
    firstContentAfterMs: numberOrNull(row.first_content_after_ms),
    endedAfterMs: Number(row.ended_after_ms),
    usage: {
      inputTokens: Number(row.input_tokens),
      cachedReadTokens: Number(row.cached_read_tokens),
      cacheWriteTokens: Number(row.cache_write_tokens),
      ...(row.long_cache_write_tokens !== null && {
        longCacheWriteTokens: Number(row.long_cache_write_tokens),
      }),
      outputTokens: Number(row.output_tokens),
      reasoningTokens: Number(row.reasoning_tokens),
      source: row.usage_source as Usage['source'],
    },
    cost: numberOrNull(row.micro_usd) as MicroUsd | null,
    ...(row.prices !== null && { prices: row.prices }),
    ...(row.lost !== null && { lost: JSON.parse(row.lost) as readonly string[] }),
    ...(row.variant !== null && { variant: row.variant }),
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

/** Nothing at all where it is not known. */
function roleField({ role }: AttemptRow): Pick<Attempt, 'role'> {
  const known = attemptRoleOf(role)
  return known === null ? {} : { role: known }
}

/** `null` also for a word that this version does not know. */
export const attemptRoleOf = (word: string | null): AttemptRole | null =>
  attemptRoles.find((role) => role === word) ?? null

const modelOrNull = (text: string | null): ModelId | null => (text === null ? null : modelId(text))

// PostgreSQL's driver returns 64-bit integers as text.
export const numberOrNull = (value: number | string | null): number | null =>
  value === null ? null : Number(value)

const sum = <T>(list: readonly T[], of: (member: T) => number): number =>
  list.reduce((total, member) => total + of(member), 0)

// Clients write some of these texts. A NUL ends a text in SQLite and is refused by PostgreSQL, as are lone surrogates.
export const storable = (text: string): string =>
  text.replace(/\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD')

/** Longer ones do not fit into an index of PostgreSQL's, which takes 2,704 bytes. */
const longestName = 512

/** A text that an index is over, and clients may make as long as they like. What it is searched by is cut alike. */
export const indexable = (text: string): string => storable(text.slice(0, longestName))

const indexableOrNull = (text: string | null): string | null => (text === null ? null : indexable(text))

export const storableOrNull = (text: string | null): string | null => (text === null ? null : storable(text))
