import { expect, test } from 'vitest'
import { modelId } from '../../domain/model.ts'
import { seededDraw } from '../../domain/random.ts'
import type { WordCounts } from '../../domain/signals.ts'
import { wordBuckets } from '../../signals/words.ts'
import type { ClusterTable } from './clusters.ts'
import { createNeighbours, type NeighbourIndex, notRun, tellingWords, wholeScore } from './neighbours.ts'
import { undescribed } from './undescribed.ts'

const size = 300
const words = 40
const models = ['a', 'b', 'c'].map(modelId)
const [near, far] = [10, 25]

/** Prompts of a few words each, and models of which each was run on most of them. */
function anIndex(): NeighbourIndex {
  const draw = seededDraw('neighbours')
  const has = Array.from({ length: words }, () =>
    Array.from({ length: size }, (_, prompt) => prompt).filter(() => draw() < 0.1),
  )
  const starts = new Uint32Array(wordBuckets + 1)
  const documents = new Uint16Array(wordBuckets)
  let postings = 0
  for (let word = 0; word < wordBuckets; word++) {
    documents[word] = has[word]?.length ?? 0
    postings += documents[word]!
    starts[word + 1] = postings
  }
  const scores = Uint8Array.from({ length: models.length * size }, () =>
    draw() < 0.3 ? notRun : Math.floor(draw() * (wholeScore + 1)),
  )
  const weights = Uint8Array.from({ length: postings }, () => Math.floor(draw() * 200))
  return {
    size,
    documents,
    starts,
    prompts: Uint16Array.from(has.flat()),
    weights,
    models,
    scores,
    near,
    far,
  }
}

const index = anIndex()

const table: ClusterTable = {
  centres: Float32Array.from([1, 0]),
  clusters: 1,
  models,
  usual: Float32Array.from([0.4, 0.5, 0.6]),
  means: Float32Array.from([0.45, 0.5, 0.65]),
  weights: Float32Array.from([20, 20, 20]),
}

const promptOf = (list: readonly number[]) => {
  const found: WordCounts = { ids: Uint32Array.from(list), counts: new Float32Array(list.length).fill(1) }
  return { encoding: new Float32Array(0), vector: Float32Array.from([1, 0]), words: found }
}

/** The formula at the head of neighbours.ts, over cosines from the largest down. */
function byHand(list: readonly number[], row: number): number {
  const idf = (word: number) => Math.log((1 + size) / (1 + index.documents[word]!)) + 1
  const cosines = new Float32Array(size)
  for (const { id, weight } of tellingWords(promptOf(list).words, idf, () => true))
    for (let at = index.starts[id]!; at < index.starts[id + 1]!; at++)
      cosines[index.prompts[at]!]! += (weight / 255) * (index.weights[at]! || 1)
  const ranked = [...cosines.keys()]
    .filter((prompt) => cosines[prompt]! > 0)
    .sort((p, q) => cosines[q]! - cosines[p]!)
  // Whoever shares a bin of the histogram with the last has a say too.
  const taken = (wanted: number) => {
    const last = ranked[Math.min(wanted, ranked.length) - 1]
    const edge = last === undefined ? 0 : Math.floor(cosines[last]! * 1024)
    return ranked.filter((prompt) => Math.floor(cosines[prompt]! * 1024) >= edge)
  }
  const beyond = (model: number, prompt: number) => {
    const score = index.scores[model * size + prompt]!
    return score === notRun ? null : score / wholeScore - table.usual[model]!
  }
  const ease = (prompt: number) => {
    const seen = models.flatMap((_, model) => beyond(model, prompt) ?? [])
    return seen.reduce((sum, value) => sum + value, 0) / Math.max(1, seen.length)
  }
  const expected = (0.05 + 0 + 0.05) / 3
  let [level, weight] = [expected, 1]
  for (const prompt of taken(near)) {
    level += cosines[prompt]! * ease(prompt)
    weight += cosines[prompt]!
  }
  let [rest, seen] = [2 * (table.means[row]! - table.usual[row]! - expected), 2]
  for (const prompt of taken(far)) {
    const own = beyond(row, prompt)
    if (own === null) continue
    rest += cosines[prompt]! * (own - ease(prompt))
    seen += cosines[prompt]!
  }
  return Math.min(0.998, Math.max(0.002, table.usual[row]! + level / weight + rest / seen))
}

const prompts = [[], [3], [1, 2, 5], [0, 7, 9, 11, 30, 31], Array.from({ length: words }, (_, word) => word)]

test.each(prompts.map((list) => [list]))('estimates of words %j are those of the formula', (list) => {
  const estimate = createNeighbours(index, table).read(promptOf(list))
  models.forEach((id, row) => {
    // A rest is kept in steps of 1/63.
    expect(Math.abs(estimate(undescribed(id))!.mean - byHand(list, row))).toBeLessThan(0.01)
  })
})

test('readings of several prompts do not disturb each other, though memory is reused between them', () => {
  const together = createNeighbours(index, table)
  const readings = prompts.map((list) => together.read(promptOf(list)))
  prompts.forEach((list, place) => {
    const alone = createNeighbours(index, table).read(promptOf(list))
    for (const model of models.map(undescribed)) expect(readings[place]!(model)).toEqual(alone(model))
  })
})

test('of a model that the index does not hold nothing is known', () => {
  expect(createNeighbours(index, table).read(promptOf([1, 2]))(undescribed('d'))).toBeNull()
})
