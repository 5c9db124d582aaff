import type { Decision, DecisionId, Outcome } from '../domain/decision.ts'

export type StoredDecision = { readonly decision: Decision; readonly outcome: Outcome | null }

export type DecisionFilter = {
  /** ISO 8601; decisions at or after it. */
  readonly since: string | null
  readonly policy: string | null
  readonly limit: number
}

/** One row per policy and answering model. Money in micro-dollars, exact. */
export type ReportRow = {
  readonly policy: string
  readonly model: string
  readonly decisions: number
  readonly answered: number
  readonly failed: number
  readonly fallbacks: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly microUsd: number
  /** Decisions whose cost is unknown: they are in no sum. */
  readonly unpriced: number
  readonly meanLatencyMs: number
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

/** Where decisions and outcomes are kept. Every store passes `store.contract.ts`. */
export type Store = {
  /** All or nothing. An outcome may come in a later batch than its decision; a repeated id replaces the earlier row. */
  readonly append: (batch: {
    readonly decisions: readonly Decision[]
    readonly outcomes: readonly Outcome[]
  }) => Promise<void>
  readonly decision: (id: DecisionId) => Promise<StoredDecision | null>
  /** Newest first. */
  readonly decisions: (filter: DecisionFilter) => Promise<readonly StoredDecision[]>
  readonly report: (filter: { readonly since: string | null }) => Promise<readonly ReportRow[]>
  /** Takes the place of what was saved of that kind. */
  readonly saveState: (kind: string, state: SavedState) => Promise<void>
  readonly savedState: (kind: string) => Promise<SavedState | null>
  /** Takes the place of one with the same id. */
  readonly keepReply: (reply: KeptReply) => Promise<void>
  /** `null`: there is none, or it has expired by `now`. */
  readonly keptReply: (id: string, now: Date) => Promise<KeptReply | null>
  /** False: there was none. */
  readonly forgetReply: (id: string) => Promise<boolean>
  /** How many were forgotten. */
  readonly forgetExpired: (now: Date) => Promise<number>
  readonly close: () => Promise<void>
}
