import { z } from 'zod'
import { modelId } from '../domain/model.ts'
import { askOne, type Choosing, forward, type Turn } from '../domain/strategy.ts'
import { byWorth } from './ensemble/by-worth.ts'
import { ratingRequest, readRating } from './prompts/rating-prompt.ts'
import { defineStrategy, modelName } from './strategy.ts'

const rating = z.number().min(1).max(5)

const options = z.strictObject({
  model: modelName.describe('The model that rates requests from 1 (easy) to 5 (hard): a small, quick one.'),
  ways: z
    .array(
      z.strictObject({
        from: rating.describe('The lowest rating that goes this way.'),
        to: z.string().min(1).describe('A policy of this file, or a model as vendor/name.'),
      }),
    )
    .min(2)
    .max(5)
    .describe('Where requests go by their rating: the way with the highest `from` that it reaches.'),
  requestChars: z
    .number()
    .int()
    .min(100)
    .max(50_000)
    .default(4000)
    .describe('Characters of the request that it sees.'),
})

/**
 * A small model rates how hard the request is, and the rating decides who answers: RouteLLM's causal classifier
 * (arXiv 2406.18665) with a prompted model in the place of a trained one. Where the rating's token has probabilities, the mean
 * over the five digits is compared with the thresholds, so that they can be set between two digits.
 */
export const llmClassifier = defineStrategy({
  name: 'llm-classifier',
  summary: 'a small model rates the request from 1 to 5, and the rating decides who answers',
  needs: { quality: true, cost: true },
  options,
  models: () => null,
  ways: ({ ways }) => ways.map(({ to }) => to),
  advisers: ({ model }) => [modelId(model)],
  faults: ({ ways }) => {
    const lowest = Math.min(...ways.map(({ from }) => from))
    const twice = ways.findIndex(({ from }, place) => ways.slice(0, place).some((one) => one.from === from))
    return [
      ...(lowest > 1
        ? [{ path: ['ways'], message: `a rating below ${lowest} has no way. Let one begin with from: 1.` }]
        : []),
      ...(twice >= 0
        ? [
            {
              path: ['ways', twice, 'from'],
              message: `two ways begin with ${ways[twice]!.from}. Keep one of them.`,
            },
          ]
        : []),
    ]
  },
  *choose(turn, { model, ways, requestChars }, { to }) {
    const rated = yield* ratingOf(turn, model, requestChars)
    if (rated.kind === 'unrated') return yield* middle(turn, rated.why)
    const ordered = [...ways].sort((a, b) => b.from - a.from)
    const way = ordered.find(({ from }) => rated.mean >= from) ?? ordered.at(-1)!
    const verdict = yield* to(way.to)(turn)
    return {
      ...verdict,
      because: `${model} rates it ${rated.mean.toFixed(2)} of 5, ${way.from} or more goes to ${way.to}; ${verdict.because}`,
    }
  },
})

type Rated =
  | { readonly kind: 'rated'; readonly mean: number }
  | { readonly kind: 'unrated'; readonly why: string }

function* ratingOf({ advisers, request }: Turn, model: string, requestChars: number): Choosing<Rated> {
  const rater = advisers.find(({ id }) => id === model)
  if (!rater) return { kind: 'unrated', why: `${model} may not rate this request` }
  const result = yield* askOne(rater, ratingRequest(rater, request, requestChars))
  if (result.kind !== 'answered') return { kind: 'unrated', why: `${model} could not be asked` }
  const said = readRating(result.answer)
  return said ? { kind: 'rated', mean: said.mean } : { kind: 'unrated', why: `${model} gave no rating` }
}

/** Without a rating the estimates decide, over all that the ways may come to. */
function* middle(turn: Turn, why: string): Choosing {
  const order = byWorth(turn)
  return forward(order, `${why}; ${order[0].id} is the best by the estimates`)
}
