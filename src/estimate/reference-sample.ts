import type { Model } from '../domain/model.ts'
import { callCost } from './cost.ts'
import { type Router, referencePrompts } from './router.ts'

/** What is predicted of a pool's models over the artefact's reference prompts. */
export type Sample = {
  readonly size: number
  readonly models: number
  /** size x models, row by row. */
  readonly quality: Float64Array
  readonly usd: Float64Array
  /** The highest mean quality of one model. */
  readonly bestSingle: number
  /** The place of the model of the highest mean cost: the strong one. */
  readonly dearest: number
}

/** Models of unknown price are left out, as `utility` leaves them out. */
export function predictSample(pool: readonly Model[], router: Router): Sample {
  const { reference } = router.artefact
  const priced = pool.filter(({ prices }) => prices.input !== 'unknown' && prices.output !== 'unknown')
  const quality = new Float64Array(reference.size * priced.length)
  const usd = new Float64Array(quality.length)
  const means = new Float64Array(priced.length)
  const costs = new Float64Array(priced.length)
  referencePrompts(router.artefact).forEach((read, prompt) => {
    const estimate = router.quality(read)
    priced.forEach((model, index) => {
      const at = prompt * priced.length + index
      quality[at] = estimate(model).mean
      means[index]! += quality[at]! / reference.size
      const cost = callCost(model, reference.inputTokens[prompt]!, router.outputTokens(read.encoding, model))
      usd[at] = cost.kind === 'known' ? cost.usd.mean : Number.POSITIVE_INFINITY
      costs[index]! += usd[at]! / reference.size
    })
  })
  return {
    size: reference.size,
    models: priced.length,
    quality,
    usd,
    bestSingle: Math.max(0, ...means),
    dearest: costs.indexOf(Math.max(...costs)),
  }
}

/** Means over the sample of `argmax quality - lambda * usd`; of equal values the cheaper is chosen, as `utility` does. */
export function meansAt(
  { size, models, quality, usd, dearest }: Sample,
  lambda: number,
): { readonly quality: number; readonly usd: number; readonly strongShare: number } {
  let [qualitySum, usdSum, strong] = [0, 0, 0]
  for (let prompt = 0; prompt < size; prompt++) {
    let best = prompt * models
    for (let at = best + 1; at < (prompt + 1) * models; at++) {
      const gain = quality[at]! - lambda * usd[at]! - (quality[best]! - lambda * usd[best]!)
      if (gain > 0 || (gain === 0 && usd[at]! < usd[best]!)) best = at
    }
    qualitySum += quality[best]!
    usdSum += usd[best]!
    if (best - prompt * models === dearest) strong++
  }
  return { quality: qualitySum / size, usd: usdSum / size, strongShare: strong / size }
}
