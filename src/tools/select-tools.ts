import type { KeptTools } from '../domain/tool-filter.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { Ranking } from './tool-index.ts'

/** Chances that a selection is to come to: where the ranking is flat it is made larger than was asked for, ... */
const enoughConfidence = 0.95
/** ... but not by more than this. */
const largestMargin = 1.25

/**
 * The best of a ranking, and some more where it is so flat that the tool that is wanted may stand below the cut.
 *
 * @returns places in the catalogue, best first
 */
export function selectTools({ order, chances }: Ranking, keep: KeptTools): readonly number[] {
  const target = keptCount(keep, order.length)
  const most = Math.min(order.length, Math.ceil(target * largestMargin))
  return order.slice(0, Math.max(target, confidentCount(order, chances, most)))
}

/** What a later turn wants of a catalogue: places, best first. */
export type Need = {
  readonly kept: readonly number[]
  /** The best of them, which come to the confidence: while these are on offer nothing is added, since what is added costs the cache. */
  readonly pressing: readonly number[]
}

/** What is added is at least this share of what was asked for: once the cache is lost, more tools cost little. */
const leastShare = 0.25

/** As few of the best as come to the confidence, and never more than were asked for. */
export function neededTools({ order, chances }: Ranking, keep: KeptTools): Need {
  const most = keptCount(keep, order.length)
  const count = confidentCount(order, chances, most)
  return {
    kept: order.slice(0, Math.max(count, Math.ceil(leastShare * most))),
    pressing: order.slice(0, count),
  }
}

function confidentCount(order: readonly number[], chances: Float64Array, most: number): number {
  let confidence = 0
  let count = 0
  while (count < most && confidence < enoughConfidence) confidence += chances[order[count++]!]!
  return count
}

/** Tools to keep of so many, at least one of any. */
export function keptCount(keep: KeptTools, tools: number): number {
  switch (keep.kind) {
    case 'share':
      return Math.min(tools, Math.max(1, Math.ceil(keep.share * tools)))
    case 'count':
      return Math.min(tools, Math.max(1, Math.floor(keep.count)))
    default:
      return unreachable(keep)
  }
}
