/** The tables as Kysely sees them. Column types are chosen so that SQLite and PostgreSQL mean the same by them. */
export type Tables = {
  schema_version: { version: number }
  decisions: DecisionRow
  outcomes: OutcomeRow
  attempts: AttemptRow
  decision_tags: DecisionTagRow
  feedback: FeedbackRow
  virtual_keys: VirtualKeyRow
  key_secrets: KeySecretRow
  key_groups: KeyGroupRow
  documents: DocumentRow
  audit: AuditTableRow
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
  caller_key: string | null
  caller_team: string | null
  caller_project: string | null
  caller_user: string | null
  /** A list of texts as JSON, so that a decision is read from one row; `decision_tags` is what is searched. */
  tags: string | null
  session: string | null
  episode: string | null
  cache: string | null
  experiment: string | null
  arm: string | null
  unit: string | null
  /** A list of numbers as JSON. */
  features: string | null
}

/** Each tag of a decision, once. */
export type DecisionTagRow = { decision: string; tag: string }

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
  /** `null`: the request went as the client wrote it. */
  variant: string | null
  /** What it was made for; `null`: it is not known. */
  role: string | null
  /** Those of `cache_write_tokens` that are kept for an hour; `null`: it is not known. */
  long_cache_write_tokens: number | null
  /** Names the price version. */
  prices: string | null
}

export type FeedbackRow = {
  id: string
  about_kind: string
  /** Id of a decision, or a session's or episode's name. */
  about: string
  at: string
  source: string
  metric: string
  score: number | null
  comment: string | null
  correction: string | null
  author: string
}

/** What a key or a group may use, and its limits: JSON, `null` as JSON too. */
type AccessColumns = {
  policies: string
  models: string
  tools: string
  spend_limits: string
  rate_limits: string
}

export type VirtualKeyRow = AccessColumns & {
  id: string
  name: string
  /** `group` is a word of SQL's. */
  key_group: string | null
  key_user: string | null
  tags: string
  created_at: string
  expires_at: string | null
  revoked_at: string | null
}

export type KeySecretRow = {
  hash: string
  virtual_key: string
  position: number
  hint: string
  expires_at: string | null
}

export type KeyGroupRow = AccessColumns & {
  id: string
  kind: string
  name: string
  team: string | null
  created_at: string
}

/** Every version of a document that is still kept. */
export type DocumentRow = { kind: string; id: string; version: number; changed_at: string; value: string }

export type AuditTableRow = {
  id: string
  time: string
  kind: string
  actor: string | null
  action: string
  subject: string | null
  /** 0 or 1. */
  ok: number
  latency_ms: number | null
  details: string
}

export type KeptReplyRow = {
  id: string
  previous: string | null
  kept_at: string
  expires_at: string
  value: string
}

/** What a gateway has learnt, a row for each kind. */
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
  'caller_key',
  'caller_team',
  'caller_project',
  'caller_user',
  'tags',
  'session',
  'episode',
  'cache',
  'experiment',
  'arm',
  'unit',
  'features',
] as const satisfies readonly (keyof DecisionRow)[]

export const tagColumns = ['decision', 'tag'] as const satisfies readonly (keyof DecisionTagRow)[]

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
  'variant',
  'role',
  'long_cache_write_tokens',
  'prices',
] as const satisfies readonly (keyof AttemptRow)[]
