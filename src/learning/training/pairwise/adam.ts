/** Adam (Kingma and Ba 2015) over one array of weights; `decay` is an L2 penalty, part of the gradient. */
export function createAdam(
  weights: Float32Array,
  { learningRate, decay }: { readonly learningRate: number; readonly decay: number },
  decays: (index: number) => boolean = () => true,
): (gradient: Float64Array) => void {
  const [momentum, memory, tiny] = [0.9, 0.999, 1e-8]
  const means = new Float64Array(weights.length)
  const squares = new Float64Array(weights.length)
  let steps = 0
  return (gradient) => {
    steps++
    const ofMeans = 1 - momentum ** steps
    const ofSquares = 1 - memory ** steps
    for (let index = 0; index < weights.length; index++) {
      const slope = gradient[index]! + (decays(index) ? decay * weights[index]! : 0)
      means[index] = momentum * means[index]! + (1 - momentum) * slope
      squares[index] = memory * squares[index]! + (1 - memory) * slope * slope
      const change = means[index]! / ofMeans / (Math.sqrt(squares[index]! / ofSquares) + tiny)
      weights[index]! -= learningRate * change
    }
  }
}
