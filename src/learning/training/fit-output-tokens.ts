import { factorRidge, solveRidge } from './ridge.ts'

/** Output tokens that were seen: one encoding, and tokens by model. */
export type SeenTokens = { readonly encoding: Float32Array; readonly tokens: ReadonlyMap<string, number> }

export type OutputTokenFit = {
  /** Over the encoding and a bias: natural logarithm of output tokens of a model of verbosity 1. */
  readonly head: Float32Array
  readonly verbosity: ReadonlyMap<string, number>
  readonly logDeviation: number
}

const rounds = 4
const penalty = 5

/** Where no length was recorded: a middling chat answer, anywhere from a third to three times as long. Never a low guess. */
const unseen = { tokens: 400, logDeviation: 1 }

/**
 * log tokens(x, m) = w . y(x) + c_m + noise, fitted by alternating ridge regression and means. The median model has
 * verbosity exp(c) = 1. Half the noise variance is added to the bias, so that exp of the prediction is the mean, not the median.
 */
export function fitOutputTokens(seen: readonly SeenTokens[], dims: number): OutputTokenFit {
  if (seen.length === 0) return unseenFit(dims)
  const columns = dims + 1
  const rows = new Float32Array(seen.length * columns)
  seen.forEach(({ encoding }, index) => {
    rows.set(encoding, index * columns)
    rows[(index + 1) * columns - 1] = 1
  })
  const factor = factorRidge(rows, columns, penalty)
  const offsets = new Map<string, number>()
  let head = new Float64Array(columns)
  for (let round = 0; round < rounds; round++) {
    const targets = seen.map(({ tokens }) =>
      mean([...tokens].map(([model, count]) => Math.log(count) - (offsets.get(model) ?? 0))),
    )
    head = new Float64Array(solveRidge(factor, rows, targets))
    centre(offsets, residualsByModel(seen, head))
  }
  const noise = [...residualsByModel(seen, head)].flatMap(([model, residuals]) =>
    residuals.map((residual) => residual - (offsets.get(model) ?? 0)),
  )
  const variance = mean(noise.map((residual) => residual ** 2))
  head[dims]! += variance / 2
  return {
    head: Float32Array.from(head),
    verbosity: new Map([...offsets].map(([model, offset]) => [model, Math.exp(offset)])),
    logDeviation: Math.sqrt(variance),
  }
}

function unseenFit(dims: number): OutputTokenFit {
  const head = new Float32Array(dims + 1)
  head[dims] = Math.log(unseen.tokens)
  return { head, verbosity: new Map(), logDeviation: unseen.logDeviation }
}

function residualsByModel(seen: readonly SeenTokens[], head: Float64Array): Map<string, number[]> {
  const residuals = new Map<string, number[]>()
  for (const { encoding, tokens } of seen) {
    let predicted = head[encoding.length]!
    for (let dim = 0; dim < encoding.length; dim++) predicted += head[dim]! * encoding[dim]!
    for (const [model, count] of tokens) {
      const list = residuals.get(model)
      if (list) list.push(Math.log(count) - predicted)
      else residuals.set(model, [Math.log(count) - predicted])
    }
  }
  return residuals
}

/** Offsets are means of residuals, less the median offset over models. */
function centre(offsets: Map<string, number>, residuals: ReadonlyMap<string, readonly number[]>): void {
  const means = [...residuals].map(([model, list]) => [model, mean(list)] as const)
  const sorted = means.map(([, value]) => value).sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0
  for (const [model, value] of means) offsets.set(model, value - median)
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
