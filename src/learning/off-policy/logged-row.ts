/**
 * A decision log as off-policy evaluation sees it: what could have been chosen, what outcomes of that the log shows, and with what
 * probability it would have shown them. Nothing of prompts, strategies or stores.
 */

/** One decision. */
export type LoggedRow = {
  readonly id: string
  /** Decisions that hang together (a session); one of its own where nothing is known. */
  readonly unit: string
  readonly actions: readonly LoggedAction[]
  /** Which of the actions the log chose. */
  readonly chosen: number
}

export type LoggedAction = {
  readonly model: string
  /** What was predicted when the choice was made; `usd` is `null` where the price was not known. */
  readonly predicted: { readonly quality: number; readonly usd: number | null }
  /** Outcomes that the log has of this model on this decision; `null`: none. */
  readonly seen: SeenOutcome | null
  /** What comes of it is known without any log (nobody answers): `seen` says it, and nothing is learnt from it. */
  readonly fixed?: true
}

export type SeenOutcome = {
  /** The probability, in (0, 1], with which the log was going to try this model on this decision; `null`: not on record. */
  readonly propensity: number | null
  /** 0 to 1; `null`: nobody has said. */
  readonly quality: number | null
  /** The chance, in (0, 1], that somebody says. */
  readonly feedbackProbability: number
  readonly usd: number | null
}

/** What a policy would do: for each row the probability of each of its actions. They add up to 1. */
export type TargetPolicy = {
  readonly name: string
  readonly choices: readonly (readonly number[])[]
}

export type LoggedMetric = 'quality' | 'usd'

/** One row for one metric: predictions of every action, and the outcomes that are known. */
export type MetricRow = {
  readonly id: string
  readonly unit: string
  readonly predicted: readonly number[]
  readonly seen: readonly SeenValue[]
}

/** `probability`: that the log would show this value. */
export type SeenValue = { readonly action: number; readonly value: number; readonly probability: number }

/** @throws RangeError for a probability outside (0, 1] or a score outside [0, 1] */
export function seenValues({ id, actions }: LoggedRow, metric: LoggedMetric): readonly SeenValue[] {
  return actions.flatMap(({ seen }, action) => {
    const value = seen?.[metric] ?? null
    if (seen === null || value === null) return []
    // Where it is not on record, the diagnostics refuse all that goes by it.
    const probability = (seen.propensity ?? 1) * (metric === 'quality' ? seen.feedbackProbability : 1)
    if (!(probability > 0 && probability <= 1))
      throw new RangeError(`decision ${id}: ${probability} is no probability with which an outcome is logged`)
    if (!Number.isFinite(value) || (metric === 'quality' && !(value >= 0 && value <= 1)))
      throw new RangeError(
        `decision ${id}: ${value} is no ${metric === 'quality' ? 'score from 0 to 1' : 'cost'}`,
      )
    return [{ action, value, probability }]
  })
}

/** @throws RangeError where a policy's probabilities are none */
export function checkTarget({ name, choices }: TargetPolicy, rows: readonly LoggedRow[]): void {
  if (choices.length !== rows.length)
    throw new RangeError(`${name} says ${choices.length} choices for ${rows.length} decisions`)
  choices.forEach((shares, place) => {
    const sum = shares.reduce((total, share) => total + share, 0)
    const { id, actions } = rows[place]!
    if (shares.length !== actions.length || shares.some((share) => !(share >= 0)) || Math.abs(sum - 1) > 1e-6)
      throw new RangeError(
        `decision ${id}: the probabilities of ${name} are ${shares.join(', ')}, for ${actions.length} models`,
      )
  })
}
