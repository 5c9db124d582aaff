import type { ModelId } from '../../domain/model.ts'
import { hash32 } from '../../domain/random.ts'
import type { WordCounts } from '../../domain/signals.ts'
import {
  type NeighbourIndex,
  notRun,
  tellingWords,
  tooCommon,
  wholeScore,
} from '../../estimate/quality/neighbours.ts'
import { wordBuckets } from '../../signals/words.ts'
import type { Example } from './corpus.ts'

/** The rarest words of a prompt, by which it is found. With twice as many, or with all n-grams, predictions were no better. */
const wordsKept = 48

/** What the index is bounded by; of more prompts so many are kept, by a hash of their text. */
const mostPrompts = 32_768

/** k grows with the square root of the number of prompts: both the bias and the variance of the mean then vanish with it. */
const neighboursFor = (prompts: number): Pick<NeighbourIndex, 'near' | 'far'> => ({
  near: Math.max(20, Math.round(Math.sqrt(prompts))),
  far: Math.max(40, Math.min(400, Math.round(6 * Math.sqrt(prompts)))),
})

export function indexNeighbours(
  examples: readonly Example[],
  words: readonly WordCounts[],
  models: readonly ModelId[],
): NeighbourIndex {
  const kept = keptExamples(examples, models)
  const documents = new Uint16Array(wordBuckets)
  for (const example of kept) {
    for (const id of words[example]!.ids) documents[id] = Math.min(65535, documents[id]! + 1)
  }
  return {
    size: kept.length,
    documents,
    ...postings(
      kept.map((example) => words[example]!),
      documents,
    ),
    models,
    scores: scoreRows(
      kept.map((example) => examples[example]!),
      models,
    ),
    ...neighboursFor(kept.length),
  }
}

function keptExamples(examples: readonly Example[], models: readonly ModelId[]): number[] {
  const known = new Set<string>(models)
  const judged = examples.flatMap(({ scores }, index) =>
    scores.some(({ model }) => known.has(model)) ? [index] : [],
  )
  if (judged.length <= mostPrompts) return judged
  const byHash = judged.map((index) => [hash32(examples[index]!.text, 3), index] as const)
  return byHash
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .slice(0, mostPrompts)
    .map(([, index]) => index)
    .sort((a, b) => a - b)
}

function postings(
  words: readonly WordCounts[],
  documents: Uint16Array,
): Pick<NeighbourIndex, 'starts' | 'prompts' | 'weights'> {
  const idf = (id: number) => Math.log((1 + words.length) / (1 + documents[id]!)) + 1
  const isTelling = (id: number) => documents[id]! <= tooCommon * words.length
  const told = words.map((counts) => tellingWords(counts, idf, isTelling).slice(0, wordsKept))
  const starts = new Uint32Array(wordBuckets + 1)
  for (const list of told) for (const { id } of list) starts[id + 1]!++
  for (let id = 0; id < wordBuckets; id++) starts[id + 1]! += starts[id]!
  const next = starts.slice()
  const prompts = new Uint16Array(starts[wordBuckets]!)
  const weights = new Uint8Array(prompts.length)
  told.forEach((list, prompt) => {
    for (const { id, weight } of list) {
      const at = next[id]!++
      prompts[at] = prompt
      weights[at] = Math.round(255 * weight)
    }
  })
  return { starts, prompts, weights }
}

function scoreRows(examples: readonly Example[], models: readonly ModelId[]): Uint8Array {
  const rowOf = new Map<string, number>(models.map((model, row) => [model, row]))
  const rows = new Uint8Array(models.length * examples.length).fill(notRun)
  examples.forEach(({ scores }, prompt) => {
    for (const { model, score } of scores) {
      const row = rowOf.get(model)
      if (row !== undefined) rows[row * examples.length + prompt] = Math.round(wholeScore * score)
    }
  })
  return rows
}
