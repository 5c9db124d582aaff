import { aCandidate, aRequest, aTurn } from '../test/support/builders.ts'
import { seededDraw, shuffle } from '../src/domain/random.ts'
import type { TextEmbedder } from '../src/domain/strategy.ts'
import { waysOver } from '../src/domain/ways.ts'
import { explain } from '../src/engine/explain.ts'
import type { LabelledText } from '../src/learning/training/labelled-texts.ts'
import { semantic } from '../src/strategies/semantic.ts'
import { bestRoute, fitRoutes, scoresOf } from '../src/strategies/semantic/fit-routes.ts'
import { routeIndex } from '../src/strategies/semantic/route-index.ts'

export type RoutingTask = {
  /** Utterances are drawn from these. */
  readonly examples: readonly LabelledText[]
  readonly scored: readonly LabelledText[]
  readonly outOfScope: readonly string[]
}

export type Method = {
  readonly name: string
  /** `null`: fitted on the utterances. */
  readonly denseShare: number | null
  /** Given as examples of what belongs to no route. */
  readonly strangers: readonly string[]
  readonly caution: number
}

export type Figures = {
  /** Share of in-scope texts whose best route is theirs, thresholds left aside. */
  readonly best: number
  /** Share of in-scope texts that are taken by their route. */
  readonly inScope: number
  /** Share of all texts that end where they should, out-of-scope ones included. */
  readonly accuracy: number
  readonly outOfScope: { readonly recall: number; readonly precision: number; readonly f1: number } | null
  readonly denseShare: number
}

const perIntent = 10
const draws = 3

export function score(
  task: RoutingTask,
  { denseShare, strangers, caution }: Method,
  vectorOf: VectorOf,
): Figures {
  const runs = Array.from({ length: draws }, (_, draw) => {
    const { labels, routes } = routesOf(task.examples, `utterances ${draw}`)
    const index = routeIndex(routes, vectorOf)
    const queries = strangers.map((text) => ({ text, vector: vectorOf(text) }))
    const { hybrid, words } = fitRoutes(index, { denseShare, outOfScope: queries, caution })
    const fitted = hybrid ?? words
    const chosen = (text: string) => {
      const scores = scoresOf(index.nearness({ text, vector: vectorOf(text) }), fitted.denseShare)
      const best = bestRoute(scores)
      return { label: labels[best]!, isTaken: scores[best]! >= fitted.thresholds.ofRoute[best]! }
    }
    const inScope = task.scored.map(({ text, label }) => {
      const { label: found, isTaken } = chosen(text)
      return { right: found === label, isTaken }
    })
    const strange = task.outOfScope.map((text) => chosen(text).isTaken)
    return figuresOf(inScope, strange, fitted.denseShare)
  })
  return meanOf(runs)
}

export type VectorOf = (text: string) => Float32Array | null

function routesOf(examples: readonly LabelledText[], seed: string) {
  const taken = new Map<string, string[]>()
  for (const { text, label } of shuffle(seededDraw(seed), examples)) {
    const texts = taken.get(label) ?? []
    taken.set(label, texts)
    if (texts.length < perIntent) texts.push(text)
  }
  const labels = [...taken.keys()]
  return { labels, routes: labels.map((label) => ({ utterances: taken.get(label)! })) }
}

function figuresOf(
  inScope: readonly { readonly right: boolean; readonly isTaken: boolean }[],
  strangersTaken: readonly boolean[],
  denseShare: number,
): Figures {
  const best = inScope.filter(({ right }) => right).length
  const served = inScope.filter(({ right, isTaken }) => right && isTaken).length
  const leftOut = inScope.filter(({ isTaken }) => !isTaken).length
  const found = strangersTaken.filter((isTaken) => !isTaken).length
  const recall = found / strangersTaken.length
  const precision = found / Math.max(1, found + leftOut)
  return {
    best: best / inScope.length,
    inScope: served / inScope.length,
    accuracy: (served + found) / (inScope.length + strangersTaken.length),
    outOfScope:
      strangersTaken.length === 0
        ? null
        : { recall, precision, f1: (2 * found) / (found + leftOut + strangersTaken.length) },
    denseShare,
  }
}

function meanOf(runs: readonly Figures[]): Figures {
  const mean = (of: (run: Figures) => number) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length
  return {
    best: mean(({ best }) => best),
    inScope: mean(({ inScope }) => inScope),
    accuracy: mean(({ accuracy }) => accuracy),
    outOfScope:
      runs[0]!.outOfScope === null
        ? null
        : {
            recall: mean(({ outOfScope }) => outOfScope!.recall),
            precision: mean(({ outOfScope }) => outOfScope!.precision),
            f1: mean(({ outOfScope }) => outOfScope!.f1),
          },
    denseShare: mean(({ denseShare }) => denseShare),
  }
}

/** Medians: milliseconds of the strategy's choice once the text has its vector, and once for all to prepare it. */
export function timing(task: RoutingTask, vectorOf: VectorOf) {
  const { labels, routes } = routesOf(task.examples, 'utterances 0')
  const options = semantic.options.parse({
    default: 'acme/small',
    routes: Object.fromEntries(
      labels.map((label, place) => [
        label,
        { ...routes[place]!, to: place % 2 ? 'acme/small' : 'acme/large' },
      ]),
    ),
  })
  const embedder: TextEmbedder = { id: 'bench', vectorOf }
  const begun = performance.now()
  const prepared = semantic.prepare!(options, embedder)
  const prepareMs = performance.now() - begun
  const aids = { to: waysOver(new Map()), prepared }
  const candidates = ['acme/small', 'acme/large'].map((id) => aCandidate({ id }))
  const turns = task.scored.slice(0, 2_000).map(({ text }) =>
    aTurn({
      candidates,
      embedder,
      request: aRequest({ text }),
      vector: vectorOf(text) ?? new Float32Array(0),
    }),
  )
  const choose = (turn: (typeof turns)[number]) => explain((one) => semantic.choose(one, options, aids), turn)
  for (const turn of turns) choose(turn)
  const times = turns.map((turn) => {
    const from = performance.now()
    choose(turn)
    return performance.now() - from
  })
  return { prepareMs, chooseMs: median(times) }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
