/** Strategies on what real models once answered: a router fitted on the train rows predicts, recorded answers come back. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { ResolvedConfig } from '../src/config/resolved.ts'
import { noUsage } from '../src/domain/answer.ts'
import type { Candidate } from '../src/domain/candidate.ts'
import { failure } from '../src/domain/failure.ts'
import { isNonEmpty } from '../src/domain/non-empty.ts'
import type { ObjectiveStatement, Policy } from '../src/domain/policy.ts'
import { seededDraw } from '../src/domain/random.ts'
import { type CallResult, type NestedTurn, nothingAsked, type Turn } from '../src/domain/strategy.ts'
import { noAnswer } from '../src/engine/drive.ts'
import { simulate } from '../src/engine/simulate.ts'
import { encoderId } from '../src/estimate/encoder-id.ts'
import { loadRouter } from '../src/gateway/load-routers.ts'
import { type Predictions, policyCurve, promised } from '../src/learning/evaluation/policy-curve.ts'
import { type Prepared, predictWith, prepare } from '../src/learning/evaluation/prepare.ts'
import { cornersOf } from '../src/learning/evaluation/single-models.ts'
import { columnMeans } from '../src/learning/evaluation/table.ts'
import type { OutcomeRow } from '../src/learning/outcomes/outcome-row.ts'
import { readPrices } from '../src/learning/outcomes/prices.ts'
import { readOutcomes } from '../src/learning/outcomes/read-outcomes.ts'
import { requestOf } from '../src/learning/outcomes/row-request.ts'
import { createLearnedPredictor } from '../src/learning/training/learned-predictor.ts'
import { readSignals } from '../src/signals/index.ts'
import { textEmbedder } from '../src/signals/text-embedder.ts'
import { mmluProPool, withListPrices } from './routing-quality/mmlu-pro-pool.ts'
import { mmluProOverheadTokens, seed } from './routing-quality/options.ts'
import { exampleConfig, paced, periodBudget, type Served } from './strategies-simulated.ts'

export type ReplaySet = {
  readonly name: string
  readonly prepared: Prepared
  readonly predictions: Predictions
  /** Facts of each scored row that no router has made. */
  readonly read: readonly Pick<Turn, 'request' | 'signals' | 'vector'>[]
  readonly embedder: Turn['embedder']
}

/** Sets with answers on record, the models that are compared, and tokens before each prompt that are not in the file. */
const sets = [
  { name: 'mmlu_pro', pool: mmluProPool, inputOverheadTokens: mmluProOverheadTokens },
  { name: 'zeroeval', pool: null, inputOverheadTokens: 0 },
  { name: 'routerbench_subset', pool: null, inputOverheadTokens: 0 },
] as const

export const replaySets = (folder: string): Promise<readonly ReplaySet[]> =>
  withListPrices(folder, async (prices) => {
    const opened: ReplaySet[] = []
    for (const set of sets) opened.push(await openSet(join(folder, set.name), set, prices))
    return opened
  })

async function openSet(
  path: string,
  { name, pool, inputOverheadTokens }: (typeof sets)[number],
  pricesPath: string,
): Promise<ReplaySet> {
  const read = await readOutcomes([path])
  if (read.kind !== 'read') throw new Error(`${path} can't be read: ${JSON.stringify(read)}`)
  const prices = await readPrices(pricesPath)
  if (prices.kind === 'faulty') throw new Error(`${pricesPath} has faults: ${JSON.stringify(prices.faults)}`)
  const request = {
    rows: read.rows,
    prices: prices.book,
    fitSplit: 'train',
    scoreSplit: 'dev',
    pool,
    exclude: [],
    inputOverheadTokens,
    seed,
    resamples: 0,
    notes: [],
    onProgress: () => {},
  }
  const result = prepare(request)
  if (result.kind === 'impossible') throw new Error(`${name}: ${result.problem}. ${result.remedy}`)
  const predictions = await predictWith(createLearnedPredictor, result.prepared, request)
  const router = await loadRouter(null)
  return {
    name,
    prepared: result.prepared,
    predictions,
    read: result.prepared.score.rows.map((row) => {
      const asked = requestOf(row)
      const { signals, vector } = readSignals(asked, router.signals)
      return { request: asked, signals, vector: vector.slice() }
    }),
    embedder: textEmbedder(router.signals, encoderId(router.artefact.encoder)),
  }
}

/** The simulated models that examples name, and which of the pool stand in: by price and by quality on the fit rows. */
function standIns({ prepared: { fit } }: ReplaySet): Readonly<Record<string, string>> {
  const quality = columnMeans(fit.quality, fit.pool.length)
  const cost = columnMeans(fit.costUsd, fit.pool.length)
  const { cheapest, bestSingle } = cornersOf(fit)
  const places = fit.pool.map((_, place) => place)
  const byQuality = [...places].sort((a, b) => quality[b]! - quality[a]!)
  const second = byQuality.find((place) => place !== bestSingle)!
  const middle =
    [...places]
      .sort((a, b) => cost[a]! - cost[b]!)
      .filter((place) => place !== cheapest && place !== bestSingle)
      .at(places.length > 3 ? Math.floor((places.length - 2) / 2) - 1 : 0) ?? second
  const name = (place: number) => `data/${fit.pool[place]}`
  return {
    'simulated/nano': name(cheapest),
    'simulated/mid': name(middle),
    'simulated/frontier': name(bestSingle),
    'simulated/reasoning': name(second),
  }
}

/** An example with the models of the set in the place of the simulated ones. */
export async function exampleOver(file: string, set: ReplaySet): Promise<ResolvedConfig> {
  const { fit } = set.prepared
  let text = JSON.stringify(parse(await readFile(file, 'utf8')))
  for (const [simulated, own] of Object.entries(standIns(set))) text = text.replaceAll(simulated, own)
  const { simulated: _, models: written = [], ...rest } = JSON.parse(text)
  const changes = new Map<string, object>(written.map((one: { id: string }) => [one.id, one]))
  const models = fit.pool.map((name) => ({
    id: `data/${name}`,
    contextWindow: 1_000_000,
    capabilities: ['tools', 'json-schema', 'logprobs', 'reasoning'],
    ...changes.get(`data/${name}`),
  }))
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-replay-'))
  try {
    const path = join(folder, 'fairlead.yaml')
    // JSON is YAML too. Nobody is called: the address is of no use.
    const vendors = { data: { baseUrl: 'http://127.0.0.1:9/v1', local: true } }
    await writeFile(path, JSON.stringify({ ...rest, vendors, models }))
    return await exampleConfig(path)
  } finally {
    await rm(folder, { recursive: true })
  }
}

export type Replayed =
  | { readonly kind: 'served'; readonly served: readonly Served[] }
  /** It asks for what nobody has on record. */
  | { readonly kind: 'not-on-record'; readonly what: string }

export function replayed(config: ResolvedConfig, policy: Policy, set: ReplaySet): Replayed {
  const served: Served[] = []
  const objectives = objectivesOver(set)
  const periodUsd = periodBudget(servedAlone(set)[cornersOf(set.prepared.fit).bestSingle]!)
  let spentUsd = 0
  for (const [place, row] of set.prepared.score.rows.entries()) {
    const budget = policy.budget && paced(periodUsd, spentUsd, place, set.read.length)
    const turn = { ...turnOf(config, policy, set, place, objectives), budget }
    let missing: string | null = null
    let calls = 0
    let saysNothing = false
    const { final, usd, latencyMs, trace } = simulate(
      policy.choose,
      turn,
      (candidate, sent) => {
        calls++
        saysNothing ||= row.outcomes.get(candidate.id.slice('data/'.length))?.answer === null
        if (sent === turn.request) return recorded(set, row, candidate)
        missing = 'asks models something else than the request'
        return noAnswer(candidate)
      },
      ({ consultant }) => {
        missing = 'asks a consultant'
        return { kind: 'silent', consultant, failure: failure('unavailable', 'not on record') }
      },
    )
    if (saysNothing && trace.steps.length > 0) missing ??= 'looks at answers, and only their scores are known'
    if (missing !== null) return { kind: 'not-on-record', what: missing }
    const model = final?.kind === 'answered' ? final.candidate.id : null
    const score = model === null ? 0 : row.outcomes.get(model.slice('data/'.length))!.score
    spentUsd += usd ?? 0
    served.push({ score, usd: usd ?? Number.NaN, latencyMs, calls, model })
  }
  return { kind: 'served', served }
}

function recorded({ prepared: { costing } }: ReplaySet, row: OutcomeRow, candidate: Candidate): CallResult {
  const name = candidate.id.slice('data/'.length)
  const outcome = row.outcomes.get(name)
  if (!outcome) return noAnswer(candidate)
  return {
    kind: 'answered',
    candidate,
    answer: {
      model: name,
      parts: [{ kind: 'text', text: outcome.answer ?? '' }],
      finish: { kind: 'stop', raw: 'stop' },
      usage: noUsage,
      logprobs: [],
    },
    usd: costing.costOf(row, name)?.usd ?? null,
    latencyMs: 1_000 * (outcome.latencyS ?? 0),
  }
}

type Objectives = (statement: ObjectiveStatement) => Turn['objective']

/** Shares of quality as lambdas, by what the router predicts of the rows; outcomes of theirs are not looked at. */
function objectivesOver({ predictions }: ReplaySet): Objectives {
  const curve = policyCurve('utility', predictions)
  const best = Math.max(...columnMeans(predictions.quality, predictions.models))
  const forShare = (share: number): number => {
    const setting = curve.choices.findIndex(
      (choices) => promised(predictions, choices).quality >= share * best,
    )
    // With money no object the best prediction is taken row by row, which keeps any share.
    const lambda = setting === -1 ? 0 : curve.lambdas[setting]!
    return Number.isFinite(lambda) ? lambda : 1e9
  }
  const defaultShare = 0.98
  return (statement) => {
    switch (statement.kind) {
      case 'lambda':
        return stated(statement.lambda)
      case 'willingness-to-pay':
        return stated(0.1 / statement.usdPerTenPoints)
      case 'quality':
        return stated(forShare(statement.share))
      case 'max-quality-loss':
        return stated(forShare(1 - statement.share))
      case 'mean-cost':
      case 'strong-share':
        return stated(forShare(defaultShare))
    }
  }
}

const stated = (lambda: number): Turn['objective'] => ({
  lambda,
  mu: 0,
  maxCostUsd: null,
  statedAs: `lambda ${lambda}`,
})

function turnOf(
  config: ResolvedConfig,
  policy: Policy,
  set: ReplaySet,
  place: number,
  objectives: Objectives,
): Omit<Turn, 'budget'> {
  const all = candidatesOf(config, set, place)
  const within = ({ pool }: Policy) =>
    pool === 'all' ? all : all.filter(({ id }) => (pool as readonly string[]).includes(id))
  const nested: Record<string, NestedTurn> = {}
  const visit = (inner: Policy): void => {
    nested[inner.name] = {
      candidates: within(inner),
      fallbacks: [],
      objective: objectives(inner.objective),
      nobody: null,
    }
    for (const one of inner.nested) visit(one)
  }
  for (const inner of policy.nested) visit(inner)
  const candidates = within(policy)
  if (!isNonEmpty(candidates)) throw new Error(`${policy.name} has no candidate`)
  return {
    ...set.read[place]!,
    candidates,
    objective: objectives(policy.objective),
    session: null,
    wins: null,
    asked: nothingAsked,
    advisers: all.filter(({ id }) => policy.advisers.includes(id)),
    nested,
    embedder: set.embedder,
    draw: seededDraw(`${seed} ${place}`),
  }
}

function candidatesOf({ models }: ResolvedConfig, set: ReplaySet, place: number): readonly Candidate[] {
  const { predictions, prepared } = set
  const { pool } = prepared.score
  return pool.map((name, column) => {
    const model = models.find(({ id }) => id === `data/${name}`)!
    const cell = place * predictions.models + column
    const usd = Math.max(0, predictions.costUsd[cell]!)
    return {
      id: model.id,
      model,
      quality: { mean: predictions.quality[cell]!, deviation: 0.1 },
      cost: { kind: 'known', usd: { mean: usd, deviation: usd / 2 } },
      latencyMs: { mean: 1_000, deviation: 500 },
      outputTokens: { mean: 300, deviation: 200 },
    }
  })
}

/** What each model of the pool alone made of the rows. */
export const servedAlone = ({ prepared: { score } }: ReplaySet): readonly (readonly Served[])[] =>
  score.pool.map((name, column) =>
    score.rows.map((row, place) => {
      const cell = place * score.pool.length + column
      return {
        score: score.quality[cell]!,
        usd: score.costUsd[cell]!,
        latencyMs: 1_000 * (row.outcomes.get(name)!.latencyS ?? 0),
        calls: 1,
        model: `data/${name}`,
      }
    }),
  )
