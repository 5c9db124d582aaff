import type { TextEmbedder } from '../domain/strategy.ts'
import { type FusionWeights, fusionWeights } from './fusion.ts'
import type { TermReader } from './terms.ts'
import type { ToolQuery } from './tool-query.ts'
import { type DescribedTool, encodedText, toolText } from './tool-text.ts'
import { type Posting, wordTable } from './word-table.ts'

/** The tools of a catalogue by how much a request wants them. */
export type Ranking = {
  /** Places in the catalogue, best first; equals in the catalogue's order. */
  readonly order: readonly number[]
  /** By place in the catalogue: the chance that it is this tool which is wanted, where it is one. They sum to 1. */
  readonly chances: Float64Array
  /** Share of the words of the query's subject that any tool has, or one that means the same; `null`: none of them says anything. */
  readonly knownShare: number | null
}

export type ToolIndex = {
  readonly size: number
  readonly rank: (query: ToolQuery, weights?: FusionWeights) => Ranking
  /** By place, what the evidence comes to: for fitting the weights. */
  readonly evidence: (query: ToolQuery) => EvidenceTable
}

export type EvidenceTable = Readonly<Record<keyof FusionWeights, Float64Array>> & {
  /** What the words of the best tool come to, by BM25F: some units for a word that is rare in the catalogue. */
  readonly strength: number
  readonly knownShare: number | null
}

/** Places of tools are kept in 16 bits. */
const mostTools = 65_535

/**
 * Reads a catalogue once. Ranking takes some tens of microseconds beside the encoder's reading of the request.
 *
 * @param embedder `null`: words alone decide
 * @throws RangeError for more than 65,535 tools
 */
export function createToolIndex(
  tools: readonly DescribedTool[],
  reader: TermReader,
  embedder: TextEmbedder | null,
): ToolIndex {
  if (tools.length > mostTools)
    throw new RangeError(`A catalogue may have ${mostTools} tools, and this one has ${tools.length}.`)
  const texts = tools.map(toolText)
  const table = wordTable(texts, reader)
  const vectors = embedder ? texts.map((text) => embedder.vectorOf(encodedText(text))) : []
  const size = tools.length
  const evidence = (query: ToolQuery): EvidenceTable => {
    const words = summed(table.postings, query.terms, size)
    const most = highest(words)
    const parts = query.parts.map((terms) => summed(table.postings, terms, size))
    return {
      words: words.map((score) => (most > 0 ? score / most : 0)),
      part: bestPart(parts, words, most),
      name: summed(table.names, query.terms, size).map((share) => Math.min(1, share)),
      vector: likeness(vectors, embedder?.vectorOf(query.encoded) ?? null, size),
      strength: most,
      knownShare: knownShare(table.postings, query),
    }
  }
  return { size, evidence, rank: (query, weights = fusionWeights) => fused(evidence(query), weights) }
}

// Evidence is relative to the best tool's. Where that one has several rare words of the request, being behind it tells more than
// where it has one word in a wide sense. The order of the tools does not hang on it, only how many come to some chance.
const sharpest = 0.5
const strong = 16

export function fused(evidence: EvidenceTable, weights: FusionWeights): Ranking {
  const { words, part, name, vector, strength, knownShare: known } = evidence
  const sharpness = 1 + sharpest * Math.min(1, strength / strong)
  const scores = words.map(
    (word, tool) =>
      sharpness *
      (weights.words * word +
        weights.part * part[tool]! +
        weights.name * name[tool]! +
        weights.vector * vector[tool]!),
  )
  const top = highest(scores)
  const powers = scores.map((score) => Math.exp(score - top))
  const total = powers.reduce((sum, power) => sum + power, 0)
  const order = Array.from(scores, (_, tool) => tool).sort((a, b) => scores[b]! - scores[a]! || a - b)
  return { order, chances: powers.map((power) => power / total), knownShare: known }
}

function knownShare(postings: ReadonlyMap<string, Posting>, { said }: ToolQuery): number | null {
  if (said.length === 0) return null
  return said.filter((terms) => terms.some((term) => postings.has(term))).length / said.length
}

function summed(
  postings: ReadonlyMap<string, Posting>,
  terms: ReadonlyMap<string, number>,
  size: number,
): Float64Array {
  const sums = new Float64Array(size)
  for (const [term, weight] of terms) {
    const posting = postings.get(term)
    if (!posting) continue
    const { tools, impacts } = posting
    for (let at = 0; at < tools.length; at++) sums[tools[at]!]! += weight * impacts[at]!
  }
  return sums
}

const highest = (scores: Float64Array): number =>
  scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY)

/** A part with few words that tools know says little: it counts by what its best tool has beside the best of the whole. */
function bestPart(parts: readonly Float64Array[], whole: Float64Array, most: number): Float64Array {
  const best = new Float64Array(whole.length)
  if (most <= 0) return best
  if (parts.length === 0) return whole.map((score) => score / most)
  for (const scores of parts) {
    const top = highest(scores)
    if (top <= 0) continue
    const worth = Math.min(1, (2 * top) / most) / top
    for (let tool = 0; tool < best.length; tool++) best[tool] = Math.max(best[tool]!, worth * scores[tool]!)
  }
  return best
}

/**
 * By how many deviations a cosine is above the catalogue's mean, a third of them: 0 to 1. Below it, it says nothing: of short texts the
 * encoder knows when they are alike, and seldom when they are not.
 */
function likeness(
  vectors: readonly (Float32Array | null)[],
  query: Float32Array | null,
  size: number,
): Float64Array {
  const cosines = new Float64Array(size)
  if (query === null || size < 2) return cosines
  let [sum, squares, count] = [0, 0, 0]
  vectors.forEach((vector, tool) => {
    if (vector === null || vector.length !== query.length) return
    let cosine = 0
    for (let dim = 0; dim < query.length; dim++) cosine += vector[dim]! * query[dim]!
    cosines[tool] = cosine
    sum += cosine
    squares += cosine * cosine
    count++
  })
  if (count < 2) return new Float64Array(size)
  const mean = sum / count
  const deviation = Math.sqrt(Math.max(1e-9, squares / count - mean * mean))
  return cosines.map((cosine, tool) =>
    vectors[tool] ? Math.max(0, Math.min(1, (cosine - mean) / (3 * deviation))) : 0,
  )
}
