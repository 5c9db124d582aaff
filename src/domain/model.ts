import type { Brand } from './brand.ts'

/** `vendor/name`, as in `openai/gpt-5-mini`. */
export type ModelId = Brand<string, 'ModelId'>

export const modelId = (text: string): ModelId => text as ModelId

/** Dollars per million tokens, or `unknown`. */
export type Price = number | 'unknown'

/**
 * Prices of a model, all in dollars per million tokens.
 * A vendor that has no price for cached reads or cache writes bills them as plain input: then both equal `input`.
 */
export type Prices = {
  readonly input: Price
  readonly cachedRead: Price
  readonly cacheWrite: Price
  /** Of what is kept for an hour; absent: as `cacheWrite`. */
  readonly longCacheWrite?: Price
  readonly output: Price
}

/** What a request may need of a model. */
export type Capability = 'tools' | 'images' | 'files' | 'audio' | 'json-schema' | 'logprobs' | 'reasoning'

/**
 * Published benchmark scores, each a share in [0, 1]. The names say what was measured; the catalogue holds the source of each.
 * They are what places a model that no outcome data has seen.
 */
export const benchmarks = [
  'mmlu-pro',
  'gpqa-diamond',
  'math',
  'human-eval',
  'mmlu',
  'gsm8k',
  'live-code-bench',
  'ifeval',
  'bfcl',
] as const
export type Benchmark = (typeof benchmarks)[number]

/** Expected speed of a model, for latency estimates until a target has been observed. */
export type Speed = { readonly firstTokenMs: number; readonly tokensPerSecond: number }

/** A catalogue entry. */
export type Model = {
  readonly id: ModelId
  /** The model's name at its vendor, as it goes on the wire. */
  readonly vendorName: string
  readonly vendor: string
  readonly prices: Prices
  /** Tokens of prompt and answer together. */
  readonly contextWindow: number
  readonly maxOutputTokens: number
  readonly capabilities: ReadonlySet<Capability>
  readonly benchmarks: Readonly<Partial<Record<Benchmark, number>>>
  /** How far it meets criteria of the user's own (helpfulness, harmlessness), each from 0 to 1. */
  readonly criteria?: Readonly<Record<string, number>>
  readonly speed: Speed
  /** Mean number of output tokens relative to a plain chat model's: reasoning models write more. */
  readonly verbosity: number
  /** True of the models that Fairlead itself simulates: every answer of theirs says so. */
  readonly simulated: boolean
}
