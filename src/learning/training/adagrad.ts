/**
 * AdaGrad (Duchi et al. 2011): each weight has a rate of its own, which falls with what its slopes have been.
 *
 *     s <- s + slope^2,   w <- w - rate slope / sqrt(s)
 */
export type Learner = { readonly weights: Float32Array; readonly squares: Float32Array }

/** So large that the first slope of a weight, however small, is not a whole step. */
const initialSquare = 1e-2

export const learner = (weights: Float32Array): Learner => ({
  weights,
  squares: new Float32Array(weights.length).fill(initialSquare),
})

/** One step of the weight at `at`. */
export function descend({ weights, squares }: Learner, at: number, slope: number, rate: number): void {
  const square = squares[at]! + slope * slope
  squares[at] = square
  weights[at]! -= (rate * slope) / Math.sqrt(square)
}

/** One step of the row at `row`, its slopes `scale` times `gradient`. */
export function descendRow(
  { weights, squares }: Learner,
  row: number,
  gradient: Float32Array,
  dims: number,
  scale: number,
  rate: number,
): void {
  for (let dim = 0; dim < dims; dim++) {
    const slope = scale * gradient[dim]!
    const square = squares[row + dim]! + slope * slope
    squares[row + dim] = square
    weights[row + dim]! -= (rate * slope) / Math.sqrt(square)
  }
}
