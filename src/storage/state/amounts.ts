/** Whole amounts, and how accounts are keyed. */

import type { Account } from './shared-state.ts'

/** Sums of many of them stay exact: every whole number up to 2^53 is a double. */
const mostAmount = 2 ** 46

/** What is to be set aside or claimed: whole and not negative. Throws RangeError: to guess here would be to guess low. */
export function askedAmount(amount: number): number {
  if (amount >= 0 && amount <= mostAmount) return Math.ceil(amount)
  throw new RangeError(
    `An amount of ${amount} can't be set aside. Give a number from 0 to ${mostAmount}: micro-dollars or tokens.`,
  )
}

/** What something came to; `otherwise` where that is no amount, since settling must never fail nor give anything back. */
export const settledAmount = (amount: number | undefined, otherwise: number): number =>
  amount !== undefined && amount >= 0 && amount <= mostAmount ? Math.ceil(amount) : otherwise

/** Periods have no spaces, so keys of different accounts differ. */
export const accountKey = ({ per, name }: Account): string => `${per} ${name}`

const mostMs = 2 ** 41

/** For how long; for ever is some seventy years. Throws RangeError: what never ended would be kept for ever. */
export function askedMs(ms: number): number {
  if (ms > 0) return Math.min(Math.ceil(ms), mostMs)
  throw new RangeError(`A time of ${ms} ms is none. Give a number above 0.`)
}
