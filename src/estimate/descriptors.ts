import type { Benchmark, Model } from '../domain/model.ts'

/**
 * What places a model that no outcome has seen: its published benchmark scores by area, as log-odds, and its price.
 * A missing area takes the model's overall level; a model without any score takes what models of its price reach.
 */
export const descriptorNames = [
  'overall',
  'knowledge',
  'mathematics',
  'code',
  'logPrice',
  'reasoning',
] as const
export type DescriptorName = (typeof descriptorNames)[number]

/** Mean and deviation of each benchmark's log-odds over the catalogue, and the line from log price to overall level. */
export type DescriptorScale = {
  readonly benchmarks: Readonly<
    Partial<Record<Benchmark, { readonly mean: number; readonly deviation: number }>>
  >
  readonly levelAtPrice: { readonly intercept: number; readonly slope: number }
}

const areas: Readonly<Record<'knowledge' | 'mathematics' | 'code', readonly Benchmark[]>> = {
  knowledge: ['mmlu', 'mmlu-pro', 'gpqa-diamond'],
  mathematics: ['math', 'gsm8k'],
  code: ['human-eval', 'live-code-bench'],
}

export function descriptors(model: Model, scale: DescriptorScale): Float32Array {
  const logPrice = logOutputPrice(model)
  const level = levelOf(model, Object.keys(model.benchmarks) as Benchmark[], scale)
  const overall = level ?? scale.levelAtPrice.intercept + scale.levelAtPrice.slope * (logPrice ?? 0)
  const area = (name: keyof typeof areas) => (levelOf(model, areas[name], scale) ?? overall) - overall
  return Float32Array.of(
    overall,
    area('knowledge'),
    area('mathematics'),
    area('code'),
    // A price that is not known says nothing: it takes the value that the overall level would suggest.
    logPrice ?? priceAtLevel(overall, scale),
    model.capabilities.has('reasoning') ? 1 : 0,
  )
}

/** Natural logarithm of dollars per million output tokens; `null` for unknown and free models. */
export const logOutputPrice = ({ prices }: Model): number | null =>
  prices.output === 'unknown' || prices.output <= 0 ? null : Math.log(prices.output)

export function levelOf(model: Model, names: readonly Benchmark[], scale: DescriptorScale): number | null {
  let sum = 0
  let count = 0
  for (const name of names) {
    const score = model.benchmarks[name]
    const known = scale.benchmarks[name]
    if (score === undefined || known === undefined) continue
    sum += (logOdds(score) - known.mean) / known.deviation
    count++
  }
  return count === 0 ? null : sum / count
}

/** The line runs flatter than the models it was fitted to: read backwards it would name prices that nobody asks. */
const leastLogPrice = Math.log(0.02)
const mostLogPrice = Math.log(100)

const priceAtLevel = (overall: number, { levelAtPrice: { intercept, slope } }: DescriptorScale): number =>
  slope === 0 ? 0 : Math.min(mostLogPrice, Math.max(leastLogPrice, (overall - intercept) / slope))

/** Clipped, so that a perfect score stays finite. */
export const logOdds = (share: number): number => {
  const clipped = Math.min(0.995, Math.max(0.005, share))
  return Math.log(clipped / (1 - clipped))
}
