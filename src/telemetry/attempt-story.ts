/** What the attempts of a request say when they are read in order: who was asked after whom, and why. Pure. */

import type { Attempt, AttemptRole } from '../domain/attempt.ts'
import type { Decision, Outcome } from '../domain/decision.ts'
import type { FailureKind } from '../domain/failure.ts'
import type { ModelId } from '../domain/model.ts'
import { unreachable } from '../domain/unreachable.ts'

/** From an attempt that failed to the one that took its place. */
export type Passage = {
  /** By the role of the attempt that took it. */
  readonly kind: PassageKind
  readonly from: Attempt
  readonly to: Attempt
  readonly trigger: FailureKind
}

type PassageKind = Extract<AttemptRole, 'retry' | 'other-target' | 'fallback' | 'continuation'>

export function passagesOf(
  { trace }: Pick<Decision, 'trace'>,
  { attempts }: Pick<Outcome, 'attempts'>,
): readonly Passage[] {
  if (attempts.length < 2) return []
  const ordered = [...attempts].sort((one, two) => one.startedAfterMs - two.startedAfterMs)
  const forwarded = forwardedIn(trace)
  return ordered.flatMap((from, index): Passage[] => {
    if (from.outcome.kind !== 'failed') return []
    const trigger = from.outcome.failure
    if (trigger === 'cancelled') return []
    const next = ordered.findIndex((one, at) => at > index && opensForward(one))
    const later = ordered
      .slice(index + 1, next < 0 ? ordered.length : next)
      .filter((one) => one.startedAfterMs >= from.endedAfterMs && kindOf(from, one) !== null)
    // Of models that a strategy asks for their answers each is a walk of its own: only its own targets take its place.
    const alone = ordered[next]?.role === 'first' || !forwarded(from.model)
    const to = alone ? later.find(({ model }) => model === from.model) : later[0]
    const kind = to && kindOf(from, to)
    return to && kind ? [{ kind, from, to, trigger }] : []
  })
}

/** All that was asked before is over by then. */
const opensForward = ({ role }: Attempt): boolean => role === 'first' || role === 'escalation'

/** `null`: it was made for something of its own, and in nobody's place. Where an attempt does not say, the two tell. */
function kindOf(from: Attempt, to: Attempt): PassageKind | null {
  switch (to.role) {
    case 'retry':
    case 'other-target':
    case 'fallback':
    case 'continuation':
      return to.role
    case 'first':
    case 'step':
    case 'hedge':
    case 'escalation':
      return null
    case undefined:
      if (from.firstContentAfterMs !== null) return 'continuation'
      if (from.model !== to.model) return 'fallback'
      return from.target === to.target ? 'retry' : 'other-target'
    default:
      return unreachable(to.role)
  }
}

function forwardedIn(trace: Decision['trace']): (model: ModelId) => boolean {
  const asked = new Set<ModelId>()
  for (const step of trace.steps)
    if (step.kind === 'ask') for (const { model } of step.calls) asked.add(model)
  const { end } = trace
  const named = end.kind === 'forward' ? end.models : []
  return (model) => !asked.has(model) || named.includes(model)
}

/**
 * Those that were cancelled because another attempt of the same request made them needless. Who was to go on with a broken
 * stream and said something else was cancelled as well, and raced with nobody.
 */
export const overtakenOf = ({
  attempts,
  status,
}: Pick<Outcome, 'attempts' | 'status'>): readonly Attempt[] =>
  status === 'cancelled'
    ? []
    : attempts.filter(
        ({ outcome, role }) =>
          outcome.kind === 'failed' && outcome.failure === 'cancelled' && role !== 'continuation',
      )

/**
 * Whether a strategy that asks one model first went on to another. `null`: it asked nobody first, or several at once, so that
 * there is nothing to escalate from.
 */
export function escalated({ trace }: Pick<Decision, 'trace'>): boolean | null {
  const first = trace.steps.find((step) => step.kind === 'ask')
  if (first === undefined || first.calls.length !== 1) return null
  const { end } = trace
  if (end.kind === 'reply') return end.model !== first.calls[0]?.model
  return end.kind === 'forward' ? end.models[0] !== first.calls[0]?.model : null
}

/** Milliseconds during which at least one attempt was under way: attempts beside each other count once. */
export function attemptedMs(attempts: readonly Attempt[]): number {
  const [only] = attempts
  if (only === undefined) return 0
  if (attempts.length === 1) return only.endedAfterMs - only.startedAfterMs
  let [total, until] = [0, Number.NEGATIVE_INFINITY]
  for (const { startedAfterMs, endedAfterMs } of [...attempts].sort(
    (one, two) => one.startedAfterMs - two.startedAfterMs,
  )) {
    total += Math.max(0, endedAfterMs - Math.max(startedAfterMs, until))
    until = Math.max(until, endedAfterMs)
  }
  return total
}

/** What Fairlead itself took, in milliseconds: deciding, waiting before retries, passing on. */
export const addedMs = ({ latencyMs, attempts }: Pick<Outcome, 'latencyMs' | 'attempts'>): number =>
  Math.max(0, latencyMs - attemptedMs(attempts))
