import { columnMeans, type OutcomeTable } from './table.ts'

/** The pool's corner models, as places in the pool, chosen on the fit rows. */
export type Corners = { readonly cheapest: number; readonly bestSingle: number; readonly dearest: number }

export function cornersOf(fit: OutcomeTable): Corners {
  const quality = columnMeans(fit.quality, fit.pool.length)
  const costUsd = columnMeans(fit.costUsd, fit.pool.length)
  const places = fit.pool.map((_, place) => place)
  const first = (better: (a: number, b: number) => number) => [...places].sort(better)[0]!
  return {
    cheapest: first((a, b) => costUsd[a]! - costUsd[b]! || quality[b]! - quality[a]!),
    bestSingle: first((a, b) => quality[b]! - quality[a]! || costUsd[a]! - costUsd[b]!),
    dearest: first((a, b) => costUsd[b]! - costUsd[a]! || quality[b]! - quality[a]!),
  }
}

export const bestOnQuality = (fit: OutcomeTable): number => {
  const quality = columnMeans(fit.quality, fit.pool.length)
  return quality.indexOf(Math.max(...quality))
}
