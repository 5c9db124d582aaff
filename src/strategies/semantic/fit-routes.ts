/**
 * All that is fitted on the utterances themselves: how much vectors count beside words, and thresholds. Each utterance is
 * scored as if it were not in the index (leave one out), with the very scores that requests get. It is also scored as if its
 * whole route were missing: the route that then comes first should not take it, which shows how near texts come that belong
 * to no route at all.
 */

import { fitThresholds, type Thresholds, type Trial } from './fit-thresholds.ts'
import type { Nearness, Query, RouteIndex } from './route-index.ts'

/** A score is `denseShare` of the cosine and the rest of the likeness by words. */
export type Fitted = { readonly denseShare: number; readonly thresholds: Thresholds }

export type FittedRoutes = {
  /** With vectors; `null`: no utterance has one. */
  readonly hybrid: Fitted | null
  /** Where the request's text has no vector. */
  readonly words: Fitted
}

export type FitOptions = {
  /** `null`: the share that puts most utterances first in their own route. */
  readonly denseShare: number | null
  /** Texts that belong to no route. */
  readonly outOfScope: readonly Query[]
  /** How much a text whose route was taken away counts, as a share of one that is known to belong nowhere. */
  readonly caution: number
}

/** More utterances than this are not scored one by one: every second, or third, of them is. */
const mostScored = 2_000

/** From words alone to vectors alone. */
const shares = Array.from({ length: 21 }, (_, step) => step / 20)

export function fitRoutes(index: RouteIndex, { denseShare, outOfScope, caution }: FitOptions): FittedRoutes {
  const step = Math.ceil(index.utterances.length / mostScored)
  const sample: Sample[] = []
  for (let at = 0; at < index.utterances.length; at += step)
    sample.push({ near: index.nearnessWithout(at), route: index.utterances[at]!.route })
  for (const query of outOfScope) sample.push({ near: index.nearness(query), route: null })
  const fitted = (share: number): Fitted => ({
    denseShare: share,
    thresholds: fitThresholds(trialsOf(sample, share, caution), index.routes),
  })
  return {
    hybrid: index.dims === 0 ? null : fitted(denseShare ?? bestShare(sample)),
    words: fitted(0),
  }
}

type Sample = { readonly near: Nearness; readonly route: number | null }

/** One score for each route. Without a vector the likeness by words is all there is. */
export function scoresOf({ dense, sparse }: Nearness, denseShare: number): Float64Array {
  return Float64Array.from(sparse, (words, route) =>
    dense === null ? words : denseShare * dense[route]! + (1 - denseShare) * words,
  )
}

/** `without`: a route that does not take part. */
export function bestRoute(scores: Float64Array, without = -1): number {
  let best = -1
  for (let route = 0; route < scores.length; route++)
    if (route !== without && (best < 0 || scores[route]! > scores[best]!)) best = route
  return best
}

function trialsOf(sample: readonly Sample[], share: number, caution: number): readonly Trial[] {
  return sample.flatMap(({ near, route }) => {
    const scores = scoresOf(near, share)
    const best = bestRoute(scores)
    const own: Trial = { best, score: scores[best]!, route, weight: 1 }
    if (route === null || scores.length < 2 || caution === 0) return [own]
    const other = bestRoute(scores, route)
    return [own, { best: other, score: scores[other]!, route: null, weight: caution }]
  })
}

/** Of equal ones the middle. */
function bestShare(sample: readonly Sample[]): number {
  const own = sample.filter(({ route }) => route !== null)
  const right = shares.map(
    (share) => own.filter(({ near, route }) => bestRoute(scoresOf(near, share)) === route).length,
  )
  const most = Math.max(...right)
  const ties = shares.filter((_, place) => right[place] === most)
  return ties[Math.floor(ties.length / 2)]!
}
