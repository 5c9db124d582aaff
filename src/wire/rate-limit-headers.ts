/** What a reply's headers say of a vendor's limits of rate. */

import type { Clock } from '../domain/transport.ts'
import { durationMs } from './retry-after.ts'

/** The tightest of a vendor's limits: the share of it that is left, 0 to 1, and in how long it is full again. */
export type Headroom = { readonly share: number; readonly renewsInMs: number }

type Names = { readonly limit: string; readonly remaining: string; readonly reset: string }

const families: readonly Names[] = [
  ...['requests', 'tokens'].map((unit) => ({
    limit: `x-ratelimit-limit-${unit}`,
    remaining: `x-ratelimit-remaining-${unit}`,
    reset: `x-ratelimit-reset-${unit}`,
  })),
  ...['requests', 'tokens', 'input-tokens', 'output-tokens'].map((unit) => ({
    limit: `anthropic-ratelimit-${unit}-limit`,
    remaining: `anthropic-ratelimit-${unit}-remaining`,
    reset: `anthropic-ratelimit-${unit}-reset`,
  })),
]

/** Limits are per minute almost everywhere. */
const usualRenewalMs = 60_000

/** `null` where the reply names no limit. A reset is a duration (`6m0s`), seconds, or a date. */
export function headroomOf(
  headers: Readonly<Record<string, string>>,
  clock: Pick<Clock, 'wall'>,
): Headroom | null {
  let tightest: Headroom | null = null
  for (const { limit, remaining, reset } of families) {
    const left = headers[remaining]
    if (left === undefined) continue
    const share = Number(left) / Number(headers[limit])
    if (!(share >= 0)) continue
    if (tightest !== null && share >= tightest.share) continue
    tightest = { share: Math.min(1, share), renewsInMs: renewalMs(headers[reset], clock.wall()) }
  }
  return tightest
}

function renewalMs(reset: string | undefined, now: Date): number {
  if (reset === undefined) return usualRenewalMs
  const duration = durationMs(reset)
  if (duration !== null) return duration
  const seconds = Number(reset)
  if (Number.isFinite(seconds)) return secondsFrom(seconds, now)
  const until = Date.parse(reset)
  return Number.isFinite(until) ? Math.max(0, until - now.getTime()) : usualRenewalMs
}

/** A plain number is seconds to wait, or, where it is far too large for that, a Unix time in seconds or milliseconds. */
function secondsFrom(value: number, now: Date): number {
  if (value < 1e9) return Math.max(0, value * 1000)
  const until = value < 1e12 ? value * 1000 : value
  return Math.max(0, until - now.getTime())
}
