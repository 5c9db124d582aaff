/**
 * What was decided, and what other exchange rates would have decided, on one plane of cost and quality. Pure. Qualities and costs are
 * those that were predicted when the decisions were made: what nobody has served has no other. Feedback stands beside them where there is any.
 */

import type { Decision } from '../../domain/decision.ts'
import { groupBy } from '../../domain/group-by.ts'
import type { ControlPoint, FrontierPoint, Mean, PlanePoint } from '../../domain/plane.ts'
import { highestLambda, lowestLambda } from '../../estimate/staircase.ts'
import { meanOf } from './mean.ts'

/** A decision, and what was said of its answer: 0 to 1; `null`: nothing that counts. `usd`: what it came to; `null`: not known. */
export type Judged = {
  readonly decision: Decision
  readonly score: number | null
  readonly usd: number | null
}

export type PolicyPoint = PlanePoint & {
  /** By feedback, over those that have any; `null`: none has. */
  readonly observedQuality: Mean | null
  /** What was paid; `null`: of none is it known. */
  readonly paidUsd: Mean | null
}

export type Frontier = {
  readonly decisions: number
  readonly since: string | null
  readonly until: string | null
  readonly models: readonly PlanePoint[]
  readonly controls: readonly ControlPoint[]
  /** The best prediction of each request, whatever it costs; `null`: nothing was decided. */
  readonly oracle: PlanePoint | null
  readonly chosen: PlanePoint | null
  /** The highest mean quality of one model: what a quality target is a share of. */
  readonly bestSingle: number | null
  /** Rising lambda: falling quality and cost. */
  readonly frontier: readonly FrontierPoint[]
}

type Row = {
  readonly chosen: Option
  readonly options: readonly Option[]
  readonly inputTokens: number
}
type Option = {
  readonly model: string
  readonly quality: number
  readonly usd: number
  /** mu x seconds: what waiting takes from the value. */
  readonly waiting: number
}

const gridSize = 64
const mixes = 5
const lengthCuts = 8

/** All at once. @param decided of one policy, newest first */
export function frontierOf(decided: readonly Decision[]): Frontier {
  const work = frontierSteps(decided)
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

/** The same in steps of a few milliseconds each, between which whoever serves requests can do so. */
export function* frontierSteps(decided: readonly Decision[]): Generator<undefined, Frontier> {
  const rows = decided.flatMap((decision) => rowOf(decision) ?? [])
  yield
  const models = modelPoints(rows)
  const span = { since: decided.at(-1)?.time ?? null, until: decided[0]?.time ?? null }
  if (rows.length === 0) return { ...nothingDecided, ...span, models }
  yield
  const controls = controlPoints(rows, models)
  const frontier: FrontierPoint[] = []
  for (const lambda of lambdas(rows)) {
    yield
    frontier.push(frontierPoint(rows, lambda))
  }
  return {
    decisions: rows.length,
    ...span,
    models,
    controls,
    oracle: pointOf('oracle of the predictions', rows.map(bestOf)),
    chosen: pointOf(
      'as decided',
      rows.map(({ chosen }) => chosen),
    ),
    bestSingle: models.reduce((best, { quality }) => Math.max(best, quality.mean), 0),
    frontier,
  }
}

const nothingDecided = {
  decisions: 0,
  controls: [],
  oracle: null,
  chosen: null,
  bestSingle: null,
  frontier: [],
} as const

/** Where each policy has chosen to be, with what it was told of its answers. Traffic differs from policy to policy. */
export function policyPoints(judged: readonly Judged[]): readonly PolicyPoint[] {
  return [...groupBy(judged, ({ decision }) => decision.policy)].flatMap(([name, own]) => {
    const rows = own.flatMap(({ decision }) => rowOf(decision)?.chosen ?? [])
    if (rows.length === 0) return []
    const scores = own.flatMap(({ score }) => score ?? [])
    const paid = own.flatMap(({ usd }) => usd ?? [])
    return [
      {
        ...pointOf(name, rows),
        observedQuality: scores.length === 0 ? null : meanOf(scores),
        paidUsd: paid.length === 0 ? null : meanOf(paid),
      },
    ]
  })
}

/** `null`: nobody was chosen, or the price of who was is not known. Models of unknown price are left out, as where costs are compared. */
function rowOf({ candidates, chosen, objective, signals }: Decision): Row | null {
  const options = candidates.flatMap(({ id, quality, cost, latencyMs }): Option[] =>
    cost.kind === 'unknown'
      ? []
      : [
          {
            model: id,
            quality: quality.mean,
            usd: cost.usd.mean,
            waiting: (objective.mu * latencyMs.mean) / 1000,
          },
        ],
  )
  const taken = options.find(({ model }) => model === chosen)
  return taken === undefined ? null : { chosen: taken, options, inputTokens: signals.inputTokens }
}

const pointOf = (name: string, taken: readonly Option[]): PlanePoint => ({
  name,
  quality: meanOf(taken.map(({ quality }) => quality)),
  usd: meanOf(taken.map(({ usd }) => usd)),
})

/** Each over the requests for which it was a candidate. */
const modelPoints = (rows: readonly Row[]): readonly PlanePoint[] =>
  [
    ...groupBy(
      rows.flatMap(({ options }) => options),
      ({ model }) => model,
    ),
  ]
    .map(([model, options]) => pointOf(model, options))
    .sort((a, b) => a.usd.mean - b.usd.mean || (a.name < b.name ? -1 : 1))

/** Of a list of models the first that is a candidate. */
function firstOf({ options }: Row, order: readonly string[]): Option {
  for (const name of order) {
    const found = options.find(({ model }) => model === name)
    if (found) return found
  }
  throw new RangeError('every candidate is in the order')
}

/** Routers that know nothing: what a policy has to beat. */
function controlPoints(rows: readonly Row[], models: readonly PlanePoint[]): readonly ControlPoint[] {
  const byUsd = models.map(({ name }) => name)
  const byQuality = [...models].sort((a, b) => b.quality.mean - a.quality.mean).map(({ name }) => name)
  const cheap = rows.map((row) => firstOf(row, byUsd))
  const strong = rows.map((row) => firstOf(row, byQuality))
  const lengths = rows.map(({ inputTokens }) => inputTokens).sort((a, b) => a - b)
  const longer = (step: number): PlanePoint => {
    const cut = lengths[Math.floor((step / lengthCuts) * lengths.length)] ?? 0
    return pointOf(
      `longer than ${cut} tokens to the strongest`,
      rows.map(({ inputTokens }, at) => (inputTokens > cut ? strong[at]! : cheap[at]!)),
    )
  }
  return [
    { family: 'cheapest', ...pointOf('cheapest', cheap) },
    ...inner(mixes).map(
      (step): ControlPoint => ({ family: 'random-mix', ...mixed(step / mixes, cheap, strong) }),
    ),
    ...inner(lengthCuts).map((step): ControlPoint => ({ family: 'prompt-length', ...longer(step) })),
    { family: 'strongest', ...pointOf('strongest', strong) },
  ]
}

/** The steps between none and all: 1 to `steps` - 1. */
const inner = (steps: number): readonly number[] => Array.from({ length: steps - 1 }, (_, at) => at + 1)

/** What tossing a coin for each request comes to on average. */
function mixed(share: number, cheap: readonly Option[], strong: readonly Option[]): PlanePoint {
  const between = (field: 'quality' | 'usd') =>
    meanOf(cheap.map((one, at) => one[field] + share * (strong[at]![field] - one[field])))
  return {
    name: `random mix, ${Math.round(share * 100)} % strongest`,
    quality: between('quality'),
    usd: between('usd'),
  }
}

const bestOf = ({ options }: Row): Option =>
  options.reduce((best, one) =>
    one.quality > best.quality || (one.quality === best.quality && one.usd < best.usd) ? one : best,
  )

/** As `utility` chooses: the most of quality less what money and waiting take from it; of equal values the cheaper. */
export const chosenAt = (options: readonly Option[], lambda: number): Option =>
  options.reduce((best, one) => {
    const gain = worthAt(one, lambda) - worthAt(best, lambda)
    return gain > 0 || (gain === 0 && one.usd < best.usd) ? one : best
  })

const worthAt = ({ quality, usd, waiting }: Option, lambda: number): number =>
  quality - lambda * usd - waiting

/**
 * Rates from where money hardly counts to where nothing else does: between them lie all choices that differ. From a thousandth of
 * a good answer for what the dearest costs, to a whole one for the least that two differ by on average.
 */
function lambdas(rows: readonly Row[]): readonly number[] {
  const [mostUsd, leastUsd] = usdRange(rows)
  if (!(mostUsd > 0)) return [0]
  // Beyond what any objective can come to, sums of quality and money are lost in rounding.
  const [low, high] = [0.001 / mostUsd, 1 / leastUsd].map(possible) as [number, number]
  const ratio = Math.max(high / low, 10)
  return Array.from({ length: gridSize }, (_, at) => low * ratio ** (at / (gridSize - 1)))
}

const possible = (lambda: number): number => Math.min(highestLambda, Math.max(lowestLambda, lambda))

function usdRange(rows: readonly Row[]): readonly [number, number] {
  let most = 0
  let [gaps, count] = [0, 0]
  for (const { options } of rows) {
    const sorted = options.map(({ usd }) => usd).sort((a, b) => a - b)
    most = Math.max(most, sorted.at(-1) ?? 0)
    const gap = sorted.map((usd, at) => usd - (sorted[at - 1] ?? usd)).find((difference) => difference > 0)
    if (gap === undefined) continue
    gaps += gap
    count++
  }
  return [most, count === 0 ? most : gaps / count]
}

function frontierPoint(rows: readonly Row[], lambda: number): FrontierPoint {
  const taken = rows.map(({ options }) => chosenAt(options, lambda))
  const counts = new Map<string, number>()
  for (const { model } of taken) counts.set(model, (counts.get(model) ?? 0) + 1)
  const { quality, usd } = pointOf('', taken)
  const less = (field: 'quality' | 'usd') =>
    meanOf(taken.map((one, at) => one[field] - rows[at]!.chosen[field]))
  return {
    lambda,
    promised: null,
    quality,
    usd,
    shares: Object.fromEntries([...counts].map(([model, count]) => [model, count / rows.length])),
    changed: taken.filter(({ model }, at) => model !== rows[at]!.chosen.model).length / rows.length,
    versus: { quality: less('quality'), usd: less('usd') },
  }
}
