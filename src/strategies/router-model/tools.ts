/** The tools of a router model: one for each model that it may ask, and one to hand an answer over as it stands. */

import { type Candidate, byCost } from '../../domain/candidate.ts'
import type { Tool } from '../../domain/request.ts'

export type PoolTool = { readonly tool: Tool; readonly candidate: Candidate }

export const handOver = 'give_answer_of'

/** Cheapest first. A name holds the place as well, so that two models of one name at two vendors have tools of their own. */
export function poolTools(candidates: readonly Candidate[], most: number): readonly PoolTool[] {
  return chosenOf(candidates, most).map((candidate, place) => ({
    candidate,
    tool: {
      name: `ask_${place + 1}_${slug(candidate.model.vendorName)}`,
      description: describe(candidate),
      parameters: {
        type: 'object',
        properties: {
          question: {
            type: 'string',
            description:
              "A question of your own, complete in itself: the model sees nothing else. Leave it out to put the user's request to it as it stands.",
          },
        },
      },
      strict: null,
    },
  }))
}

/** The best by predicted quality, with the cheapest among them; in order of price. */
function chosenOf(candidates: readonly Candidate[], most: number): readonly Candidate[] {
  const ordered = byCost(candidates)
  if (ordered.length <= most) return ordered
  const [cheapest, ...rest] = ordered
  const best = [...rest].sort((a, b) => b.quality.mean - a.quality.mean).slice(0, most - 1)
  return ordered.filter((candidate) => candidate === cheapest || best.includes(candidate))
}

const longestSlug = 40

const slug = (name: string): string => name.replace(/[^A-Za-z0-9]+/g, '_').slice(0, longestSlug)

export const handOverTool = (pool: readonly PoolTool[]): Tool => ({
  name: handOver,
  description:
    'Ends the work: the last answer of that model goes to the user word for word. Cheaper than to write it out again.',
  parameters: {
    type: 'object',
    properties: { tool: { type: 'string', enum: pool.map(({ tool }) => tool.name) } },
    required: ['tool'],
  },
  strict: null,
})

const benchmarksShown = 2

function describe({ id, model, quality, cost, latencyMs }: Candidate): string {
  const { input, output } = model.prices
  const price =
    input === 'unknown' || output === 'unknown'
      ? 'price unknown'
      : `$${input} in and $${output} out per million tokens${cost.kind === 'known' ? `, about $${cost.usd.mean.toPrecision(2)} for this request` : ''}`
  const scores = Object.entries(model.benchmarks)
    .slice(0, benchmarksShown)
    .map(([name, score]) => `${name} ${(100 * score).toFixed(0)} %`)
  return [
    `${id}: answers this well with an expected probability of ${quality.mean.toFixed(2)}`,
    price,
    `about ${(latencyMs.mean / 1000).toFixed(1)} s`,
    ...scores,
  ].join('; ')
}
