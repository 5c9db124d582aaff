/** Whether a change of model pays for what it costs: a cache that is left, and a hand-over. */

import { type Candidate, expectedUsd } from '../../domain/candidate.ts'
import type { SessionFacts } from '../../domain/strategy.ts'

export type SwitchRules = {
  /** Requests that the new model is expected to be asked before it is left again. */
  readonly turnsAhead: number
  /** Quality that is lost once, for another's tool habits, tokenizer and thoughts that don't come along. */
  readonly handOff: number
  /** What a change must be worth beyond its cost, per request, in units of quality. */
  readonly margin: number
}

export type SwitchCase = {
  /** Value that the change brings, per request, all costs counted; below 0 it loses. */
  readonly gain: number
  /** Dollars that it costs once, beyond what staying would. */
  readonly penaltyUsd: number
  /** Requests after which the money is back; infinity: never, for the other is the dearer one. */
  readonly breakEven: number
}

/**
 * Of L prompt tokens the session's model has L0 in its cache, read at r0; whoever comes new writes all L at W1, and reads them
 * at r1 from then on (algorithms of prompt caches: one-time penalty of going = (W1 - r1) L, less what staying would write,
 * (W0 - r0) (L - L0), and what coming back would write, (W0 - r0) L, as likely as that is). With the running costs c0 and c1 per request the money is back after
 *
 *     N* = penalty / (c0 - c1)        requests, and over N of them each gains
 *
 *     better + lambda (c0 - c1) - (lambda penalty + hand-off) / N.
 *
 * `better` is what the change brings in quality. Dollars are the candidates' own: cost estimates that know of the cache have this request's part of the penalty in them.
 */
export function switchCase(
  stay: Candidate,
  go: Candidate,
  session: SessionFacts,
  promptTokens: number,
  value: { readonly lambda: number; readonly better: number },
  { turnsAhead, handOff }: SwitchRules,
): SwitchCase {
  const once = (candidate: Candidate, warm: number): number => cacheFillUsd(candidate, promptTokens - warm)
  // Without a cache nothing is paid for leaving one.
  const warm = Math.min(session.warmTokens, promptTokens)
  const cached = warm > 0
  const goOnce = cached ? once(go, 0) : 0
  const stayOnce = cached ? once(stay, warm) : 0
  const comingBack = cached ? once(stay, 0) * returnShare(session.switches) : 0
  const penaltyUsd = goOnce - stayOnce + comingBack
  const saving = expectedUsd(stay) - stayOnce - (expectedUsd(go) - goOnce)
  // With money no object an unknown price does not matter, and times 0 it would be NaN.
  const money = value.lambda === 0 ? 0 : value.lambda * (saving - penaltyUsd / turnsAhead)
  const gain = value.better + money - handOff / turnsAhead
  return {
    gain: Number.isNaN(gain) ? Number.NEGATIVE_INFINITY : gain,
    penaltyUsd,
    breakEven: saving > 0 ? Math.max(0, penaltyUsd / saving) : Number.POSITIVE_INFINITY,
  }
}

/** The chance of coming back, to a cache that has gone cold by then: the more often the model has changed, the likelier. */
const returnShare = (switches: number): number => switches / (switches + 2)

/** Dollars by which a token that is not in the cache is dearer than one that is; 0 where a price is not known. */
function cacheFillUsd({ model }: Candidate, tokens: number): number {
  const { input, cachedRead, cacheWrite } = model.prices
  if (input === 'unknown' || cachedRead === 'unknown' || cacheWrite === 'unknown') return 0
  return (Math.max(0, Math.max(cacheWrite, input) - cachedRead) * Math.max(0, tokens)) / 1e6
}

/** `pays after 2.4 requests of 6`. */
export const saidOfSwitch = ({ penaltyUsd, breakEven }: SwitchCase, { turnsAhead }: SwitchRules): string =>
  penaltyUsd <= 0
    ? 'no cache is lost by it'
    : Number.isFinite(breakEven)
      ? `its $${penaltyUsd.toFixed(4)} once are back after ${breakEven.toFixed(1)} of ${turnsAhead} requests`
      : `it costs $${penaltyUsd.toFixed(4)} once and saves nothing`
