import { type Draw, normal, seededDraw, shuffle } from '../../../domain/random.ts'
import { sigmoid } from '../../../estimate/log-odds.ts'
import { factorisedLogOdds } from '../../../estimate/quality/matrix-factorisation.ts'
import type { Factorisation } from '../../../estimate/quality/pairwise-weights.ts'
import { createAdam } from './adam.ts'
import type { Battle } from './battles.ts'
import type { EncodedPrompts } from './pairs.ts'
import { type Standard, standardOf } from './standardise.ts'

export type MatrixFactorisationOptions = {
  readonly rank: number
  readonly learningRate: number
  /** L2 penalty on each weight of W1 and v, but for the ratings that training starts from. */
  readonly decay: number
  readonly batch: number
  /** Deviation of the noise on each number of a standardised encoding, drawn anew at each visit. */
  readonly noise: number
  readonly seed: string
}

export type Trainer = {
  /** Visits every battle once. */
  readonly epoch: () => void
  /** delta of every model at one prompt, as of now. */
  readonly logOdds: (prompt: number) => Float64Array
  readonly weights: () => Factorisation
}

/**
 * Minimises, over all battles, the cross-entropy of sigmoid(delta(first) - delta(second)) against the first's share, by Adam
 * (Kingma and Ba 2015); a tie pulls both towards each other. The first factor starts as the ratings over all prompts (its
 * query is 1), the others near zero: before the first epoch the predictions are nearly those of the ratings.
 */
export function createTrainer(
  battles: readonly Battle[],
  ratings: Float64Array,
  prompts: EncodedPrompts,
  options: MatrixFactorisationOptions,
): Trainer {
  const { rank } = options
  const draw = seededDraw(`${options.seed} matrix factorisation`)
  const standard = standardOf(prompts.encodings, prompts.questions.length)
  const start = startingWeights(ratings, rank, standard.dims, draw)
  const step = createStep(start, standard, options, draw)
  const order = battles.map((_, index) => index)
  return {
    epoch: () => {
      const visits = shuffle(draw, order)
      for (let from = 0; from < visits.length; from += options.batch) {
        step(visits.slice(from, from + options.batch).map((index) => battles[index]!))
      }
    },
    logOdds: (prompt) => factorisedLogOdds(start, standard.row(prompt)),
    weights: () => unstandardised(start, standard),
  }
}

/** Small: what is learnt then points where the comparisons do, and not where the dice fell. */
const startingDeviation = 0.1

function startingWeights(ratings: Float64Array, rank: number, dims: number, draw: Draw): Factorisation {
  const drawn = (length: number, deviation: number) =>
    Float32Array.from({ length }, () => deviation * normal(draw))
  const projection = drawn(rank * dims, startingDeviation / Math.sqrt(dims))
  projection.fill(0, 0, dims)
  const factors = drawn(ratings.length * rank, startingDeviation)
  ratings.forEach((rating, model) => {
    factors[model * rank] = rating
  })
  const bias = new Float32Array(rank)
  bias[0] = 1
  return { rank, projection, bias, output: new Float32Array(rank).fill(1), factors }
}

/** One batch: gradients of the mean loss, then a step of every weight. */
function createStep(
  weights: Factorisation,
  standard: Standard,
  options: MatrixFactorisationOptions,
  draw: Draw,
): (batch: readonly Battle[]) => void {
  const { rank, projection, bias, output, factors } = weights
  const { dims } = standard
  const gradients = {
    projection: new Float64Array(projection.length),
    bias: new Float64Array(rank),
    output: new Float64Array(rank),
    factors: new Float64Array(factors.length),
  }
  const adam = {
    projection: createAdam(projection, options),
    bias: createAdam(bias, { ...options, decay: 0 }),
    output: createAdam(output, { ...options, decay: 0 }),
    // Column 0 holds the ratings, which have had their prior.
    factors: createAdam(factors, options, (index) => index % rank !== 0),
  }
  const noise = createNoise(options.noise, draw)
  const encoding = new Float32Array(dims)

  const visit = ({ prompt, first, second, share }: Battle, size: number): void => {
    // Into a copy: noise that went into the encodings themselves would pile up over the epochs.
    noise(standard.row(prompt), encoding)
    const query = queryOf(weights, encoding)
    const [a, b] = [first * rank, second * rank]
    let difference = 0
    for (let k = 0; k < rank; k++) difference += output[k]! * (factors[a + k]! - factors[b + k]!) * query[k]!
    const error = (sigmoid(difference) - share) / size
    for (let k = 0; k < rank; k++) {
      const apart = factors[a + k]! - factors[b + k]!
      gradients.output[k]! += error * apart * query[k]!
      const ofModel = error * output[k]! * query[k]!
      gradients.factors[a + k]! += ofModel
      gradients.factors[b + k]! -= ofModel
      const ofQuery = error * output[k]! * apart
      gradients.bias[k]! += ofQuery
      if (ofQuery === 0) continue
      for (let dim = 0; dim < dims; dim++) gradients.projection[k * dims + dim]! += ofQuery * encoding[dim]!
    }
  }
  return (batch) => {
    for (const gradient of Object.values(gradients)) gradient.fill(0)
    for (const battle of batch) visit(battle, batch.length)
    for (const name of ['projection', 'bias', 'output', 'factors'] as const) adam[name](gradients[name])
  }
}

/** W1 e + b. */
function queryOf({ rank, projection, bias }: Factorisation, encoding: Float32Array): Float64Array {
  const dims = encoding.length
  const query = new Float64Array(rank)
  for (let factor = 0; factor < rank; factor++) {
    let sum = bias[factor]!
    for (let dim = 0; dim < dims; dim++) sum += projection[factor * dims + dim]! * encoding[dim]!
    query[factor] = sum
  }
  return query
}

const tableSize = 16_384

/** Gaussian noise from a table, entered at a place drawn anew each time: logarithms would cost more than the network. */
function createNoise(deviation: number, draw: Draw): (from: Float32Array, into: Float32Array) => void {
  const table = Float32Array.from({ length: tableSize }, () => deviation * normal(draw))
  return (from, into) => {
    const start = Math.floor(draw() * tableSize)
    for (let dim = 0; dim < from.length; dim++) into[dim] = from[dim]! + table[(start + dim) % tableSize]!
  }
}

/** The same function over encodings as they come: W1 (e - mean) / scale + b. */
function unstandardised(weights: Factorisation, { dims, means, scales }: Standard): Factorisation {
  const projection = Float32Array.from(weights.projection, (weight, at) => weight * scales[at % dims]!)
  const bias = Float32Array.from(weights.bias, (value, factor) => {
    let sum = value
    for (let dim = 0; dim < dims; dim++) sum -= projection[factor * dims + dim]! * means[dim]!
    return sum
  })
  return {
    rank: weights.rank,
    projection,
    bias,
    output: weights.output.slice(),
    factors: weights.factors.slice(),
  }
}
