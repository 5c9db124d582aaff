import { cholesky, solveCholesky } from '../../estimate/cholesky.ts'
import { sigmoid } from '../../estimate/log-odds.ts'

/**
 * Logistic regression around a known start, by its most likely value a posteriori (MAP): coefficients u of
 *
 *     P(good) = sigmoid(offset_i + x_i . u),    u ~ N(0, variance I)
 *
 * minimise sum_i weight_i loss_i + |u|^2 / (2 variance), by Newton's method. Targets may be any share in [0, 1]. With no rows, or with
 * a variance of 0, u = 0: the offsets stand as they are.
 */
export type LogisticRows = {
  /** n x columns, row by row. */
  readonly inputs: Float64Array
  readonly columns: number
  readonly offsets: Float64Array
  readonly targets: Float64Array
  /** How much each row counts; 1 where none are given. */
  readonly weights?: Float64Array
}

export function fitMapLogistic(
  rows: LogisticRows,
  variance: number,
  members: readonly number[] = Array.from(rows.targets, (_, row) => row),
): Float64Array {
  const coefficients = new Float64Array(rows.columns)
  if (variance === 0) return coefficients
  let loss = lossOf(rows, coefficients, variance, members)
  for (let step = 0; step < 30; step++) {
    const direction = newtonDirection(rows, coefficients, variance, members)
    let share = 1
    let next = moved(coefficients, direction, share)
    let nextLoss = lossOf(rows, next, variance, members)
    // The loss is convex, but from far away a whole step can overshoot.
    while (!(nextLoss <= loss) && share > 1e-6) {
      share /= 2
      next = moved(coefficients, direction, share)
      nextLoss = lossOf(rows, next, variance, members)
    }
    if (!(nextLoss <= loss)) break
    coefficients.set(next)
    const gained = loss - nextLoss
    loss = nextLoss
    if (gained < 1e-7 * (1 + loss)) break
  }
  return coefficients
}

/** What a coefficient is held to until rows tell otherwise: u ~ N(mean, deviation^2). */
export type CoefficientPrior = { readonly mean: number; readonly deviation: number }

/**
 * The same with a prior of its own for each column: with u = mean + deviation v, rows tell of v ~ N(0, 1) beside offsets
 * that have mean . x in them. With no rows the means stand.
 */
export function fitMapLogisticAround(rows: LogisticRows, priors: readonly CoefficientPrior[]): Float64Array {
  const { columns } = rows
  const means = Float64Array.from(priors, ({ mean }) => mean)
  const moved = fitMapLogistic(
    {
      ...rows,
      inputs: rows.inputs.map((value, cell) => value * priors[cell % columns]!.deviation),
      offsets: rows.offsets.map((_, row) => rowLogOdds(rows, means, row)),
    },
    1,
  )
  return moved.map((value, column) => means[column]! + priors[column]!.deviation * value)
}

/** Log-odds of one row. */
export function rowLogOdds(
  { inputs, columns, offsets }: LogisticRows,
  coefficients: Float64Array,
  row: number,
): number {
  let sum = offsets[row]!
  for (let column = 0; column < columns; column++)
    sum += inputs[row * columns + column]! * coefficients[column]!
  return sum
}

const moved = (from: Float64Array, direction: Float64Array, share: number): Float64Array =>
  from.map((value, index) => value - share * direction[index]!)

function lossOf(
  rows: LogisticRows,
  coefficients: Float64Array,
  variance: number,
  members: readonly number[],
): number {
  let loss = coefficients.reduce((sum, value) => sum + value * value, 0) / (2 * variance)
  for (const row of members) {
    const z = rowLogOdds(rows, coefficients, row)
    // log(1 + e^z) in the form that does not overflow.
    const own = Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - rows.targets[row]! * z
    loss += (rows.weights?.[row] ?? 1) * own
  }
  return loss
}

/** Hessian^-1 gradient, through the Cholesky factor: the prior makes the Hessian positive definite. */
function newtonDirection(
  rows: LogisticRows,
  coefficients: Float64Array,
  variance: number,
  members: readonly number[],
): Float64Array {
  const { inputs, columns, targets, weights } = rows
  const gradient = coefficients.map((value) => value / variance)
  const hessian = new Float64Array(columns * columns)
  for (let column = 0; column < columns; column++) hessian[column * columns + column] = 1 / variance
  for (const row of members) {
    const predicted = sigmoid(rowLogOdds(rows, coefficients, row))
    const weight = weights?.[row] ?? 1
    const error = weight * (predicted - targets[row]!)
    const curve = weight * predicted * (1 - predicted)
    const start = row * columns
    for (let i = 0; i < columns; i++) {
      const input = inputs[start + i]!
      gradient[i]! += error * input
      const weighted = curve * input
      if (weighted === 0) continue
      for (let j = 0; j <= i; j++) hessian[i * columns + j]! += weighted * inputs[start + j]!
    }
  }
  return solveCholesky(cholesky(hessian, columns), gradient)
}
