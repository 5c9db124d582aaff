/** Who is best for a step, and whether the session's model should be left for it. */

import { ascending, byQuality, type Candidate, expectedUsd } from '../../domain/candidate.ts'
import type { NonEmpty } from '../../domain/non-empty.ts'
import type { SessionFacts, Turn } from '../../domain/strategy.ts'
import { priceOf } from '../../domain/value.ts'
import type { StepsOptions } from './options.ts'
import type { StepAtHand } from './step.ts'
import { saidOfSwitch, switchCase } from './switching.ts'

/** What money, time and quality are worth in a step. */
export type StepValue = { readonly weight: number; readonly lambda: number; readonly mu: number }

/** weight x quality - lambda x dollars - mu x seconds; minus infinity where the price is unknown and money counts. */
export const stepWorth = (candidate: Candidate, { weight, lambda, mu }: StepValue): number =>
  weight * candidate.quality.mean - priceOf(candidate, { lambda, mu })

/** The best first; ties by quality, then by cost, then by id. */
export const byStepValue = (candidates: NonEmpty<Candidate>, value: StepValue): NonEmpty<Candidate> =>
  byQuality(candidates).sort((a, b) =>
    ascending(stepWorth(b, value), stepWorth(a, value)),
  ) as unknown as NonEmpty<Candidate>

/** After so long without a request no vendor has the session's prompts in its short cache any more. */
const coldAfterMs = 300_000

/** Nothing has been kept warm since the last answer. */
export const isCold = (session: SessionFacts | null): boolean =>
  session !== null && (session.idleMs ?? 0) >= coldAfterMs && session.warmTokens === 0

/** A session in trouble is the strong model's until it makes a fresh start; a pause is one, if the last round went well. */
export function isLatched(
  { agent }: StepAtHand,
  session: SessionFacts | null,
  { confirmations }: StepsOptions,
): boolean {
  if (agent === null) return false
  const { trouble } = agent
  return trouble.confirmations >= confirmations && (trouble.now || !isCold(session))
}

export type Kept = { readonly candidate: Candidate; readonly because: string }

/** The session's model, where it is not worth leaving for `wanted`; `null`: there is none, or it is. With what is to be said. */
export function keptInstead(
  wanted: Candidate,
  turn: Turn,
  at: StepAtHand,
  value: StepValue,
  options: StepsOptions,
  named: boolean,
): { readonly kept: Kept | null; readonly because: string | null } {
  const { session, candidates, signals } = turn
  const incumbent = candidates.find(({ id }) => id === session?.model)
  if (session === null || !incumbent || incumbent === wanted || at.step === 'side-call')
    return { kept: null, because: null }
  if (session.switches >= options.maxSwitches && at.step !== 'recovery')
    return kept(incumbent, `kept, after ${session.switches} changes of model already`)
  const lesser = wanted.quality.mean < incumbent.quality.mean
  if (lesser && !isCold(session) && (session.sinceSwitch ?? Number.POSITIVE_INFINITY) < dwell(session))
    return kept(incumbent, `kept, changed to ${session.sinceSwitch} answers ago`)
  const better = value.weight * (wanted.quality.mean - incumbent.quality.mean)
  const weighed = switchCase(incumbent, wanted, session, signals.inputTokens, { ...value, better }, options)
  const said = saidOfSwitch(weighed, options)
  // Who is named for a step is wanted for it; money alone may speak against leaving a better one that costs no more.
  if (named) {
    const saves = expectedUsd(wanted) < expectedUsd(incumbent) || weighed.breakEven <= options.turnsAhead
    return lesser && !saves
      ? kept(incumbent, `kept in place of ${wanted.id}: ${said}`)
      : { kept: null, because: `leaving ${incumbent.id}: ${said}` }
  }
  const quiet = at.agent?.boundary != null || isCold(session)
  const margin = quiet ? 0 : options.margin
  return weighed.gain > margin
    ? { kept: null, because: `leaving ${incumbent.id}: worth ${weighed.gain.toFixed(3)} a request, ${said}` }
    : kept(incumbent, `kept: ${wanted.id} would be worth ${weighed.gain.toFixed(3)} a request, ${said}`)
}

/** Answers that a model gives before a lesser one takes over: with every change the next one down waits longer. */
const dwell = ({ switches }: SessionFacts): number => switches

const kept = (candidate: Candidate, because: string) => ({ kept: { candidate, because }, because })

/** `first` in front, the others as they were. */
export const inFront = (first: Candidate, rest: readonly Candidate[]): NonEmpty<Candidate> => [
  first,
  ...rest.filter((one) => one !== first),
]
