/**
 * The distributions that tests and intervals are read from. Sources: the normal quantile by Acklam's rational approximation
 * (relative error 1.2e-9); the incomplete gamma function by its series and Lentz's continued fraction (Numerical Recipes 6.2);
 * Student's quantile by Abramowitz and Stegun 26.7.5, good to 1e-3 from 8 degrees of freedom on.
 */

/** P(Z > deviations) of a standard normal Z. */
export function normalTail(deviations: number): number {
  const half = upperGamma(0.5, (deviations * deviations) / 2) / 2
  return deviations >= 0 ? half : 1 - half
}

/** x with P(Z <= x) = share; infinite at 0 and 1. */
export function normalQuantile(share: number): number {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`a share is from 0 to 1, not ${share}`)
  if (share === 0) return Number.NEGATIVE_INFINITY
  if (share === 1) return Number.POSITIVE_INFINITY
  if (share < lowTail) return tailQuantile(Math.sqrt(-2 * Math.log(share)))
  if (share > 1 - lowTail) return -tailQuantile(Math.sqrt(-2 * Math.log(1 - share)))
  const q = share - 0.5
  const r = q * q
  return (polynomial(centreNumerator, r) * q) / (polynomial(centreDenominator, r) * r + 1)
}

/** x with P(T <= x) = share, T of Student's distribution. */
export function studentQuantile(share: number, degrees: number): number {
  if (!(degrees >= 1)) throw new RangeError(`degrees of freedom are at least 1, not ${degrees}`)
  const z = normalQuantile(share)
  const z3 = z ** 3
  const z5 = z ** 5
  const z7 = z ** 7
  return (
    z +
    (z3 + z) / (4 * degrees) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * degrees ** 3)
  )
}

/** P(X > value) of a chi-square with so many degrees of freedom. */
export const chiSquareTail = (value: number, degrees: number): number =>
  value <= 0 ? 1 : upperGamma(degrees / 2, value / 2)

/** Lanczos (g = 7, 9 terms): off by 1e-13 of its value for x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const shifted = x - 1
  let sum = lanczos[0]!
  for (let term = 1; term < lanczos.length; term++) sum += lanczos[term]! / (shifted + term)
  const base = shifted + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum)
}

/** The regularised upper incomplete gamma function Q(a, x). */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a))
  return x < a + 1 ? 1 - scale * lowerSeries(a, x) : scale * upperFraction(a, x)
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a
  let sum = term
  for (let next = a + 1; term > sum * 1e-16; next++) {
    term *= x / next
    sum += term
  }
  return sum
}

function upperFraction(a: number, x: number): number {
  const tiny = 1e-300
  let b = x + 1 - a
  let c = 1 / tiny
  let d = 1 / b
  let fraction = d
  for (let step = 1; step < 10_000; step++) {
    const numerator = -step * (step - a)
    b += 2
    d = 1 / nonZero(numerator * d + b)
    c = nonZero(b + numerator / c)
    const factor = d * c
    fraction *= factor
    if (Math.abs(factor - 1) < 1e-15) break
  }
  return fraction
}

const nonZero = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value)

/** Horner's rule, the highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0
  for (const coefficient of coefficients) value = value * x + coefficient
  return value
}

const lowTail = 0.02425
const tailQuantile = (q: number): number =>
  polynomial(tailNumerator, q) / (polynomial(tailDenominator, q) * q + 1)

const centreNumerator = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
]
const centreDenominator = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572,
]
const tailNumerator = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
]
const tailDenominator = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416]
const lanczos = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
]
