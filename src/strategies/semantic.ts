import { z } from 'zod'
import { modelId } from '../domain/model.ts'
import { lastUserText } from '../domain/request.ts'
import type { Choosing, Turn, Verdict } from '../domain/strategy.ts'
import type { Ways } from '../domain/ways.ts'
import { withInstruction } from './prompts/instructed.ts'
import { throughRewritten } from './semantic/through-rewritten.ts'
import { extract, filled, placeholdersOf } from './semantic/extraction.ts'
import { bestRoute, type Fitted, type FittedRoutes, fitRoutes, scoresOf } from './semantic/fit-routes.ts'
import { type RouteIndex, routeIndex } from './semantic/route-index.ts'
import { defineStrategy, modelName, type OptionFault } from './strategy.ts'

const way = z.string().min(1)
const utterance = z.string().trim().min(1).max(2_000)
const mostUtterances = 5_000

const routeSchema = z.strictObject({
  utterances: z
    .array(utterance)
    .min(1)
    .max(1_000)
    .describe('Examples of what is said; ten are a good start.'),
  to: way.optional().describe('A model as vendor/name, or a policy of this file; else the default.'),
  systemPrompt: z
    .string()
    .min(1)
    .max(20_000)
    .optional()
    .describe('Added to the system messages; {{name}} stands for a parameter.'),
  parameters: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('A JSON Schema of an object: what the extractor reads out of the request.'),
  extractor: modelName.optional().describe("The model that reads them out; else the policy's."),
  threshold: z.number().min(-1).max(1).optional().describe('The least score, in place of the fitted one.'),
})

/**
 * Named routes, each given by examples of what is said (utterances). A request goes the way of the route that it is nearest
 * to, by the cosine of vectors and by words that it has in common (BM25), where it is near enough; else the default way.
 * The weight of the two and the thresholds are fitted on the utterances themselves (semantic/fit-routes.ts).
 */
export const semantic = defineStrategy({
  name: 'semantic',
  summary: 'by which of several kinds of request it is most like',
  needs: { quality: false, cost: false },
  options: z.strictObject({
    routes: z
      .record(z.string().min(1).max(80), routeSchema)
      .refine((routes) => Object.keys(routes).length > 0, 'needs at least one route'),
    default: way.describe('Where no route is near enough: a model as vendor/name, or a policy of this file.'),
    outOfScope: z
      .array(utterance)
      .max(1_000)
      .default([])
      .describe('Examples of what belongs to no route; they sharpen the thresholds.'),
    denseShare: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        'Weight of vectors beside words: 1 is vectors alone, 0 words alone. Fitted where it is not said.',
      ),
    caution: z
      .number()
      .min(0)
      .max(5)
      .default(0.5)
      .describe('The higher, the nearer a request must be to a route; 0 leaves out almost nothing.'),
    extractor: modelName.optional().describe('The model that reads parameters out of requests.'),
  }),
  models: () => null,
  ways: ({ routes, default: otherwise }) => [
    ...new Set([...Object.values(routes).map(({ to }) => to ?? otherwise), otherwise]),
  ],
  advisers: ({ routes, extractor }) => [
    ...new Set(
      Object.values(routes).flatMap((route) => {
        const by = route.parameters === undefined ? undefined : (route.extractor ?? extractor)
        return by === undefined ? [] : [modelId(by)]
      }),
    ),
  ],
  texts: ({ routes, outOfScope }) => [
    ...Object.values(routes).flatMap(({ utterances }) => utterances),
    ...outOfScope,
  ],
  faults: (options) => [...routeFaults(options)],
  prepare: ({ routes, outOfScope, denseShare, caution }, embedder): Prepared => {
    const named = Object.entries(routes).map(([name, route]) => ({ ...route, name }))
    const vectorOf = (text: string) => embedder?.vectorOf(text) ?? null
    const index = routeIndex(named, vectorOf)
    const queries = outOfScope.map((text) => ({ text, vector: vectorOf(text) }))
    return {
      routes: named,
      index,
      fitted: fitRoutes(index, { denseShare: denseShare ?? null, outOfScope: queries, caution }),
    }
  },
  *choose(turn, options, { to, prepared }) {
    const match = matched(turn, prepared)
    if (match.kind === 'none') {
      const verdict = yield* to(options.default)(turn)
      return { ...verdict, because: `${match.because}: ${verdict.because}` }
    }
    const { route, because } = match
    return yield* taken(turn, route, to, because, options.default, route.extractor ?? options.extractor)
  },
})

type Route = z.output<typeof routeSchema> & { readonly name: string }
type Prepared = {
  readonly routes: readonly Route[]
  readonly index: RouteIndex
  readonly fitted: FittedRoutes
}

type Match =
  | { readonly kind: 'route'; readonly route: Route; readonly because: string }
  | { readonly kind: 'none'; readonly because: string }

function matched(turn: Turn, { routes, index, fitted }: Prepared): Match {
  const text = lastUserText(turn.request)
  if (text.trim() === '') return { kind: 'none', because: 'no text to go by' }
  const near = index.nearness({ text, vector: vectorOfText(text, turn, index) })
  const { hybrid, words } = fitted
  const used: Fitted = near.dense === null || hybrid === null ? words : hybrid
  const scores = scoresOf(near, used.denseShare)
  const best = bestRoute(scores)
  const second = bestRoute(scores, best)
  const route = routes[best]!
  const threshold = route.threshold ?? used.thresholds.ofRoute[best]!
  const behind = second < 0 ? '' : `, next ${routes[second]!.name} ${scores[second]!.toFixed(2)}`
  const how = near.dense === null ? ' by words alone, for want of vectors' : ''
  const said = `${route.name} ${scores[best]!.toFixed(2)}${how}, its threshold ${threshold.toFixed(2)}${behind}`
  return scores[best]! >= threshold
    ? { kind: 'route', route, because: `route ${said}` }
    : { kind: 'none', because: `no route is near enough: ${said}` }
}

/** The turn's vector is of the routed text, which has the names of tools in it: what the user said decides. */
function vectorOfText(text: string, { vector, request, embedder }: Turn, { dims }: RouteIndex) {
  const isOfText = request.tools.length === 0 && vector.length === dims
  const own = isOfText ? vector : (embedder?.vectorOf(text) ?? vector)
  return own.length === dims ? own : null
}

function* taken(
  turn: Turn,
  route: Route,
  to: Ways,
  because: string,
  otherwise: string,
  extractor: string | undefined,
): Choosing {
  const way = to(route.to ?? otherwise)
  const { systemPrompt, parameters } = route
  if (systemPrompt === undefined) {
    const verdict = yield* way(turn)
    return { ...verdict, because: `${because}: ${verdict.because}` }
  }
  const found = parameters === undefined ? nothingRead : yield* read(turn, extractor, parameters)
  const request = withInstruction(turn.request, filled(systemPrompt, found.values))
  const verdict: Verdict = yield* throughRewritten(way, turn, request)
  return { ...verdict, because: `${because}${found.said}: ${verdict.because}` }
}

type Read = { readonly values: Readonly<Record<string, unknown>>; readonly said: string }

const nothingRead: Read = { values: {}, said: '' }

function* read(
  { request, advisers }: Turn,
  extractor: string | undefined,
  parameters: Readonly<Record<string, unknown>>,
): Choosing<Read> {
  const by = advisers.find(({ id }) => id === extractor)
  if (!by)
    return { values: {}, said: `; ${extractor} may not read this request, so its parameters are not known` }
  const extracted = yield* extract(by, request, parameters)
  if (extracted.kind === 'failed')
    return { values: {}, said: `; its parameters are not known: ${extracted.why}` }
  return { values: extracted.values, said: `; ${by.id} read its parameters` }
}

type Options = {
  readonly routes: Readonly<Record<string, z.output<typeof routeSchema>>>
  readonly extractor?: string | undefined
}

function* routeFaults({ routes, extractor }: Options): Generator<OptionFault> {
  const seen = new Map<string, string>()
  let count = 0
  for (const [name, route] of Object.entries(routes)) {
    const path = ['routes', name]
    for (const [place, text] of route.utterances.entries()) {
      const plain = text.trim().toLowerCase()
      const other = seen.get(plain)
      seen.set(plain, name)
      count++
      if (other !== undefined && other !== name)
        yield {
          path: [...path, 'utterances', place],
          message: `${JSON.stringify(text)} is an utterance of the route ${other} too. Keep it in one of them.`,
        }
    }
    yield* promptFaults(path, route, extractor)
  }
  if (count > mostUtterances)
    yield {
      path: ['routes'],
      message: `has ${count} utterances, over ${mostUtterances}. Keep the telling ones of each route.`,
    }
}

function* promptFaults(
  path: readonly string[],
  { systemPrompt, parameters, ...route }: z.output<typeof routeSchema>,
  extractor: string | undefined,
): Generator<OptionFault> {
  const wanted = placeholdersOf(systemPrompt ?? '')
  if (parameters === undefined) {
    if (wanted.length > 0)
      yield {
        path: [...path, 'systemPrompt'],
        message: `has the placeholder {{${wanted[0]}}}, and the route has no parameters. Add them as a JSON Schema, or take it out.`,
      }
    return
  }
  const { type, properties } = parameters
  const known = typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
  if (type !== 'object' || known.length === 0)
    yield {
      path: [...path, 'parameters'],
      message: 'is no JSON Schema of an object with properties. Write {type: object, properties: {…}}.',
    }
  if (systemPrompt === undefined || wanted.length === 0)
    yield {
      path: [...path, 'parameters'],
      message: `are read, and nothing uses them. Put {{${known[0] ?? 'name'}}} into the systemPrompt.`,
    }
  for (const name of wanted)
    if (!known.includes(name))
      yield {
        path: [...path, 'systemPrompt'],
        message: `has the placeholder {{${name}}}, which is none of the parameters ${known.join(', ')}. Correct it, or add the parameter.`,
      }
  if ((route.extractor ?? extractor) === undefined)
    yield {
      path: [...path, 'parameters'],
      message: 'need a model that reads them out. Add extractor: vendor/name to the route or the policy.',
    }
}
