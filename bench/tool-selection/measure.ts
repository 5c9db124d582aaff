import { seededDraw, shuffle } from '../../src/domain/random.ts'
import type { Tool } from '../../src/domain/request.ts'
import type { TextEmbedder } from '../../src/domain/strategy.ts'
import { bootstrap, type Interval } from '../../src/learning/evaluation/bootstrap.ts'
import { textTokens } from '../../src/signals/input-tokens.ts'
import { type FusionWeights, fusionWeights } from '../../src/tools/fusion.ts'
import { createTermReader } from '../../src/tools/terms.ts'
import { createToolIndex, fused } from '../../src/tools/tool-index.ts'
import { toolQuery } from '../../src/tools/tool-query.ts'
import type { Catalogue, ToolCase } from './described.ts'

/** `null`: tools in no order. */
export type Method = { readonly name: string; readonly weights: FusionWeights | null }

const none: FusionWeights = { words: 0, part: 0, name: 0, vector: 0 }
export const methods: readonly Method[] = [
  { name: 'hybrid', weights: fusionWeights },
  { name: 'BM25F alone', weights: { ...none, words: 1 } },
  { name: 'vectors alone', weights: { ...none, vector: 1 } },
  { name: 'names alone', weights: { ...none, name: 1 } },
  { name: 'random', weights: null },
]

export const shares = [0.5, 0.25] as const

/** What one request kept at each share. */
type Kept = { readonly needed: number; readonly found: number; readonly tokensSaved: number }

export type MethodFigures = {
  readonly name: string
  readonly requests: number
  /** By share: needed tools that were kept, of all that were needed; requests that kept all of theirs; tokens saved of the tools'. */
  readonly at: readonly {
    readonly recall: Interval
    readonly whole: Interval
    readonly tokensSaved: number
  }[]
}

/** No margin: a share is a share. */
export function measure(
  catalogues: readonly Catalogue[],
  embedder: TextEmbedder,
  seed: string,
): readonly MethodFigures[] {
  const reader = createTermReader()
  const kept = methods.map(() => shares.map((): Kept[] => []))
  for (const [number, { tools, cases }] of catalogues.entries()) {
    const index = createToolIndex(tools, reader, embedder)
    const tokens = tools.map(toolTokens)
    for (const one of cases) {
      const evidence = index.evidence(toolQuery([{ text: one.text, weight: 1 }], reader))
      methods.forEach(({ weights }, method) => {
        const order = weights
          ? fused(evidence, weights).order
          : shuffle(seededDraw(`${seed} ${number} ${one.text}`), [...tools.keys()])
        shares.forEach((share, place) => {
          kept[method]![place]!.push(
            keptOf(one, tools, tokens, order.slice(0, Math.ceil(share * tools.length))),
          )
        })
      })
    }
  }
  return methods.map(({ name }, method) => ({
    name,
    requests: kept[method]![0]!.length,
    at: shares.map((_, place) => figuresOf(kept[method]![place]!, seed)),
  }))
}

function keptOf(
  { needs }: ToolCase,
  tools: readonly Tool[],
  tokens: readonly number[],
  order: readonly number[],
): Kept {
  const names = new Set(order.map((place) => tools[place]!.name))
  const all = tokens.reduce((sum, count) => sum + count, 0)
  const left = order.reduce((sum, place) => sum + tokens[place]!, 0)
  return {
    needed: needs.length,
    found: needs.filter((name) => names.has(name)).length,
    tokensSaved: 1 - left / all,
  }
}

const toolTokens = ({ name, description, parameters }: Tool): number =>
  textTokens(name) + textTokens(description ?? '') + JSON.stringify(parameters).length / 3.5

function figuresOf(kept: readonly Kept[], seed: string): MethodFigures['at'][number] {
  const { recall, whole } = bootstrap(
    kept.length,
    (weights) => {
      let [needed, found, complete, count] = [0, 0, 0, 0]
      kept.forEach((one, place) => {
        const weight = weights[place]!
        needed += weight * one.needed
        found += weight * one.found
        complete += one.found === one.needed ? weight : 0
        count += weight
      })
      return { recall: found / needed, whole: complete / count }
    },
    { seed, resamples: 1_000 },
  )
  return { recall, whole, tokensSaved: kept.reduce((sum, one) => sum + one.tokensSaved, 0) / kept.length }
}
