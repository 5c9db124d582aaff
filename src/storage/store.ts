import type { Attempt, AttemptRole } from '../domain/attempt.ts'
import type { Decision, DecisionId, Outcome } from '../domain/decision.ts'
import type { Feedback } from '../domain/feedback.ts'
import type { ModelId } from '../domain/model.ts'
import type { MicroUsd } from '../domain/money.ts'
import type { Caller, KeyGroup, KeyId, VirtualKey } from '../domain/virtual-key.ts'

export type StoredDecision = { readonly decision: Decision; readonly outcome: Outcome | null }

/** How long a decision that was answered took, and where its time went. */
export type DecisionTiming = Pick<Decision, 'id' | 'policy' | 'decidedInMicros'> &
  Pick<Outcome, 'latencyMs' | 'firstContentMs'> & {
    /** The one that answered. */
    readonly model: ModelId | null
    /** In any order. */
    readonly attempts: readonly Pick<Attempt, 'startedAfterMs' | 'endedAfterMs'>[]
  }

/** What a decision cost, and what its candidates were predicted to cost. */
export type DecisionCost = {
  readonly decision: Pick<Decision, 'id' | 'time' | 'candidates' | 'experiment'> & {
    readonly caller?: Pick<Caller, 'session'>
  }
  readonly outcome: Pick<Outcome, 'status' | 'cost'> | null
}

/** All that is said must hold. Times are ISO 8601, UTC. */
export type DecisionFilter = {
  /** At or after it. */
  readonly since: string | null
  /** Before it. */
  readonly until?: string | null
  readonly policy: string | null
  /** The model that answered, else the chosen one. */
  readonly model?: string | null
  readonly status?: Outcome['status'] | null
  readonly key?: string | null
  readonly team?: string | null
  readonly project?: string | null
  readonly user?: string | null
  readonly tag?: string | null
  readonly session?: string | null
  readonly episode?: string | null
  /** Those with this hash of the prompt. */
  readonly queryHash?: string | null
  /** Id of an experiment that they took part in. */
  readonly experiment?: string | null
  /** Part of an id, a policy's or model's name, or of the reason; upper and lower case alike. */
  readonly text?: string | null
  readonly limit: number
  /** The last one of the page before. */
  readonly after?: { readonly time: string; readonly id: string } | null
}

export const spendGroupings = [
  'day',
  'model',
  'policy',
  'key',
  'team',
  'project',
  'user',
  'tag',
  'vendor',
] as const
export type SpendGrouping = (typeof spendGroupings)[number]

/** What decisions came to. Money in micro-dollars, exact. */
export type ReportSums = {
  readonly decisions: number
  readonly answered: number
  readonly failed: number
  readonly fallbacks: number
  /** Answered from a cache. */
  readonly cached: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly microUsd: number
  /** Decisions whose cost is unknown: they are in no sum. */
  readonly unpriced: number
  readonly meanLatencyMs: number
}

/** One row per policy and answering model. */
export type ReportRow = ReportSums & { readonly policy: string; readonly model: string }

/** One row per value of what is grouped by; `none` where a decision has none. Of several tags a decision counts for each. */
export type SpendRow = ReportSums & { readonly group: string }

/** A row of the ledger: one attempt, with whose it was. */
export type LedgerRow = {
  readonly decision: DecisionId
  readonly position: number
  /** ISO 8601, UTC: when the decision was made. */
  readonly time: string
  readonly policy: string
  readonly key: string | null
  readonly team: string | null
  readonly project: string | null
  readonly user: string | null
  readonly tags: readonly string[]
  readonly model: ModelId
  readonly target: string
  /** What it was made for; `null` for rows from before attempts said it. */
  readonly role: AttemptRole | null
  readonly inputTokens: number
  readonly cachedReadTokens: number
  /** Of both lives; those that are kept for an hour are counted again in `longCacheWriteTokens`. */
  readonly cacheWriteTokens: number
  readonly longCacheWriteTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  readonly usageSource: 'reported' | 'estimated'
  /** Names the prices; `null` for rows from before they had names. */
  readonly prices: string | null
  /** `null`: a price is not known. */
  readonly microUsd: MicroUsd | null
  readonly failure: string | null
}

/** What a gateway has learnt, of one kind, as text. `savedAt`: ISO 8601. */
export type SavedState = { readonly savedAt: string; readonly text: string }

/** An exchange that its client may come back to, by the id that it was told. Times are ISO 8601, UTC. */
export type KeptReply = {
  readonly id: string
  /** The exchange that it goes on from. */
  readonly previous: string | null
  readonly keptAt: string
  readonly expiresAt: string
  readonly text: string
}

/** Something with a history of versions, as text: an experiment, a version of a policy's learnt state. */
export type Document = {
  readonly kind: string
  readonly id: string
  /** Counts from 1 with every change. */
  readonly version: number
  /** ISO 8601, UTC. */
  readonly changedAt: string
  readonly text: string
}

/** What was done with tools and by administrators. Never holds arguments or secrets. */
export type AuditRow = {
  readonly id: string
  /** ISO 8601, UTC. */
  readonly time: string
  readonly kind: 'tool-call' | 'admin'
  /** A key's id, or the name of an admin token. */
  readonly actor: string | null
  /** `server/tool`, or what the administrator did. */
  readonly action: string
  readonly subject: string | null
  readonly ok: boolean
  readonly latencyMs: number | null
  /** JSON. */
  readonly details: string
}

/** Every store passes `store.contract.ts`. */
export type Store = DecisionStore &
  FeedbackStore &
  KeyStore &
  ReplyStore &
  DocumentStore &
  AuditStore & { readonly close: () => Promise<void> }

/** Decisions, outcomes, and the ledger of their attempts. */
export type DecisionStore = {
  /** All or nothing. An outcome may come in a later batch than its decision; a repeated id replaces the earlier row. */
  readonly append: (batch: {
    readonly decisions: readonly Decision[]
    readonly outcomes: readonly Outcome[]
  }) => Promise<void>
  readonly decision: (id: DecisionId) => Promise<StoredDecision | null>
  /** Newest first. */
  readonly decisions: (filter: DecisionFilter) => Promise<readonly StoredDecision[]>
  /** Of those that were answered, newest first. */
  readonly timings: (filter: Omit<DecisionFilter, 'status'>) => Promise<readonly DecisionTiming[]>
  /** Newest first. */
  readonly costs: (filter: DecisionFilter) => Promise<readonly DecisionCost[]>
  /** How many there are, whatever `limit` and `after` say. */
  readonly countDecisions: (filter: DecisionFilter) => Promise<number>
  readonly report: (filter: Omit<DecisionFilter, 'limit' | 'after'>) => Promise<readonly ReportRow[]>
  readonly spending: (
    filter: Omit<DecisionFilter, 'limit' | 'after'>,
    by: SpendGrouping,
  ) => Promise<readonly SpendRow[]>
  /** Newest first. */
  readonly ledger: (filter: DecisionFilter) => Promise<readonly LedgerRow[]>
  /** Forgets decisions before a time (ISO 8601) with all that hangs on them, feedback and audit rows as well; at most `most` of them at one go. How many decisions went. */
  readonly forgetBefore: (time: string, most: number) => Promise<number>
}

export type FeedbackStore = {
  /** All or nothing; a repeated id replaces the earlier row. */
  readonly addFeedback: (rows: readonly Feedback[]) => Promise<void>
  /** All that was said of these decisions themselves, oldest first. */
  readonly feedbackOn: (decisions: readonly DecisionId[]) => Promise<readonly Feedback[]>
  /** All that was said of sessions and episodes by these names, oldest first. */
  readonly feedbackOnSessions: (names: readonly string[]) => Promise<readonly Feedback[]>
  /** Newest first. */
  readonly recentFeedback: (filter: {
    readonly since: string | null
    readonly limit: number
  }) => Promise<readonly Feedback[]>
}

export type KeyStore = {
  /** Takes the place of one with the same id. One that was revoked stays revoked. */
  readonly putKey: (key: VirtualKey) => Promise<void>
  /** By the hash of one of its secrets. Revoked and expired ones are found as well. */
  readonly keyByHash: (hash: string) => Promise<VirtualKey | null>
  readonly key: (id: KeyId) => Promise<VirtualKey | null>
  /** By name. */
  readonly keys: () => Promise<readonly VirtualKey[]>
  readonly putGroup: (group: KeyGroup) => Promise<void>
  readonly groups: () => Promise<readonly KeyGroup[]>
  /** False: there was none. */
  readonly removeGroup: (id: string) => Promise<boolean>
}

export type ReplyStore = {
  /** Takes the place of one with the same id. */
  readonly keepReply: (reply: KeptReply) => Promise<void>
  /** `null`: there is none, or it has expired by `now`. */
  readonly keptReply: (id: string, now: Date) => Promise<KeptReply | null>
  /** False: there was none. */
  readonly forgetReply: (id: string) => Promise<boolean>
  /** How many were forgotten. */
  readonly forgetExpired: (now: Date) => Promise<number>
}

export type DocumentStore = {
  /** Takes the place of what was saved of that kind. */
  readonly saveState: (kind: string, state: SavedState) => Promise<void>
  readonly savedState: (kind: string) => Promise<SavedState | null>
  /** The next version of a document; false: `after` is not its version now (0: there is none), and nothing was changed. */
  readonly putDocument: (document: Document, after: number) => Promise<boolean>
  readonly document: (kind: string, id: string) => Promise<Document | null>
  /** The newest version of each, by id. */
  readonly documents: (kind: string) => Promise<readonly Document[]>
  /** Newest first. */
  readonly documentHistory: (kind: string, id: string, limit: number) => Promise<readonly Document[]>
}

export type AuditStore = {
  readonly addAudit: (rows: readonly AuditRow[]) => Promise<void>
  /** Newest first. */
  readonly audit: (filter: {
    readonly since: string | null
    readonly kind: AuditRow['kind'] | null
    readonly actor: string | null
    readonly limit: number
  }) => Promise<readonly AuditRow[]>
}
