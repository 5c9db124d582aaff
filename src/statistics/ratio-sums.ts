/**
 * Sums over units (sessions) of which a ratio of means is made, such as score per graded decision or dollars per decision, with
 * its cluster-robust spread: decisions of one session are not independent, sessions are. With numerator a and denominator b of
 * a unit, R = sum a / sum b, and the variance of R is that of the units' a - R b over (mean b)^2 (the delta method: Deng, Knoblich, Lu 2018,
 * KDD). Everything is a power sum, so that a unit that changes is taken out as it was and put in as it is, and sums
 * of several processes add up.
 */

import type { Moments } from './moments.ts'

/** What one unit has come to so far. `covariate` is added up over the same things as the denominator. */
export type RatioUnit = {
  readonly numerator: number
  readonly denominator: number
  readonly covariate: number
}

export type RatioSums = {
  /** Units with a denominator. */
  readonly units: number
  /** Sums of numerator^i denominator^j in the order of `exponents`. */
  readonly powers: readonly number[]
  readonly covariate: CovariateSums
}

export type CovariateSums = {
  readonly sum: number
  readonly square: number
  readonly withNumerator: number
  readonly withDenominator: number
}

const exponents: readonly (readonly [number, number])[] = [
  [1, 0],
  [0, 1],
  [2, 0],
  [1, 1],
  [0, 2],
  [3, 0],
  [2, 1],
  [1, 2],
  [0, 3],
  [4, 0],
  [3, 1],
  [2, 2],
  [1, 3],
  [0, 4],
]
const numeratorPlace = 0
const denominatorPlace = 1
const numeratorDenominator = 3
const denominatorSquare = 4

export const noRatioSums: RatioSums = {
  units: 0,
  powers: exponents.map(() => 0),
  covariate: { sum: 0, square: 0, withNumerator: 0, withDenominator: 0 },
}

/** A unit that was as `before` (`null`: not there) and is as `after` (`null`: gone). */
export const moveRatioUnit = (
  sums: RatioSums,
  before: RatioUnit | null,
  after: RatioUnit | null,
): RatioSums => (before === after ? sums : withUnit(withUnit(sums, before, -1), after, 1))

function withUnit(sums: RatioSums, unit: RatioUnit | null, sign: 1 | -1): RatioSums {
  if (unit === null || unit.denominator === 0) return sums
  const { numerator, denominator, covariate } = unit
  if (!(denominator > 0) || !Number.isFinite(numerator) || !Number.isFinite(covariate))
    throw new RangeError(`a unit of ${numerator} over ${denominator} is none that has a ratio`)
  const units = sums.units + sign
  // What rounding leaves of sums that are empty again must not pass for variation.
  if (units === 0) return noRatioSums
  const { sum, square, withNumerator, withDenominator } = sums.covariate
  return {
    units,
    powers: added(sums.powers, powersOf(numerator, denominator), sign),
    covariate: {
      sum: sum + sign * covariate,
      square: square + sign * covariate * covariate,
      withNumerator: withNumerator + sign * covariate * numerator,
      withDenominator: withDenominator + sign * covariate * denominator,
    },
  }
}

/** In the order of `exponents`. */
function powersOf(a: number, b: number): readonly number[] {
  const [aa, ab, bb] = [a * a, a * b, b * b]
  return [a, b, aa, ab, bb, aa * a, aa * b, a * bb, bb * b, aa * aa, aa * ab, aa * bb, ab * bb, bb * bb]
}

function added(sums: readonly number[], powers: readonly number[], sign: 1 | -1): readonly number[] {
  const next = sums.slice()
  for (let place = 0; place < next.length; place++) next[place]! += sign * powers[place]!
  return next
}

export const mergeRatioSums = (a: RatioSums, b: RatioSums): RatioSums => ({
  units: a.units + b.units,
  powers: added(a.powers, b.powers, 1),
  covariate: {
    sum: a.covariate.sum + b.covariate.sum,
    square: a.covariate.square + b.covariate.square,
    withNumerator: a.covariate.withNumerator + b.covariate.withNumerator,
    withDenominator: a.covariate.withDenominator + b.covariate.withDenominator,
  },
})

/** NaN without units. */
export const ratioOf = ({ powers }: RatioSums): number => powers[numeratorPlace]! / powers[denominatorPlace]!

/** Sum of the denominators: graded decisions, priced decisions. */
export const denominatorOf = ({ powers }: RatioSums): number => powers[denominatorPlace]!

/** The covariate per denominator. */
export const covariateRatio = (sums: RatioSums): number => sums.covariate.sum / denominatorOf(sums)

/**
 * Of the units' (a - R b) / mean b, about R: what an independent value of the ratio would look like, so that the spread of a mean
 * is that of the ratio.
 */
export function ratioMoments(sums: RatioSums): Moments {
  const { units } = sums
  if (units === 0) return { count: 0, mean: 0, m2: 0, m3: 0, m4: 0 }
  const ratio = ratioOf(sums)
  const scale = denominatorOf(sums) / units
  return {
    count: units,
    mean: ratio,
    m2: Math.max(0, residualPower(sums, ratio, 2)) / scale ** 2,
    m3: residualPower(sums, ratio, 3) / scale ** 3,
    m4: Math.max(0, residualPower(sums, ratio, 4)) / scale ** 4,
  }
}

/** Sum of (a - R b)^power by the binomial theorem. */
function residualPower({ powers }: RatioSums, ratio: number, power: number): number {
  let sum = 0
  let size = 0
  exponents.forEach(([i, j], place) => {
    if (i + j !== power) return
    const term = binomials[power]![j]! * (-ratio) ** j * powers[place]!
    sum += term
    size += Math.abs(term)
  })
  // Below what rounding makes of the terms there is nothing.
  return Math.abs(sum) < 1e-13 * size ? 0 : sum
}

const binomials = [[1], [1, 1], [1, 2, 1], [1, 3, 3, 1], [1, 4, 6, 4, 1]] as const

/** Sums over units of the squares and product of the residuals of numerator and covariate, both about their ratios. */
export function residualProducts(sums: RatioSums): {
  readonly covariate: number
  readonly product: number
  readonly numerator: number
} {
  const { powers, covariate } = sums
  const [ratio, mean] = [ratioOf(sums), covariateRatio(sums)]
  const [ab, bb] = [powers[numeratorDenominator]!, powers[denominatorSquare]!]
  return {
    numerator: Math.max(0, residualPower(sums, ratio, 2)),
    covariate: Math.max(0, covariate.square - 2 * mean * covariate.withDenominator + mean * mean * bb),
    product: covariate.withNumerator - mean * ab - ratio * covariate.withDenominator + ratio * mean * bb,
  }
}
