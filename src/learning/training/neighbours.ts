import { createTextFeatures } from '../../signals/encoder/text-features.ts'
import type { Example } from './corpus.ts'

/**
 * k nearest neighbours by TF-IDF cosine, with a Beta prior: quality of model m on x is
 *
 *     (n0 mean_m + sum_i s_i score_im) / (n0 + sum_i s_i)
 *
 * over the k fit prompts most similar to x that m was run on, s_i their cosines; `mean_m` is m's mean score and n0 the weight
 * of the prior in units of similarity ("Rethinking predictive modelling for LLM routing", arXiv 2505.12601, with shrinkage).
 */
export type Neighbours = {
  /** By model, in the order given. `leftOut` examples are no neighbours of anybody. */
  readonly predict: (text: string, leftOut?: (example: number) => boolean) => Float64Array
}

export type NeighbourOptions = { readonly neighbours: number; readonly priorSimilarity: number }

/** k grows with the square root of the number of prompts: both the bias and the variance of the mean then vanish with it. */
const optionsFor = (examples: number): NeighbourOptions => ({
  neighbours: Math.max(20, Math.round(Math.sqrt(examples))),
  priorSimilarity: 1,
})

const buckets = 131_072

/** N-grams in more than this share of the prompts tell nothing of their likeness, and cost most of the time. */
const tooCommon = 0.3

export function indexNeighbours(
  examples: readonly Example[],
  models: readonly string[],
  options: NeighbourOptions = optionsFor(examples.length),
): Neighbours {
  const documents = documentCounts(examples)
  const idf = Float32Array.from(documents, (count) => Math.log((1 + examples.length) / (1 + count)) + 1)
  const features = createTextFeatures(buckets, idf)
  const isTelling = (id: number) => documents[id]! > 0 && documents[id]! <= tooCommon * examples.length
  const postings = indexPostings(examples, features.read, isTelling)
  const scores = scoresByModel(examples, models)
  const means = scores.map((list) => meanOf(list))
  const similarity = new Float32Array(examples.length)

  return {
    predict: (text, leftOut = () => false) => {
      similarity.fill(0)
      const { ids, weights, count } = features.read(text)
      for (let feature = 0; feature < count; feature++) {
        const posting = postings.get(ids[feature]!)
        if (!posting) continue
        for (let at = 0; at < posting.examples.length; at++) {
          similarity[posting.examples[at]!]! += weights[feature]! * posting.weights[at]!
        }
      }
      const nearest = largest(similarity, options.neighbours, leftOut)
      return Float64Array.from(models, (_, model) => {
        let sum = options.priorSimilarity * means[model]!
        let weight = options.priorSimilarity
        for (const example of nearest) {
          const score = scores[model]![example]!
          if (Number.isNaN(score)) continue
          sum += similarity[example]! * score
          weight += similarity[example]!
        }
        return sum / weight
      })
    },
  }
}

function documentCounts(examples: readonly Example[]): Uint32Array {
  const counter = createTextFeatures(buckets)
  const documents = new Uint32Array(buckets)
  for (const { text } of examples) {
    const { ids, count } = counter.read(text)
    for (let index = 0; index < count; index++) documents[ids[index]!]!++
  }
  return documents
}

type Posting = { readonly examples: number[]; readonly weights: number[] }

function indexPostings(
  examples: readonly Example[],
  read: ReturnType<typeof createTextFeatures>['read'],
  isTelling: (id: number) => boolean,
): Map<number, Posting> {
  const postings = new Map<number, Posting>()
  examples.forEach(({ text }, example) => {
    const { ids, weights, count } = read(text)
    for (let feature = 0; feature < count; feature++) {
      const id = ids[feature]!
      if (!isTelling(id)) continue
      let posting = postings.get(id)
      if (!posting) {
        posting = { examples: [], weights: [] }
        postings.set(id, posting)
      }
      posting.examples.push(example)
      posting.weights.push(weights[feature]!)
    }
  })
  return postings
}

/** NaN where a model was not run. */
function scoresByModel(examples: readonly Example[], models: readonly string[]): Float32Array[] {
  const rowOf = new Map(models.map((model, row) => [model, row]))
  const scores = models.map(() => new Float32Array(examples.length).fill(Number.NaN))
  examples.forEach((example, index) => {
    for (const { model, score } of example.scores) {
      const row = rowOf.get(model)
      if (row !== undefined) scores[row]![index] = score
    }
  })
  return scores
}

function meanOf(scores: Float32Array): number {
  let sum = 0
  let count = 0
  for (const score of scores) {
    if (Number.isNaN(score)) continue
    sum += score
    count++
  }
  return count === 0 ? 0.5 : sum / count
}

/** Indexes of the k largest values, by insertion into a short sorted list: k is small, the values are many. */
function largest(values: Float32Array, k: number, leftOut: (index: number) => boolean): number[] {
  const kept: number[] = []
  let least = 0
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!
    if (value <= least || leftOut(index)) continue
    let at = kept.length
    while (at > 0 && values[kept[at - 1]!]! < value) at--
    kept.splice(at, 0, index)
    if (kept.length > k) kept.pop()
    if (kept.length === k) least = values[kept[k - 1]!]!
  }
  return kept
}
