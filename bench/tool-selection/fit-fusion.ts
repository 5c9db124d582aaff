import { seededDraw, shuffle } from '../../src/domain/random.ts'
import type { TextEmbedder } from '../../src/domain/strategy.ts'
import { evidenceNames, type FusionWeights } from '../../src/tools/fusion.ts'
import { createTermReader } from '../../src/tools/terms.ts'
import { createToolIndex, type EvidenceTable, fused } from '../../src/tools/tool-index.ts'
import { toolQuery } from '../../src/tools/tool-query.ts'
import type { Catalogue } from './described.ts'

/** Weights are drawn towards this, as strongly as `ridge` requests would. */
const usual = 2
const ridge = 0.02
const steps = 600
const stepSize = 0.5

type Example = { readonly evidence: EvidenceTable; readonly needs: readonly number[] }

/**
 * The multinomial logit of least loss: minus the mean log chance of the tools that were needed, by gradient descent with
 * weights that are not below 0. The catalogue is read whole and by halves, so that the weights hold for several sizes.
 */
export function fitFusion(
  catalogue: Catalogue,
  embedder: TextEmbedder,
): { readonly weights: FusionWeights; readonly loss: number } {
  const examples = halves(catalogue).flatMap((part) => examplesOf(part, embedder))
  let weights: FusionWeights = { words: usual, part: usual, name: usual, vector: usual }
  let loss = Number.NaN
  for (let step = 0; step < steps; step++) {
    const slope = slopeOf(examples, weights)
    loss = slope.loss
    const next = evidenceNames.map((name) => [
      name,
      Math.max(0, weights[name] - stepSize * (slope.of[name] + ridge * (weights[name] - usual))),
    ])
    weights = Object.fromEntries(next) as FusionWeights
  }
  return { weights, loss }
}

function halves(catalogue: Catalogue): readonly Catalogue[] {
  const draw = seededDraw('halves of a catalogue')
  const parts = [0, 1, 2].flatMap(() => {
    const cases = shuffle(draw, catalogue.cases)
    const half = cases.slice(0, cases.length / 2)
    const needed = new Set(half.flatMap(({ needs }) => needs))
    return [{ cases: half, tools: catalogue.tools.filter(({ name }) => needed.has(name)) }]
  })
  return [catalogue, ...parts]
}

function examplesOf({ tools, cases }: Catalogue, embedder: TextEmbedder): readonly Example[] {
  const reader = createTermReader()
  const index = createToolIndex(tools, reader, embedder)
  return cases.map(({ text, needs }) => ({
    evidence: index.evidence(toolQuery([{ text, weight: 1 }], reader)),
    needs: needs.map((name) => tools.findIndex((tool) => tool.name === name)),
  }))
}

function slopeOf(examples: readonly Example[], weights: FusionWeights) {
  const of = { words: 0, part: 0, name: 0, vector: 0 }
  let loss = 0
  for (const { evidence, needs } of examples) {
    const { chances } = fused(evidence, weights)
    for (const place of needs) loss -= Math.log(chances[place]! + 1e-12) / needs.length / examples.length
    for (const name of evidenceNames) {
      const expected = chances.reduce((sum, chance, tool) => sum + chance * evidence[name][tool]!, 0)
      const needed = needs.reduce((sum, place) => sum + evidence[name][place]!, 0) / needs.length
      of[name] += (expected - needed) / examples.length
    }
  }
  return { of, loss }
}
