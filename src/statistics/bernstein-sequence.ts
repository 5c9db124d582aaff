/**
 * Predictable plug-in empirical-Bernstein confidence sequence for the mean of outcomes in [0, 1] (Waudby-Smith and Ramdas
 * 2020, arXiv 2010.09686, theorem 2): exact at every n, however rare or lopsided the outcomes are. Before value t a bet
 *
 *   l_t = min( sqrt(2 ln(2/a) / (v_{t-1} t ln(1 + t))), 1/2 ),   v_t = (1/4 + sum (X_i - m_i)^2) / (t + 1)
 *
 * is fixed from the values before it, m_t = (1/2 + sum X_i) / (t + 1), and the interval is
 *
 *   sum l_i X_i / sum l_i  ±  [ ln(2/alpha) + sum 4 (X_i - m_{i-1})^2 psi(l_i) ] / sum l_i,   psi(l) = (-ln(1 - l) - l) / 4.
 *
 * Every process that keeps a state of its own bets by what it has seen, which is less than all of them have: the sums of
 * several still make a martingale, so that merged states give a sequence that holds, if not the one of a single pass.
 */

import { checkAlpha, intervalOf, type Reading, withheld } from './interval.ts'

export type BernsteinSequence = {
  readonly count: number
  readonly sum: number
  /** Sum of (X_i - m_i)^2, that the bets go by. */
  readonly squares: number
  readonly bets: number
  readonly betsTimesValues: number
  /** Sum of 4 (X_i - m_{i-1})^2 psi(l_i). */
  readonly penalty: number
}

export const beginBernstein: BernsteinSequence = {
  count: 0,
  sum: 0,
  squares: 0,
  bets: 0,
  betsTimesValues: 0,
  penalty: 0,
}

/** The error that the bets are tightest for; the interval of any other holds too. */
const betFor = 0.05
const largestBet = 0.5

/** @throws RangeError for a value outside [0, 1] */
export function updateBernstein(state: BernsteinSequence, value: number): BernsteinSequence {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`an outcome is from 0 to 1, not ${value}`)
  const time = state.count + 1
  const before = (0.5 + state.sum) / time
  const variance = (0.25 + state.squares) / time
  const bet = Math.min(
    Math.sqrt((2 * Math.log(2 / betFor)) / (variance * time * Math.log1p(time))),
    largestBet,
  )
  const after = (0.5 + state.sum + value) / (time + 1)
  return {
    count: time,
    sum: state.sum + value,
    squares: state.squares + (value - after) ** 2,
    bets: state.bets + bet,
    betsTimesValues: state.betsTimesValues + bet * value,
    penalty: state.penalty + (value - before) ** 2 * (-Math.log1p(-bet) - bet),
  }
}

/** Of two streams that were watched apart. Bets to come go by both. */
export const mergeBernstein = (a: BernsteinSequence, b: BernsteinSequence): BernsteinSequence => ({
  count: a.count + b.count,
  sum: a.sum + b.sum,
  squares: a.squares + b.squares,
  bets: a.bets + b.bets,
  betsTimesValues: a.betsTimesValues + b.betsTimesValues,
  penalty: a.penalty + b.penalty,
})

/** Within [0, 1]; before the first value it is all of it, and withheld. */
export function bernsteinInterval(state: BernsteinSequence, alpha: number): Reading {
  checkAlpha(alpha)
  if (state.count === 0) return withheld(null, 'there is no value yet')
  const centre = state.betsTimesValues / state.bets
  const half = (Math.log(2 / alpha) + state.penalty) / state.bets
  return intervalOf(
    state.sum / state.count,
    Math.min(Math.max(0, centre - half), 1),
    Math.max(0, Math.min(1, centre + half)),
  )
}
