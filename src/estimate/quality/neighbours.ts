import type { ModelId } from '../../domain/model.ts'
import type { WordCounts } from '../../domain/signals.ts'
import { type ClusterTable, nearClusters, overClusters } from './clusters.ts'
import type { QualityEstimator } from './estimator.ts'

/**
 * Outcomes of prompts, to be looked up by the words of another. Each prompt stands under its rarest words only: what they say
 * of likeness is as good as what all of its n-grams say, and a prompt of 2 KB is looked up in some 50 microseconds.
 */
export type NeighbourIndex = {
  /** Prompts in the index, at most 65,536. */
  readonly size: number
  /** By word: prompts that it stands in. */
  readonly documents: Uint16Array
  /** Postings of word w are `starts[w] .. starts[w + 1]` of the two below. */
  readonly starts: Uint32Array
  readonly prompts: Uint16Array
  /** TF-IDF weight of the word in the prompt's vector of unit length, times 255. */
  readonly weights: Uint8Array
  readonly models: readonly ModelId[]
  /** models x size, row by row: score times 254, or 255 where the model was not run. */
  readonly scores: Uint8Array
  /** Neighbours that tell how hard a prompt is, and how models differ on it. */
  readonly near: number
  readonly far: number
}

export const notRun = 255
export const wholeScore = 254

/** Words of a prompt that are looked up, the most telling first, ... */
const wordsRead = 64
/** ... as long as no more than so many postings have been read. */
const mostPostings = 6_000
/** Words in more than this share of the prompts tell nothing of their likeness. */
export const tooCommon = 0.3

/** Cosines that a prior is worth beside the neighbours'. */
const levelPrior = 1
const differencePrior = 2

/**
 * k nearest neighbours by TF-IDF cosine s_i over words ("Rethinking predictive modelling for LLM routing", arXiv 2505.12601),
 * as the third level of a hierarchy: all prompts, the cluster, the neighbours. With u_m what model m is usually worth,
 * r_i = mean over models of (score_im - u_m), how much easier than usual neighbour i was, and R and D_m the same ease, and what
 * is left of the model's own, by the posteriors of the prompt's clusters:
 *
 *     quality_m = u_m + (R + sum_near s_i r_i) / (1 + sum_near s_i) + (2 D_m + sum_far s_i (score_im - u_m - r_i)) / (2 + sum_far s_i)
 *
 * How models differ varies slowly over prompts, and each outcome says little of it: differences want more neighbours than
 * difficulty does. Outcomes are not measured against their own cluster: a vector that was trained on them lies among its likes.
 */
export function createNeighbours(index: NeighbourIndex, table: ClusterTable): QualityEstimator {
  const rowOf = new Map(index.models.map((id, row) => [id, row]))
  const { ease, rests } = residuals(index, table.usual)
  const easeOfCluster = clusterEase(table)
  const lookUp = createLookUp(index)
  const over = overClusters(table)
  return {
    name: 'neighbours',
    read: (prompt) => {
      const clusters = nearClusters(table, prompt.vector)
      const ofCluster = over(clusters)
      const { ids, cosines, near } = lookUp(prompt.words)
      if (prompt.seen) leaveOutNearest(cosines, near)
      let expected = 0
      for (const { cluster, weight } of clusters) expected += weight * easeOfCluster[cluster]!
      let [sum, weight] = [levelPrior * expected, levelPrior]
      for (let at = 0; at < near; at++) {
        sum += cosines[at]! * ease[ids[at]!]!
        weight += cosines[at]!
      }
      const level = sum / weight
      return (model) => {
        const row = rowOf.get(model.id)
        const prior = ofCluster(model)
        if (row === undefined || prior === null) return null
        const usual = table.usual[row]!
        const { total, seen } = sumOfRests(rests, index.models.length, row, ids, cosines)
        const own = prior.mean - usual - expected
        const difference = (differencePrior * own + total / restSteps) / (differencePrior + seen)
        const mean = Math.min(0.998, Math.max(0.002, usual + level + difference))
        // Of a Beta posterior: the prior is worth what the cluster's deviation says, neighbours what their cosines sum to.
        const priorWorth = (prior.mean * (1 - prior.mean)) / Math.max(1e-4, prior.deviation ** 2)
        return { mean, deviation: Math.sqrt((mean * (1 - mean)) / (priorWorth + seen)) }
      }
    },
  }
}

/**
 * Over neighbours, what is left of a model's scores, in steps and times cosines, and the cosines of those that it was run on. A
 * function of its own, and not a loop over what a closure holds: that took twice as long.
 */
function sumOfRests(
  rests: Uint8Array,
  models: number,
  row: number,
  ids: Uint16Array,
  cosines: Float32Array,
): { readonly total: number; readonly seen: number } {
  let [total, seen] = [0, 0]
  for (let at = 0; at < ids.length; at++) {
    const rest = rests[ids[at]! * models + row]!
    const cosine = cosines[at]!
    total += cosine * stepsOfRest[rest]!
    seen += cosine * timesRun[rest]!
  }
  return { total, seen }
}

/** The nearest to a prompt that is in the index is the prompt itself; a cosine of 0 has no say. */
function leaveOutNearest(cosines: Float32Array, near: number): void {
  let nearest = 0
  for (let at = 1; at < near; at++) if (cosines[at]! > cosines[nearest]!) nearest = at
  if (near > 0) cosines[nearest] = 0
}

/** By cluster: how much easier than usual its prompts are, over all models. */
function clusterEase({ clusters, models, means, usual }: ClusterTable): Float32Array {
  return Float32Array.from({ length: clusters }, (_, cluster) => {
    let sum = 0
    for (let model = 0; model < models.length; model++)
      sum += means[cluster * models.length + model]! - usual[model]!
    return sum / Math.max(1, models.length)
  })
}

/** Rests run from -2 to 2, and are kept in a byte each, in steps of 1/63 above the lowest. */
const restSteps = 63
const lowestRest = -2 * restSteps
const noRest = 255

// Sums over rests look a byte up in both and so need not ask whether the model was run: that can't be foreseen, and a processor
// that guesses it, wrongly every third time, took five times as long.
const stepsOfRest = Float64Array.from({ length: 256 }, (_, rest) => (rest === noRest ? 0 : rest + lowestRest))
const timesRun = Float64Array.from({ length: 256 }, (_, rest) => (rest === noRest ? 0 : 1))

/**
 * By prompt, how much easier than usual it was; by prompt and model, what is left of the score beside that. Those of one prompt
 * lie side by side: the first model that is asked brings the neighbours' into the processor's cache for all others. Row by row
 * of models, each would go through memory anew, which took four times as long.
 */
function residuals(
  { size, models, scores }: NeighbourIndex,
  usual: Float32Array,
): { readonly ease: Float32Array; readonly rests: Uint8Array } {
  const ease = new Float32Array(size)
  const counts = new Uint16Array(size)
  const eachRun = (visit: (row: number, prompt: number, beyond: number) => void) => {
    for (let row = 0; row < models.length; row++) {
      for (let prompt = 0; prompt < size; prompt++) {
        const score = scores[row * size + prompt]!
        if (score !== notRun) visit(row, prompt, score / wholeScore - usual[row]!)
      }
    }
  }
  eachRun((_, prompt, beyond) => {
    ease[prompt]! += beyond
    counts[prompt]!++
  })
  for (let prompt = 0; prompt < size; prompt++) ease[prompt]! /= Math.max(1, counts[prompt]!)
  const rests = new Uint8Array(scores.length).fill(noRest)
  eachRun((row, prompt, beyond) => {
    rests[prompt * models.length + row] = Math.round(restSteps * (beyond - ease[prompt]!)) - lowestRest
  })
  return { ease, rests }
}

/** The first `near` of `ids` are the nearest; among them, and after them, in no order. */
type Found = { readonly ids: Uint16Array; readonly cosines: Float32Array; readonly near: number }

function createLookUp({ size, documents, starts, prompts, weights, near, far }: NeighbourIndex) {
  const idf = Float32Array.from(documents, (count) => Math.log((1 + size) / (1 + count)) + 1)
  const isTelling = (id: number) => documents[id]! > 0 && documents[id]! <= tooCommon * size
  const cosines = new Float32Array(size)
  const touched = new Uint16Array(size)
  const takeLargest = createSelection(size, near, far)
  return (words: WordCounts): Found => {
    let count = 0
    let read = 0
    for (const { id, weight } of tellingWords(words, (word) => idf[word]!, isTelling).slice(0, wordsRead)) {
      const [from, to] = [starts[id]!, starts[id + 1]!]
      read += to - from
      if (read > mostPostings) break
      count = addPostings(prompts, weights, from, to, weight / 255, cosines, touched, count)
    }
    return takeLargest(cosines, touched, count)
  }
}

/** Adds one word to the cosines of the prompts that it stands in, lists those that were 0, and returns how many are listed. */
function addPostings(
  prompts: Uint16Array,
  weights: Uint8Array,
  from: number,
  to: number,
  scale: number,
  cosines: Float32Array,
  touched: Uint16Array,
  listed: number,
): number {
  let count = listed
  for (let at = from; at < to; at++) {
    const prompt = prompts[at]!
    const before = cosines[prompt]!
    if (before === 0) touched[count++] = prompt
    // Rounded to nothing, a weight would leave the prompt untouched for ever.
    cosines[prompt] = before + scale * (weights[at]! || 1)
  }
  return count
}

/** Words by their weight in the text's vector of unit length, heaviest first; those that tell nothing are left out. */
export function tellingWords(
  { ids, counts }: WordCounts,
  idf: (id: number) => number,
  isTelling: (id: number) => boolean,
): { readonly id: number; readonly weight: number }[] {
  const found: { id: number; weight: number }[] = []
  let squares = 0
  ids.forEach((id, place) => {
    // Sublinear term frequency: a word said ten times is not ten times as telling.
    const weight = (1 + Math.log(counts[place]!)) * idf(id)
    squares += weight * weight
    if (isTelling(id)) found.push({ id, weight })
  })
  const scale = 1 / Math.sqrt(squares)
  for (const word of found) word.weight *= scale
  return found.sort((a, b) => b.weight - a.weight || a.id - b.id)
}

const bins = 1024

/**
 * Takes the `far` largest of many values between 0 and about 1, by a histogram: where several share the last bin, all of them.
 * The nearest stand first. `values` is all zeros afterwards. Some thousand members lie scattered in it: they are visited once,
 * and what is selected from is gathered side by side; memory for that is reused.
 */
function createSelection(size: number, near: number, far: number) {
  const gathered = new Float32Array(size)
  const binOf = new Uint16Array(size)
  const histogram = new Uint32Array(bins)
  return (values: Float32Array, members: Uint16Array, count: number): Found => {
    gather(values, members, count, gathered, binOf, histogram)
    const nearest = lowestBin(histogram, near)
    const { edge, members: taken } = lowestBin(histogram, far)
    const ids = new Uint16Array(taken)
    const cosines = new Float32Array(taken)
    let [front, back] = [0, nearest.members]
    for (let place = 0; place < count; place++) {
      const bin = binOf[place]!
      if (bin < edge) continue
      const at = bin >= nearest.edge ? front++ : back++
      ids[at] = members[place]!
      cosines[at] = gathered[place]!
    }
    return { ids, cosines, near: nearest.members }
  }
}

/** Moves the members' values out of `values`, side by side, and counts them by bin. */
function gather(
  values: Float32Array,
  members: Uint16Array,
  count: number,
  gathered: Float32Array,
  binOf: Uint16Array,
  histogram: Uint32Array,
): void {
  histogram.fill(0)
  for (let place = 0; place < count; place++) {
    const member = members[place]!
    const value = values[member]!
    values[member] = 0
    const bin = Math.min(bins - 1, (value * bins) | 0)
    gathered[place] = value
    binOf[place] = bin
    histogram[bin]!++
  }
}

/** The bin down to which at least `wanted` members lie, and how many do; the lowest of all where there are not so many. */
function lowestBin(
  histogram: Uint32Array,
  wanted: number,
): { readonly edge: number; readonly members: number } {
  let members = 0
  for (let bin = bins - 1; bin >= 0; bin--) {
    members += histogram[bin]!
    if (members >= wanted) return { edge: bin, members }
  }
  return { edge: 0, members }
}
