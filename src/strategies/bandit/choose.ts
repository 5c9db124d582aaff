/** From what is believed of each candidate to a choice, its true probability, and what trying costs. */

import { ascending, byCost, type Candidate, expectedUsd } from '../../domain/candidate.ts'
import { isNonEmpty, type NonEmpty } from '../../domain/non-empty.ts'
import type { Draw } from '../../domain/random.ts'
import type { GivenUp, Turn, Verdict } from '../../domain/strategy.ts'
import { pacedLambda, type Pace, paceOf } from '../budget/pace.ts'
import type { TryingOptions } from './options.ts'

/** A candidate with what is believed of it. */
export type Prospect = {
  readonly candidate: Candidate
  /** Expected quality, 0 to 1, and its deviation: of the expectation, not of one answer. */
  readonly mean: number
  readonly deviation: number
  /** What it is chosen by, the more the better; minus infinity where money counts and the price is unknown. */
  readonly value: number
}

export type Rates = { readonly lambda: number; readonly mu: number }

export type Manner = {
  /** The candidates' prospects where quality, money and time are worth this. `doubt`: deviations will be read. */
  readonly prospects: (candidates: readonly Candidate[], rates: Rates, doubt: boolean) => readonly Prospect[]
  /** How those that may be tried share the choice: numbers that sum to 1. The best by value stands first. */
  readonly share: (prospects: NonEmpty<Prospect>) => Float64Array
  /** Good answers that one unit of value is; absent: values are in good answers. */
  readonly goodAnswers?: (rates: Rates) => number
}

/**
 * The best by value; or, where models may be tried, one drawn from
 *
 *     (1 - floor) share + floor / n     over the n that may be tried
 *
 * with the probability that this formula gives it as propensity: drawn in one go from the very numbers that are reported. A
 * model may be tried that has a known price, whose expected cost beyond the best one's is within what is left for trying, and
 * that is not expected to be much worse. Within a conversation none is tried.
 *
 * Where the objective mixes two lambdas, one is drawn first, and the propensity counts both ways to the same model.
 */
export function chooseAmong(turn: Turn, options: TryingOptions, manner: Manner): Verdict {
  const { objective, draw } = turn
  const pace = turn.budget && paceOf(turn.budget)
  const within = pace
    ? turn.candidates.filter((candidate) => expectedUsd(candidate) <= pace.leftUsd)
    : turn.candidates
  if (!isNonEmpty(within)) return cheapest(turn, pace!)
  const leftUsd = leftToTry(turn, options)
  const at = (lambda: number): Branch => {
    const rates = { lambda: pace ? paced(lambda, pace, options) : lambda, mu: objective.mu }
    return branchOf(manner, within, rates, leftUsd, turn, options)
  }
  const { mixture } = objective
  const own = at(objective.lambda)
  if (!mixture) return verdictOf(own, draw, manner, (place) => own.chances[place]!)
  const other = at(mixture.lambda)
  const taken = draw() < mixture.share ? other : own
  return verdictOf(taken, draw, manner, (place) => {
    const chosen = taken.ordered[place]!.candidate
    return mixture.share * chanceOf(other, chosen) + (1 - mixture.share) * chanceOf(own, chosen)
  })
}

/** What would be done at one price of money: the prospects, best first, and with which chance each is chosen. */
type Branch = {
  readonly ordered: NonEmpty<Prospect>
  readonly chances: Float64Array
  readonly rates: Rates
}

const chanceOf = ({ ordered, chances }: Branch, chosen: Candidate): number =>
  chances[ordered.findIndex(({ candidate }) => candidate === chosen)]!

function branchOf(
  { prospects, share }: Manner,
  within: readonly Candidate[],
  rates: Rates,
  leftUsd: number | null,
  { session }: Turn,
  options: TryingOptions,
): Branch {
  const sorted = sortByValue(prospects(within, rates, leftUsd !== null))
  const ordered = withIncumbent(sorted, session?.model ?? null, options.deadBand)
  const chances = new Float64Array(ordered.length)
  chances[0] = 1
  if (leftUsd === null) return { ordered, chances, rates }
  const tried = ordered.filter(
    (prospect, place) => place === 0 || mayBeTried(prospect, ordered[0], leftUsd, options),
  )
  if (tried.length === 1) return { ordered, chances, rates }
  const shares = withoutSlivers(share(tried as unknown as NonEmpty<Prospect>))
  chances.fill(0)
  tried.forEach((prospect, place) => {
    chances[ordered.indexOf(prospect)] = (1 - options.floor) * shares[place]! + options.floor / tried.length
  })
  return { ordered, chances, rates }
}

/** A choice that is made once in thousands would count thousandfold wherever its propensity is divided by. */
const leastShare = 0.001

function withoutSlivers(shares: Float64Array): Float64Array {
  const kept = shares.map((value) => (value < leastShare ? 0 : value))
  const total = kept.reduce((sum, value) => sum + value, 0)
  return kept.map((value) => value / total)
}

/** Dollars that are left for trying; `null`: nothing is tried on this turn. */
function leftToTry({ exploration, session, candidates }: Turn, { explore }: TryingOptions): number | null {
  if (!explore || !exploration) return null
  if (candidates.some(({ id }) => id === session?.model)) return null
  return Math.max(0, exploration.limitUsd - exploration.spentUsd)
}

function mayBeTried(
  { candidate, mean, deviation, value }: Prospect,
  best: Prospect,
  leftUsd: number,
  { tryWithin }: TryingOptions,
): boolean {
  if (!Number.isFinite(expectedUsd(candidate)) || value === -Infinity) return false
  return mean + deviation >= best.mean - tryWithin && extraUsd(candidate, best.candidate) <= leftUsd
}

/** What trying one model is expected to cost beyond the best one; beyond nothing, where the price of that is not known. */
function extraUsd(tried: Candidate, best: Candidate): number {
  const usual = expectedUsd(best)
  return Math.max(0, expectedUsd(tried) - (Number.isFinite(usual) ? usual : 0))
}

const paced = (lambda: number, pace: Pace, { pacing }: TryingOptions): number =>
  pacedLambda(lambda, pace, pacing.strength, pacing.lambdaRange)

/** Ties go to the cheaper, then to the smaller id; infinite values compare equal, never NaN. */
const sortByValue = (prospects: readonly Prospect[]): NonEmpty<Prospect> =>
  [...prospects].sort(
    (a, b) =>
      ascending(b.value, a.value) ||
      ascending(expectedUsd(a.candidate), expectedUsd(b.candidate)) ||
      (a.candidate.id < b.candidate.id ? -1 : 1),
  ) as unknown as NonEmpty<Prospect>

function withIncumbent(
  ordered: NonEmpty<Prospect>,
  incumbent: string | null,
  band: number,
): NonEmpty<Prospect> {
  const place = ordered.findIndex(({ candidate }) => candidate.id === incumbent)
  if (place <= 0) return ordered
  const kept = ordered[place]!
  // Two infinite values are equal, though their difference is NaN.
  if (ordered[0].value !== kept.value && !(ordered[0].value - kept.value <= band)) return ordered
  return [kept, ...ordered.filter((_, other) => other !== place)]
}

function verdictOf(
  { ordered, chances, rates }: Branch,
  draw: Draw,
  manner: Manner,
  propensityOf: (place: number) => number,
): Verdict {
  const place = chances[0] === 1 ? 0 : drawn(chances, draw())
  const chosen = ordered[place]!
  const propensity = Math.min(1, propensityOf(place))
  const to = [chosen, ...ordered.filter((_, other) => other !== place)].map(({ candidate }) => candidate)
  const explores = chosen === ordered[0] ? null : givenUpFor(chosen, ordered[0], manner, rates)
  return decided(
    to as unknown as NonEmpty<Candidate>,
    reason(chosen, ordered[0], rates.lambda, propensity),
    propensity,
    explores,
  )
}

/** `explores` is said whatever it is: a record without it is from before it was, and tells nothing of it. */
const decided = (
  to: NonEmpty<Candidate>,
  because: string,
  propensity: number,
  explores: GivenUp | null,
): Verdict => ({ kind: 'forward', to, request: null, because, propensity, explores })

function givenUpFor(tried: Prospect, best: Prospect, { goodAnswers }: Manner, rates: Rates): GivenUp {
  const usd = extraUsd(tried.candidate, best.candidate)
  // In either the values are known: what has none is not tried.
  const less = best.value - tried.value
  if (!(less > 0)) return { usd, worth: 0 }
  // A price beyond all bounds makes it infinite, which no record can hold.
  return { usd, worth: Math.min(Number.MAX_VALUE, less * (goodAnswers?.(rates) ?? 1)) }
}

function drawn(chances: Float64Array, share: number): number {
  let left = share
  let last = 0
  for (let place = 0; place < chances.length; place++) {
    if (chances[place] === 0) continue
    last = place
    left -= chances[place]!
    if (left < 0) return place
  }
  // Rounding: chances may sum to a little under 1.
  return last
}

const figure = (value: number): string => value.toFixed(3)

function reason(chosen: Prospect, best: Prospect, lambda: number, propensity: number): string {
  const offline = chosen.candidate.quality.mean
  const quality = `quality ${figure(chosen.mean)}${chosen.mean === offline ? '' : `, ${figure(offline)} before feedback`}`
  const chance = propensity < 1 ? `; chosen with probability ${figure(propensity)}` : ''
  const price = `lambda ${Number(lambda.toPrecision(3))}`
  if (chosen === best) return `best by what is known: ${quality}, ${price}${chance}`
  const extra = extraUsd(chosen.candidate, best.candidate)
  return `tried to learn of it: ${quality} ± ${figure(chosen.deviation)}, $${extra.toPrecision(2)} more than ${best.candidate.id}${chance}`
}

/** The budget is spent, or as good as: no model is expected to cost as little as what is left. */
function cheapest({ candidates }: Turn, { leftUsd }: Pace): Verdict {
  return decided(
    byCost(candidates) as unknown as NonEmpty<Candidate>,
    `$${leftUsd.toFixed(4)} of the budget is left, which pays for none: the cheapest answers`,
    1,
    null,
  )
}
