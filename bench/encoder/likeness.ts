import { type Draw, seededDraw, shuffle } from '../../src/domain/random.ts'
import type { LabelledText } from '../../src/learning/training/labelled-texts.ts'

/** A text as a vector of unit length: `weights[i]` at `ids[i]`, zero elsewhere. */
export type Vector = { readonly ids: Uint32Array; readonly weights: Float32Array }

export type Representation = {
  readonly size: number
  readonly vectorOf: (text: string) => Vector
}

export type Likeness = {
  /** Share of the scored texts whose nearest example has their intent. */
  readonly nearestAccuracy: number
  /** AUROC of the similarity to the nearest example, texts of known intents against texts of none; `null` without such texts. */
  readonly outOfScopeAuroc: number | null
  /** AUROC of the similarity of two scored texts, pairs of one intent against pairs of two. */
  readonly sameIntentAuroc: number
}

export type LikenessTask = {
  readonly examples: readonly LabelledText[]
  readonly scored: readonly LabelledText[]
  readonly outOfScope: readonly string[]
}

const perIntent = 10
const draws = 3
const pairs = 20_000

export function likeness({ size, vectorOf }: Representation, task: LikenessTask): Likeness {
  const similarities = similarityTo(size)
  const scored = task.scored.map(({ text }) => vectorOf(text))
  const outOfScope = task.outOfScope.map(vectorOf)
  let right = 0
  let auroc = 0
  for (let draw = 0; draw < draws; draw++) {
    const examples = fewPerIntent(task.examples, seededDraw(`examples ${draw}`))
    const vectors = examples.map(({ text }) => vectorOf(text))
    const nearest = scored.map((vector) => largest(similarities(vector, vectors)))
    right += nearest.filter(({ at }, index) => examples[at]!.label === task.scored[index]!.label).length
    const strange = outOfScope.map((vector) => largest(similarities(vector, vectors)).value)
    auroc += areaUnderCurve(
      nearest.map(({ value }) => value),
      strange,
    )
  }
  return {
    nearestAccuracy: right / (draws * scored.length),
    outOfScopeAuroc: outOfScope.length === 0 ? null : auroc / draws,
    sameIntentAuroc: pairAuroc(task.scored, scored, similarities),
  }
}

function fewPerIntent(texts: readonly LabelledText[], draw: Draw): LabelledText[] {
  const taken = new Map<string, number>()
  return shuffle(draw, texts).filter(({ label }) => {
    const count = taken.get(label) ?? 0
    taken.set(label, count + 1)
    return count < perIntent
  })
}

type Similarities = (vector: Vector, others: readonly Vector[]) => Float64Array

function similarityTo(size: number): Similarities {
  const dense = new Float32Array(size)
  return (vector, others) => {
    vector.ids.forEach((id, index) => {
      dense[id] = vector.weights[index]!
    })
    const found = Float64Array.from(others, ({ ids, weights }) => {
      let sum = 0
      for (let index = 0; index < ids.length; index++) sum += weights[index]! * dense[ids[index]!]!
      return sum
    })
    for (const id of vector.ids) dense[id] = 0
    return found
  }
}

function pairAuroc(
  texts: readonly LabelledText[],
  vectors: readonly Vector[],
  similarities: Similarities,
): number {
  const draw = seededDraw('pairs')
  const anyText = () => Math.floor(draw() * texts.length)
  const byLabel = new Map<string, number[]>(texts.map(({ label }) => [label, []]))
  texts.forEach(({ label }, index) => {
    byLabel.get(label)!.push(index)
  })
  const same: number[] = []
  const different: number[] = []
  while (same.length < pairs || different.length < pairs) {
    const first = anyText()
    const peers = byLabel.get(texts[first]!.label)!
    const peer = peers[Math.floor(draw() * peers.length)]!
    const other = anyText()
    const [toPeer, toOther] = similarities(vectors[first]!, [vectors[peer]!, vectors[other]!])
    if (peer !== first) same.push(toPeer!)
    if (texts[other]!.label !== texts[first]!.label) different.push(toOther!)
  }
  return areaUnderCurve(same, different)
}

/** The chance that one of `higher` is above one of `lower`, ties counted half: the rank sum of Mann and Whitney. */
function areaUnderCurve(higher: readonly number[], lower: readonly number[]): number {
  const all = [
    ...higher.map((value) => ({ value, isHigher: true })),
    ...lower.map((value) => ({ value, isHigher: false })),
  ].sort((a, b) => a.value - b.value)
  let ranks = 0
  for (let from = 0; from < all.length; ) {
    let to = from
    while (to < all.length && all[to]!.value === all[from]!.value) to++
    for (let at = from; at < to; at++) if (all[at]!.isHigher) ranks += (from + to + 1) / 2
    from = to
  }
  return (ranks - (higher.length * (higher.length + 1)) / 2) / (higher.length * lower.length)
}

function largest(values: Float64Array): { readonly at: number; readonly value: number } {
  let at = 0
  for (let index = 1; index < values.length; index++) if (values[index]! > values[at]!) at = index
  return { at, value: values[at]! }
}
