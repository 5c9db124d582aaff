/** The tables as Kysely sees them. Column types are chosen so that SQLite and PostgreSQL mean the same by them. */
export type Tables = {
  schema_version: { version: number }
  decisions: DecisionRow
  outcomes: OutcomeRow
  attempts: AttemptRow
  state: StateRow
  kept_replies: KeptReplyRow
}

export type DecisionRow = {
  id: string
  time: string
  policy: string
  policy_version: string
  strategy: string
  asked_model: string
  query_hash: string
  seed: string
  chosen: string | null
  propensity: number
  because: string
  decided_in_micros: number
  signals: string
  objective: string
  candidates: string
  refused: string
  trace: string
}

export type OutcomeRow = {
  decision: string
  status: string
  model: string | null
  failure: string | null
  /** Sums over the attempts, so that a report need not read them. */
  input_tokens: number
  output_tokens: number
  micro_usd: number | null
  latency_ms: number
  first_content_ms: number | null
}

export type AttemptRow = {
  decision: string
  position: number
  model: string
  target: string
  started_after_ms: number
  first_content_after_ms: number | null
  ended_after_ms: number
  input_tokens: number
  cached_read_tokens: number
  cache_write_tokens: number
  output_tokens: number
  reasoning_tokens: number
  usage_source: string
  micro_usd: number | null
  /** Of an attempt that answered; `null` where it failed. */
  finish: string | null
  failure: string | null
  message: string | null
  vendor_status: number | null
  /** A list of texts as JSON. */
  lost: string | null
}

/** What a gateway has learnt, a row for each kind. */
export type KeptReplyRow = {
  id: string
  previous: string | null
  kept_at: string
  expires_at: string
  value: string
}

export type StateRow = {
  kind: string
  saved_at: string
  value: string
}

// The columns in the order in which their values are bound.

export const decisionColumns = [
  'id',
  'time',
  'policy',
  'policy_version',
  'strategy',
  'asked_model',
  'query_hash',
  'seed',
  'chosen',
  'propensity',
  'because',
  'decided_in_micros',
  'signals',
  'objective',
  'candidates',
  'refused',
  'trace',
] as const satisfies readonly (keyof DecisionRow)[]

export const outcomeColumns = [
  'decision',
  'status',
  'model',
  'failure',
  'input_tokens',
  'output_tokens',
  'micro_usd',
  'latency_ms',
  'first_content_ms',
] as const satisfies readonly (keyof OutcomeRow)[]

export const attemptColumns = [
  'decision',
  'position',
  'model',
  'target',
  'started_after_ms',
  'first_content_after_ms',
  'ended_after_ms',
  'input_tokens',
  'cached_read_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'usage_source',
  'micro_usd',
  'finish',
  'failure',
  'message',
  'vendor_status',
  'lost',
] as const satisfies readonly (keyof AttemptRow)[]
