/** What a policy's cache may do; as the configuration has it, with everything filled in. */

/**
 * Who may be given an answer: the holder of the key that it was made with, the keys of its team, or everybody who may use the same
 * models.
 */
export type CacheScope = 'key' | 'team' | 'shared'

export type ExactRules = {
  readonly seconds: number
  readonly scope: CacheScope
  /** Of one stored answer; a larger one is not stored. */
  readonly maxBytes: number
  /** Answers that call tools are stored too. */
  readonly toolCalls: boolean
  /** Requests that ask for chance (a temperature above 0) are answered from the cache too. */
  readonly anyTemperature: boolean
  /** How long an equal request waits for the answer of the first, and how many may wait for one. */
  readonly waitMs: number
  readonly maxWaiters: number
}

export type SemanticRules = {
  readonly seconds: number
  readonly scope: CacheScope
  readonly maxBytes: number
  /** Cosine of two prompts' vectors, from which on they may mean the same. */
  readonly similarity: number
  /** `words`: what the guard says of every word must agree; `facts`: numbers, names, negations and opposites. */
  readonly guard: 'words' | 'facts'
  readonly maxTemperature: number
  /** The share of hits that a model answers all the same, so that false hits are counted. */
  readonly verify: number
  /** The share of false hits at which the policy's semantic cache turns itself off. */
  readonly maxFalseHits: number
  /** Prompts that are remembered for one tenant, system prompt and set of tools. */
  readonly maxEntries: number
}

/** Either, or both: the exact cache is asked first. */
export type CacheRules = { readonly exact: ExactRules | null; readonly semantic: SemanticRules | null }

/** What a client says of the cache: `off` leaves it out altogether, `refresh` asks a model and stores what it says. */
export type CacheWish = { readonly cache?: 'off' | 'refresh' | null }
