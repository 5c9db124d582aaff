/**
 * Who is asked next, and after what wait: the same target once more where its failure may pass, the model's other targets,
 * then other models in the policy's order, those first that are healthy. Pure but for the draws and the turns that it takes.
 */

import type { AttemptLimits } from '../../domain/attempt.ts'
import type { Candidate } from '../../domain/candidate.ts'
import { consequences, type Failure } from '../../domain/failure.ts'
import type { Draw } from '../../domain/random.ts'
import { blockedUntil, onlyRateLimited, readinessOf } from '../health/admission.ts'
import { hasRoom, type LoadLimits } from '../health/load.ts'
import type { ObservedWindows } from '../health/observed-windows.ts'
import type { Affinity } from './affinity.ts'
import type { ModelTargets, TargetBook } from './model-targets.ts'
import type { KnownTarget } from './targets/target-choice.ts'

/** A target as the end of a way: which candidate it serves. */
export type Stop = KnownTarget & { readonly candidate: Candidate }

/** A target that has been asked, or refused to take the request in. */
export type Visit = { readonly stop: Stop; asked: number; last: Failure }

export type PlanLimits = Pick<
  AttemptLimits,
  'sameTargetRetries' | 'backoffMs' | 'maxBackoffMs' | 'patienceMs'
> &
  LoadLimits

export type Plan = {
  /** Those that may be asked, in order. */
  models: readonly Candidate[]
  readonly visits: Visit[]
  /** Only models with a larger window may be asked. */
  exceededWindow: number
  readonly targets: TargetBook
  readonly windows: ObservedWindows
  readonly limits: PlanLimits
  readonly affinity: Affinity | null
  readonly stream: boolean
  readonly deadlineAt: number
  readonly draw: Draw
}

export type Planned = { readonly stop: Stop; readonly waitMs: number }

export function nextStop(plan: Plan, now: number): Planned | null {
  const again = sameOnceMore(plan, now)
  if (again !== null) return again
  for (const candidate of plan.models) {
    if (!fits(plan, candidate)) continue
    const fresh = freshTarget(plan, candidate, now)
    if (fresh !== null) return { stop: { ...fresh, candidate }, waitMs: 0 }
    const patient = worthWaitingFor(plan, candidate, plan.limits.patienceMs, now)
    if (patient !== null) return patient
  }
  return againstBreakers(plan, now) ?? lastWait(plan, now)
}

const fits = ({ windows, exceededWindow }: Plan, { model }: Candidate): boolean =>
  exceededWindow === 0 || windows.of(model) > exceededWindow

const mayAskAgain = ({ asked, last }: Visit, { limits }: Plan): boolean =>
  asked <= limits.sameTargetRetries && consequences[last.kind].retryHere

const isAllowed = (plan: Plan, { candidate }: Stop): boolean =>
  plan.models.includes(candidate) && fits(plan, candidate)

/** After an error or a reset, at once but for the back-off. A limit of rate does not pass so soon: others come first. */
function sameOnceMore(plan: Plan, now: number): Planned | null {
  const visit = plan.visits.at(-1)
  if (visit === undefined || !mayAskAgain(visit, plan) || !isAllowed(plan, visit.stop)) return null
  if (visit.last.kind === 'rate-limited' || visit.last.retryAfterMs !== null) return null
  if (readinessOf(visit.stop.health, now) === 'blocked') return null
  const waitMs = backoffMs(visit, plan)
  return now + waitMs < plan.deadlineAt ? { stop: visit.stop, waitMs } : null
}

/** Exponential back-off with full jitter: uniform between nothing and `backoffMs` times two for each time asked before. */
function backoffMs({ asked }: Visit, { limits, draw }: Plan): number {
  return draw() * Math.min(limits.maxBackoffMs, limits.backoffMs * 2 ** (asked - 1))
}

/** One that was not asked yet: due for a probe first, else by affinity, else by the model's way to choose. */
function freshTarget(plan: Plan, candidate: Candidate, now: number): KnownTarget | null {
  const entry = plan.targets(candidate.id)
  const [only] = entry.known
  if (only === undefined) return null
  if (entry.known.length === 1) return isFresh(plan, only, now) && canTake(plan, only) ? only : null
  const fresh = entry.known.filter((known) => isFresh(plan, known, now))
  const free = fresh.filter(({ target, health }) =>
    hasRoom(health.load, maxConcurrentOf(target, plan.limits)),
  )
  const ready = free.length > 0 ? free : fresh.filter((known) => canTake(plan, known))
  const [first] = ready
  if (first === undefined || ready.length === 1) return first ?? null
  const due = ready.find(({ health }) => readinessOf(health, now) === 'due')
  const kept = plan.affinity && ready.find(({ health }) => health.identity.target === plan.affinity?.target)
  if (due ?? kept) return (due ?? kept)!
  return chosenOf(plan, entry, ready, now)
}

function chosenOf(plan: Plan, entry: ModelTargets, ready: readonly KnownTarget[], now: number): KnownTarget {
  const { stream, draw } = plan
  return ready[entry.choice.choose(ready, { turn: entry.turn++, stream, draw, now })]!
}

/** Who may be asked beside a target that is at work: healthy, with a place free, and not asked before. */
export function stopBeside(plan: Plan, atWork: KnownTarget, now: number): Stop | null {
  for (const candidate of plan.models) {
    if (!fits(plan, candidate)) continue
    const entry = plan.targets(candidate.id)
    const ready = entry.known.filter(
      (known) =>
        known.target !== atWork.target &&
        wasNotAsked(plan, known) &&
        isLawful(plan, known) &&
        readinessOf(known.health, now) === 'ready' &&
        hasRoom(known.health.load, maxConcurrentOf(known.target, plan.limits)),
    )
    const [first] = ready
    if (first === undefined) continue
    return { ...(ready.length === 1 ? first : chosenOf(plan, entry, ready, now)), candidate }
  }
  return null
}

const isFresh = (plan: Plan, known: KnownTarget, now: number): boolean =>
  wasNotAsked(plan, known) && isLawful(plan, known) && readinessOf(known.health, now) !== 'blocked'

const wasNotAsked = ({ visits }: Plan, { target }: KnownTarget): boolean =>
  !visits.some(({ stop }) => stop.target === target)

/** State that one vendor holds for the client is of no use at another. */
const isLawful = ({ affinity }: Plan, { health }: KnownTarget): boolean =>
  affinity === null || affinity.only === null || health.identity.credential === affinity.only

const canTake = ({ limits }: Plan, { target, health }: KnownTarget): boolean =>
  hasRoom(health.load, maxConcurrentOf(target, limits)) || health.load.queue.length < limits.maxQueued

export const maxConcurrentOf = (
  { maxConcurrent }: { readonly maxConcurrent: number | null },
  limits: LoadLimits,
): number => maxConcurrent ?? limits.maxConcurrent

/** Of the wait that a vendor asks for, so much is added at most, that not all come back at one moment. */
const askedJitter = 0.25

/** What is left of the time for which the vendor asked to be left alone, and a little; the back-off where it asked for none. */
function waitBeforeAgain(visit: Visit, plan: Plan, now: number): number {
  const { last, stop } = visit
  if (last.retryAfterMs === null) return backoffMs(visit, plan)
  const mostJitterMs = Math.min(plan.limits.backoffMs, last.retryAfterMs * askedJitter)
  return blockedUntil(stop.health, now) - now + plan.draw() * mostJitterMs
}

/** While others are left, a breaker that has opened meanwhile keeps the target from being asked again. */
const isClosedOff = ({ last, stop: { health } }: Visit, now: number): boolean =>
  last.retryAfterMs === null && readinessOf(health, now) === 'blocked' && !onlyRateLimited(health, now)

/** A target of the model that asked to be left alone for a while, if the while is short. */
function worthWaitingFor(
  plan: Plan,
  candidate: Candidate | null,
  patienceMs: number,
  now: number,
): Planned | null {
  let best: Planned | null = null
  for (const visit of plan.visits) {
    if (candidate !== null && visit.stop.candidate !== candidate) continue
    if (!mayAskAgain(visit, plan) || !isAllowed(plan, visit.stop)) continue
    if (candidate !== null && isClosedOff(visit, now)) continue
    const waitMs = waitBeforeAgain(visit, plan, now)
    if (waitMs > patienceMs || now + waitMs >= plan.deadlineAt) continue
    if (best === null || waitMs < best.waitMs) best = { stop: visit.stop, waitMs }
  }
  return best
}

/** With nobody else left, breakers close nobody off: the target whose breaker would let a probe pass first is asked. One that is merely full says so itself. */
function againstBreakers(plan: Plan, now: number): Planned | null {
  let best: Stop | null = null
  let bestUntil = Number.POSITIVE_INFINITY
  for (const candidate of plan.models) {
    if (!fits(plan, candidate)) continue
    for (const known of plan.targets(candidate.id).known) {
      if (!wasNotAsked(plan, known) || !isLawful(plan, known)) continue
      const until = blockedUntil(known.health, now)
      if (until >= bestUntil) continue
      best = { ...known, candidate }
      bestUntil = until
    }
  }
  if (best === null) return null
  const waitMs = onlyRateLimited(best.health, now) ? bestUntil - now : 0
  const isShort = waitMs <= plan.limits.patienceMs && now + waitMs < plan.deadlineAt
  return { stop: best, waitMs: isShort ? waitMs : 0 }
}

/** What is left is to wait as long as the vendor asks, if there is time for it. */
const lastWait = (plan: Plan, now: number): Planned | null =>
  worthWaitingFor(plan, null, Number.POSITIVE_INFINITY, now)
