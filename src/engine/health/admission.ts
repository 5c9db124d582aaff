/** The four breakers of a target taken together: may it be asked, and what does an outcome say of each. */

import { consequences, type Failure } from '../../domain/failure.ts'
import { unreachable } from '../../domain/unreachable.ts'
import {
  type Breaker,
  beginProbe,
  endProbe,
  mayPass,
  noteFailure,
  noteSuccess,
  type Probe,
} from './breaker.ts'
import type { TargetHealth } from './health.ts'

/** `due`: a breaker of it waits for a probe, and nobody else is probing. */
export type Readiness = 'ready' | 'due' | 'blocked'

export function readinessOf({ credential, rate, endpoint, vendor }: TargetHealth, now: number): Readiness {
  if (
    credential.openUntil === null &&
    rate.openUntil === null &&
    endpoint.openUntil === null &&
    vendor.openUntil === null
  )
    return 'ready'
  return mayPass(credential, now) && mayPass(rate, now) && mayPass(endpoint, now) && mayPass(vendor, now)
    ? 'due'
    : 'blocked'
}

/** When the last of its open breakers lets a probe pass; `now` where none is open. */
export const blockedUntil = (health: TargetHealth, now: number): number =>
  Math.max(now, ...breakersOf(health).map(({ openUntil }) => openUntil ?? now))

/** Whether nothing but a limit of rate keeps the target closed off: such a wait is worth it if it is short. */
export const onlyRateLimited = ({ credential, rate, endpoint, vendor }: TargetHealth, now: number): boolean =>
  !mayPass(rate, now) && mayPass(credential, now) && mayPass(endpoint, now) && mayPass(vendor, now)

/** One call to a target, from the moment it may go. */
export type Admission = { readonly startedAt: number; readonly probe: Probe | null }

const breakersOf = ({ credential, rate, endpoint, vendor }: TargetHealth): readonly Breaker[] => [
  credential,
  rate,
  endpoint,
  vendor,
]

/** Lets a call pass, as a probe where one is due. A call that is made against open breakers, for want of another, is none. */
export function admit(health: TargetHealth, now: number): Admission {
  if (readinessOf(health, now) !== 'due') return { startedAt: now, probe: null }
  const probe = { startedAt: now }
  for (const breaker of breakersOf(health)) beginProbe(breaker, probe)
  return { startedAt: now, probe }
}

/** Gives the places of a probe back; nothing is said of how the target fared. */
export function withdraw(health: TargetHealth, { probe }: Admission): void {
  if (probe !== null) for (const breaker of breakersOf(health)) endProbe(breaker, probe)
}

/** The target answered a call that began at `startedAt`, or its stream has come to its first content. */
export function noteAnswered(health: TargetHealth, startedAt: number, now: number): void {
  noteSuccess(health.credential, startedAt, now)
  noteSuccess(health.rate, startedAt, now)
  noteSuccess(health.endpoint, startedAt, now)
  noteSuccess(health.vendor, startedAt, now)
}

/** A call failed after `silentMs` of silence: one breaker counts it, and those that it has got past are told so. */
export function noteFailed(
  health: TargetHealth,
  startedAt: number,
  reason: Failure,
  now: number,
  silentMs: number,
): void {
  const scope = consequences[reason.kind].breaker
  switch (scope) {
    case 'none':
      // A request at fault got an answer all the same; a client that leaves says nothing of the target.
      if (reason.kind !== 'cancelled') noteAnswered(health, startedAt, now)
      return
    case 'credential':
      noteFailure(health.credential, now, null)
      passed(health.vendor, startedAt, now)
      passed(health.endpoint, startedAt, now)
      return
    case 'rate':
      noteFailure(health.rate, now, reason.retryAfterMs)
      passed(health.vendor, startedAt, now)
      passed(health.endpoint, startedAt, now)
      passed(health.credential, startedAt, now)
      return
    case 'target':
      noteFailure(health.endpoint, now, reason.retryAfterMs, silentMs)
      noteFailure(health.vendor, now, null, silentMs)
      return
    default:
      unreachable(scope)
  }
}

/** Settles a probe; a breaker that is closed goes on counting its own kind of failure, whatever others there are. */
function passed(breaker: Breaker, startedAt: number, now: number): void {
  if (breaker.openUntil !== null) noteSuccess(breaker, startedAt, now)
}
