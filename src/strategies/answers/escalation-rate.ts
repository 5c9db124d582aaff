/** How often cascades go on past the model that they ask first, and whether that is too often. */

import type { Trace } from '../../domain/trace.ts'

export type EscalationRate = {
  /** Decisions in which a model was asked before the verdict. */
  readonly asked: number
  /** Those that ended with another model than the one asked first. */
  readonly escalated: number
  /** NaN where nothing was asked. */
  readonly share: number
  /** What to tell whoever runs the policy; `null`: nothing. */
  readonly alarm: string | null
}

/**
 * A signal that has gone stale sends nearly everything on: the cascade then costs more than its last model alone. The alarm goes
 * by the lower end of Wilson's 95 % interval, so that a handful of decisions raises none.
 *
 * @param limit the share, 0 to 1, of decisions that may go on
 */
export function escalationRate(traces: Iterable<Trace>, limit: number): EscalationRate {
  let [asked, escalated] = [0, 0]
  for (const trace of traces) {
    const outcome = hasEscalated(trace)
    if (outcome === null) continue
    asked++
    if (outcome) escalated++
  }
  const share = escalated / asked
  const alarm =
    asked > 0 && lowerEnd(escalated, asked) > limit
      ? `${(share * 100).toFixed(0)} % of ${asked} decisions went on past the model asked first, more than the ${(limit * 100).toFixed(0)} % that are allowed. Calibrate the signals of confidence again, lower what is accepted, or route without a cascade.`
      : null
  return { asked, escalated, share, alarm }
}

/** `null`: nothing was asked, or nobody answered in the end. */
function hasEscalated({ steps, end }: Trace): boolean | null {
  const first = steps.find((step) => step.kind === 'ask')?.calls[0]?.model
  if (first === undefined) return null
  if (end.kind === 'reply') return end.model !== first
  return end.kind === 'forward' ? end.models[0] !== first : null
}

const z95 = 1.96

function lowerEnd(successes: number, trials: number): number {
  const share = successes / trials
  const spread = z95 ** 2 / trials
  const centre = share + spread / 2
  return (centre - z95 * Math.sqrt((share * (1 - share)) / trials + spread / (4 * trials))) / (1 + spread)
}
