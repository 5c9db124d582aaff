import { descend, type Learner } from './adagrad.ts'

/**
 * What draws texts of one meaning together and others apart: each class has a direction w_c, and the direction of the text
 * vector should be nearest to its own class's,
 *
 *     L = -log softmax_c(s cos(v, w_c))[label]
 *
 * (the normalised softmax: Wang et al. 2017, NormFace; Zhai and Wu 2019). Only directions count, as they do for whoever
 * compares texts by cosine. It is a contrastive loss against one stand-in for each class rather than against other texts, so
 * that a single text has all the classes to be told from.
 */

/** s: how fast the softmax saturates. A larger one stops pulling earlier, and is worse on intents that were never seen. */
const scale = 10

/** A class whose share of the softmax is below this has nothing to teach. */
const negligible = 1e-3

export type LikenessLoss = {
  /** Moves the classes' directions, adds dL/dv to `gradient` and returns the loss. `vector` is the text vector v. */
  readonly learn: (
    classes: Learner,
    label: number,
    vector: Float32Array,
    gradient: Float32Array,
    importance: number,
    rate: number,
  ) => number
}

/** @param mostClasses of any set of labels */
export function createLikenessLoss(dims: number, mostClasses: number): LikenessLoss {
  const unit = new Float32Array(dims)
  const pull = new Float32Array(dims)
  const lengths = new Float32Array(mostClasses)
  const cosines = new Float32Array(mostClasses)
  const shares = new Float32Array(mostClasses)

  const learn: LikenessLoss['learn'] = (classes, label, vector, gradient, importance, rate) => {
    const length = lengthOf(vector, 0, dims)
    if (length === 0) return 0
    for (let dim = 0; dim < dims; dim++) unit[dim] = vector[dim]! / length
    pull.fill(0)
    const count = classes.weights.length / dims
    softmax(classes.weights, count)
    for (let row = 0; row < count; row++) {
      const error = importance * scale * (shares[row]! - (row === label ? 1 : 0))
      if (Math.abs(error) < importance * scale * negligible) continue
      for (let dim = 0; dim < dims; dim++) {
        const direction = classes.weights[row * dims + dim]! / lengths[row]!
        pull[dim]! += error * direction
        // d cos / dw = (u - cos w / |w|) / |w|
        const slope = (error * (unit[dim]! - cosines[row]! * direction)) / lengths[row]!
        descend(classes, row * dims + dim, slope, rate)
      }
    }
    // d cos / dv = (w / |w| - cos u) / |v|: what lies along v changes its length alone.
    let along = 0
    for (let dim = 0; dim < dims; dim++) along += pull[dim]! * unit[dim]!
    for (let dim = 0; dim < dims; dim++) gradient[dim]! += (pull[dim]! - along * unit[dim]!) / length
    return -importance * Math.log(shares[label]! + 1e-9)
  }

  function softmax(weights: Float32Array, count: number): void {
    let total = 0
    for (let row = 0; row < count; row++) {
      const length = lengthOf(weights, row * dims, dims)
      let dot = 0
      for (let dim = 0; dim < dims; dim++) dot += weights[row * dims + dim]! * unit[dim]!
      lengths[row] = length
      cosines[row] = dot / length
      // Cosines are at most 1: no exponent is above 0.
      shares[row] = Math.exp(scale * (dot / length - 1))
      total += shares[row]!
    }
    for (let row = 0; row < count; row++) shares[row]! /= total
  }

  return { learn }
}

function lengthOf(values: Float32Array, from: number, count: number): number {
  let squares = 0
  for (let at = from; at < from + count; at++) squares += values[at]! * values[at]!
  return Math.sqrt(squares)
}
