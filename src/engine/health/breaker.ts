/**
 * A circuit breaker. Closed: calls pass. Open: none should, until a deadline. Half-open, when the deadline has passed: one
 * call probes; if it succeeds the breaker closes, if it fails the breaker opens again, for longer.
 */

import { clearWindow, countBad, countGood, openWindow, type OutcomeWindow, totals } from './outcome-window.ts'

export type BreakerRules = {
  /** Failures that are let pass, in a row or within the window; the next one opens. */
  readonly allowedFails: number
  readonly windowMs: number
  /** The share of calls within the window that must have failed, where the failures were not in a row. */
  readonly failureShare: number
  /** How long it stays open at first; twice as long after every probe that fails, up to `maxCooldownMs`. */
  readonly cooldownMs: number
  readonly maxCooldownMs: number
}

export type Breaker = {
  rules: BreakerRules
  /** When it left the closed state. */
  openedAt: number
  /** Open before this moment of the clock, half-open after it; `null`: closed. */
  openUntil: number | null
  /** Openings since it was last closed. */
  openings: number
  /** The probe that is under way, if any. */
  probe: Probe | null
  failuresInRow: number
  readonly window: OutcomeWindow
}

/** Whoever holds it settles it: `endProbe`, whatever came of the call. */
export type Probe = { readonly startedAt: number }

export type Phase = 'closed' | 'open' | 'half-open'

/** A vendor that asks to be left alone for longer is asked once more after this: one probe does no harm. */
export const longestRetryAfterMs = 600_000

export const closedBreaker = (rules: BreakerRules): Breaker => ({
  rules,
  openedAt: 0,
  openUntil: null,
  openings: 0,
  probe: null,
  failuresInRow: 0,
  window: openWindow(rules.windowMs),
})

export function phaseOf({ openUntil }: Breaker, now: number): Phase {
  if (openUntil === null) return 'closed'
  return now < openUntil ? 'open' : 'half-open'
}

/** Whether a call may pass now; of a half-open breaker only if nobody else is probing. */
export const mayPass = (breaker: Breaker, now: number): boolean =>
  breaker.openUntil === null || (now >= breaker.openUntil && breaker.probe === null)

/** Takes the one place of a half-open breaker; `null` where there is nothing to probe or somebody else does. */
export function beginProbe(breaker: Breaker, probe: Probe): Probe | null {
  if (phaseOf(breaker, probe.startedAt) !== 'half-open' || breaker.probe !== null) return null
  breaker.probe = probe
  return probe
}

export function endProbe(breaker: Breaker, probe: Probe): void {
  if (breaker.probe === probe) breaker.probe = null
}

/** A call that began at `startedAt` went well. One that began before the breaker opened says nothing of the time since. */
export function noteSuccess(breaker: Breaker, startedAt: number, now: number): void {
  if (breaker.openUntil !== null) {
    if (startedAt < breaker.openedAt) return
    breaker.openUntil = null
    breaker.openings = 0
    breaker.probe = null
    clearWindow(breaker.window)
  }
  breaker.failuresInRow = 0
  countGood(breaker.window, now)
}

/**
 * A call failed. `retryAfterMs`: the vendor asked to be left alone for so long. `tookMs`: how long the failure was waited
 * for; a target that is silent for half a minute is not to be probed every five seconds.
 */
export function noteFailure(breaker: Breaker, now: number, retryAfterMs: number | null, tookMs = 0): void {
  breaker.failuresInRow++
  countBad(breaker.window, now)
  const phase = phaseOf(breaker, now)
  const askedUntil = now + Math.min(retryAfterMs ?? 0, longestRetryAfterMs)
  if (phase === 'open') openAtLeastUntil(breaker, askedUntil)
  else if (phase === 'half-open' || retryAfterMs !== null || hasFailedEnough(breaker, now)) {
    if (phase === 'closed') breaker.openedAt = now
    breaker.openings++
    const leaveMs = retryAfterMs === null ? cooldownMs(breaker, breaker.openings) : afterAsking(breaker)
    openAtLeastUntil(breaker, Math.max(askedUntil, now + Math.max(leaveMs, tookMs)))
  }
}

function hasFailedEnough({ rules, failuresInRow, window }: Breaker, now: number): boolean {
  if (failuresInRow > rules.allowedFails) return true
  const { good, bad } = totals(window, now)
  return bad > rules.allowedFails && bad >= rules.failureShare * (good + bad)
}

const cooldownMs = ({ rules }: Breaker, openings: number): number =>
  Math.min(rules.cooldownMs * 2 ** (openings - 1), rules.maxCooldownMs)

/** A vendor that says when to come back is believed once; if it fails again at its own time, its word is worth less. */
const afterAsking = (breaker: Breaker): number =>
  breaker.openings === 1 ? 0 : cooldownMs(breaker, breaker.openings - 1)

/** A deadline is never brought forward: only a success closes a breaker early. */
function openAtLeastUntil(breaker: Breaker, until: number): void {
  breaker.openUntil = Math.max(breaker.openUntil ?? until, until)
}
