/** Adam (Kingma & Ba 2015) with decoupled weight decay (Loshchilov & Hutter 2019), over one array of weights. */
export type Adam = {
  /** Moves the weights against the gradient, and clears the gradient. */
  readonly step: (gradient: Float32Array, rate: number) => void
}

const meanMemory = 0.9
const squareMemory = 0.999
const smallest = 1e-8

/** @param decayOf share of a weight, times the rate, that every step takes away */
export function createAdam(weights: Float32Array, decayOf: (index: number) => number): Adam {
  const mean = new Float32Array(weights.length)
  const square = new Float32Array(weights.length)
  let steps = 0
  return {
    step: (gradient, rate) => {
      steps++
      const meanScale = 1 / (1 - meanMemory ** steps)
      const squareScale = 1 / (1 - squareMemory ** steps)
      for (let index = 0; index < weights.length; index++) {
        const slope = gradient[index]!
        mean[index] = meanMemory * mean[index]! + (1 - meanMemory) * slope
        square[index] = squareMemory * square[index]! + (1 - squareMemory) * slope * slope
        const move = (meanScale * mean[index]!) / (Math.sqrt(squareScale * square[index]!) + smallest)
        weights[index]! -= rate * (move + decayOf(index) * weights[index]!)
      }
      gradient.fill(0)
    },
  }
}
