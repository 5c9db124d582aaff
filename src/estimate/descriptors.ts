import type { Benchmark, Model } from '../domain/model.ts'

/**
 * What places a model that no outcome has seen: its ability, as an item-response model reads it from published benchmark
 * scores and price; how far it is ahead or behind of that in single areas; and whether it reasons.
 */
export const descriptorNames = [
  'overall',
  'knowledge',
  'mathematics',
  'code',
  'aheadOfPrice',
  'reasoning',
] as const
export type DescriptorName = (typeof descriptorNames)[number]

/**
 * The items of the model, with abilities of mean 0 and variance 1 over the catalogue (fitted by descriptor-scale.ts):
 *
 *     log-odds of a score on benchmark b = mean_b + deviation_b (ability + noise_b e),   e ~ N(0, 1)
 *     ability ~ N(intercept + slope log(price), deviation^2), or N(0, 1) where the price is not known
 *
 * So a hard benchmark that only strong models report, and a model that reports few, are read for what they say.
 */
export type DescriptorScale = {
  readonly benchmarks: Readonly<Partial<Record<Benchmark, BenchmarkScale>>>
  /** What ability models of a price reach, before any score is read. */
  readonly levelAtPrice: {
    readonly intercept: number
    readonly slope: number
    readonly deviation: number
  }
}

export type BenchmarkScale = {
  /** Log-odds of the score of a model of ability 0. */
  readonly mean: number
  /** What one unit of ability adds to them. */
  readonly deviation: number
  /** Deviation, in units of ability, of what one score says. */
  readonly noise: number
}

const areas: Readonly<Record<'knowledge' | 'mathematics' | 'code', ReadonlySet<Benchmark>>> = {
  knowledge: new Set<Benchmark>(['mmlu', 'mmlu-pro', 'gpqa-diamond']),
  mathematics: new Set<Benchmark>(['math', 'gsm8k']),
  code: new Set<Benchmark>(['human-eval', 'live-code-bench']),
}

export function descriptors(model: Model, scale: DescriptorScale): Float32Array {
  const evidence = evidenceOf(model, scale)
  const fromPrice = abilityAtPrice(model, scale)
  const overall = abilityFrom(fromPrice ?? (evidence.length > 0 ? unpriced : unmeasured), evidence)
  const area = (name: keyof typeof areas) =>
    residual(
      overall,
      evidence.filter(({ benchmark }) => areas[name].has(benchmark)),
    )
  return Float32Array.of(
    overall,
    area('knowledge'),
    area('mathematics'),
    area('code'),
    // A price that is not known says nothing.
    fromPrice === null ? 0 : (overall - fromPrice.mean) / fromPrice.deviation,
    model.capabilities.has('reasoning') ? 1 : 0,
  )
}

/** Natural logarithm of dollars per million output tokens; `null` for unknown and free models. */
export const logOutputPrice = ({ prices }: Model): number | null =>
  prices.output === 'unknown' || prices.output <= 0 ? null : Math.log(prices.output)

/** Clipped, so that a perfect score stays finite. */
export const logOdds = (share: number): number => {
  const clipped = Math.min(0.995, Math.max(0.005, share))
  return Math.log(clipped / (1 - clipped))
}

type Belief = { readonly mean: number; readonly deviation: number }

const unpriced: Belief = { mean: 0, deviation: 1 }
/** Neither a score nor a price is known: nobody has made much of such a model, and it is not to win a choice by that. */
const unmeasured: Belief = { mean: -1, deviation: 1 }

/** What one score says of ability. */
type Evidence = Belief & { readonly benchmark: Benchmark }

function evidenceOf({ benchmarks }: Model, scale: DescriptorScale): readonly Evidence[] {
  return Object.entries(benchmarks).flatMap(([name, share]) => {
    const benchmark = name as Benchmark
    const item = scale.benchmarks[benchmark]
    if (item === undefined) return []
    const mean = (logOdds(share) - item.mean) / item.deviation
    return [{ benchmark, mean, deviation: item.noise }]
  })
}

function abilityAtPrice(model: Model, { levelAtPrice }: DescriptorScale): Belief | null {
  const logPrice = logOutputPrice(model)
  if (logPrice === null) return null
  const { intercept, slope, deviation } = levelAtPrice
  return { mean: intercept + slope * logPrice, deviation }
}

/** The mean of a normal posterior: means weighted by precision. */
function abilityFrom(prior: Belief, evidence: readonly Evidence[]): number {
  let precision = 0
  let weighted = 0
  for (const { mean, deviation } of [prior, ...evidence]) {
    precision += deviation ** -2
    weighted += mean * deviation ** -2
  }
  return weighted / precision
}

/** How far scores lie above what ability explains, in deviations, shrunk as by one score that lies there. */
const residual = (ability: number, evidence: readonly Evidence[]): number =>
  evidence.reduce((sum, { mean, deviation }) => sum + (mean - ability) / deviation, 0) / (1 + evidence.length)
