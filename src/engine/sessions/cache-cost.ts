import type { Candidate } from '../../domain/candidate.ts'
import type { Prices } from '../../domain/model.ts'

/** What a session's cache holds: `tokens` of the prompt, on one model, if its vendor is to be relied on (0 to 1). */
export type Warmth = { readonly tokens: number; readonly reliability: number }

/**
 * A candidate whose cost knows of the cache: of L prompt tokens, h·w are read from it at the price r, and the rest are
 * written at W, the price of a cache write where that is above plain input:
 *
 *   cost + h · (W - p) · (L - w) / 10^6 - h · (p - r) · w / 10^6,    p: the price of plain input
 *
 * For the session's model w are its warm tokens, for any other w = 0: the difference is what a switch costs this turn.
 */
export function withCacheCost(
  candidate: Candidate,
  promptTokens: number,
  warm: Warmth,
  isSessionModel: boolean,
): Candidate {
  const { cost, model } = candidate
  if (cost.kind === 'unknown') return candidate
  const prices = numbers(model.prices)
  if (prices === null) return candidate
  const tokens = isSessionModel ? warm.tokens : 0
  const writing = Math.max(0, prices.cacheWrite - prices.input) * (promptTokens - tokens)
  const reading = Math.max(0, prices.input - prices.cachedRead) * tokens
  const mean = Math.max(0, cost.usd.mean + (warm.reliability * (writing - reading)) / 1e6)
  return { ...candidate, cost: { kind: 'known', usd: { ...cost.usd, mean } } }
}

function numbers({ input, cachedRead, cacheWrite }: Prices) {
  return input === 'unknown' || cachedRead === 'unknown' || cacheWrite === 'unknown'
    ? null
    : { input, cachedRead, cacheWrite }
}
