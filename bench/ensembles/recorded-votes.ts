/** Votes of cheap models on MMLU-Pro, by replay of recorded answers: the code that serves is the code that is measured. */

import { join } from 'node:path'
import { pricesFor } from '../../src/cli/eval.ts'
import { silent } from '../../src/cli/progress.ts'
import { readChecked } from '../../src/cli/training-rows.ts'
import type { Candidate } from '../../src/domain/candidate.ts'
import { type Model, modelId } from '../../src/domain/model.ts'
import type { NonEmpty } from '../../src/domain/non-empty.ts'
import { seededDraw } from '../../src/domain/random.ts'
import { plainRequest } from '../../src/domain/request.ts'
import { nothingAsked, type Turn } from '../../src/domain/strategy.ts'
import { replay } from '../../src/engine/replay.ts'
import { bootstrap } from '../../src/learning/evaluation/bootstrap.ts'
import { type Prepared, prepare } from '../../src/learning/evaluation/prepare.ts'
import { ensemble } from '../../src/strategies/ensemble.ts'
import { noAids } from '../../src/strategies/strategy.ts'
import { mmluProPool, withListPrices } from '../routing-quality/mmlu-pro-pool.ts'
import {
  difference,
  evalDefaults,
  figure,
  mmluProOverheadTokens,
  resamples,
  seed,
} from '../routing-quality/options.ts'
import { markdown } from './simulated.ts'

const cheapThree = ['gemini-1.5-flash-002', 'DeepSeek-Coder-V2', 'Meta-Llama-3_1-70B-Instruct']

const plans: readonly {
  readonly name: string
  readonly members: readonly string[]
  readonly options: object
}[] = [
  ...mmluProPool.map((model) => ({ name: model, members: [model], options: {} })),
  { name: 'vote of the cheap three', members: cheapThree, options: { size: 3 } },
  { name: 'the same, in turn until 2 agree', members: cheapThree, options: { size: 3, minAgreeing: 2 } },
  {
    name: 'vote of the cheap three and gemini-1.5-pro, in turn until 2 agree',
    members: [...cheapThree, 'gemini-1.5-pro-002'],
    options: { size: 4, minAgreeing: 2 },
  },
  { name: 'vote of all five', members: mmluProPool, options: { size: 5 } },
  { name: 'the same, in turn until 3 agree', members: mmluProPool, options: { size: 5, minAgreeing: 3 } },
]

export async function recordedVoteTable(folder: string): Promise<string> {
  return withListPrices(folder, async (prices) => {
    const paths = [join(folder, 'mmlu_pro')]
    const { rows } = await readChecked(paths, {}, silent)
    const { book } = await pricesFor(paths, prices)
    const result = prepare({
      ...evalDefaults,
      rows,
      prices: book,
      pool: mmluProPool,
      inputOverheadTokens: mmluProOverheadTokens,
      notes: [],
      onProgress: () => {},
    })
    if (result.kind === 'impossible') throw new Error(`${result.problem}. ${result.remedy}`)
    return described(result.prepared)
  })
}

type Run = { readonly score: number; readonly usd: number }

function described(prepared: Prepared): string {
  const runs = plans.map(({ members, options }) => runsOf(prepared, members, options))
  const singles = mmluProPool.length
  const best = bestSingle(prepared)
  const rows = plans.map(({ name }, place) => {
    const own = runs[place]!
    const figures = bootstrap(
      own.length,
      (weights) => {
        const mean = (values: readonly Run[], field: keyof Run) =>
          values.reduce((sum, one, index) => sum + weights[index]! * one[field], 0) /
          weights.reduce((sum, weight) => sum + weight, 0)
        const quality = mean(own, 'score')
        return {
          quality,
          ahead: quality - mean(runs[best]!, 'score'),
          share: mean(own, 'usd') / mean(runs[best]!, 'usd'),
        }
      },
      { seed, resamples },
    )
    return [
      name,
      figure(figures.quality),
      place === best ? '' : difference(figures.ahead),
      `${(100 * figures.share.value).toFixed(1)} %`,
      place < singles ? '1' : (own.reduce((sum, one) => sum + one.calls, 0) / own.length).toFixed(2),
    ]
  })
  return [
    `${prepared.score.rows.length} rows of the dev split; weights from accuracies on the train split. Best single there: ${mmluProPool[best]}. 95 % intervals, paired bootstrap.`,
    '',
    markdown(
      ['who answers', 'accuracy', 'ahead of the best single by', 'cost, of the best single', 'calls'],
      rows,
    ),
  ].join('\n')
}

type Counted = Run & { readonly calls: number }

function runsOf({ fit, score }: Prepared, members: readonly string[], options: object): readonly Counted[] {
  const places = members.map((name) => score.pool.indexOf(name))
  const quality = places.map((place) => meanOf(fit.quality, place, fit.pool.length))
  const usd = places.map((place) => meanOf(fit.costUsd, place, fit.pool.length))
  const candidates = members.map((name, index) => candidateOf(name, quality[index]!, usd[index]!))
  const parsed = ensemble.options.parse(options)
  return score.rows.map((row, index) => {
    const cell = (place: number) => index * score.pool.length + places[place]!
    if (members.length === 1)
      return { score: score.quality[cell(0)]!, usd: score.costUsd[cell(0)]!, calls: 1 }
    const turn = turnOver(candidates as unknown as NonEmpty<Candidate>, row.prompt)
    const {
      score: got,
      usd: paid,
      trace,
    } = replay(
      (one) => ensemble.choose(one, parsed, noAids),
      turn,
      ({ id }) => {
        const place = members.indexOf(id.slice('recorded/'.length))
        const answer = row.outcomes.get(members[place]!)?.answer
        return {
          score: score.quality[cell(place)]!,
          usd: score.costUsd[cell(place)]!,
          latencyMs: 1,
          text: answer ? `The answer is ${answer}.` : '',
        }
      },
    )
    const calls = trace.steps.reduce((sum, step) => sum + (step.kind === 'ask' ? step.calls.length : 0), 0)
    return { score: got ?? 0, usd: paid ?? Number.NaN, calls: Math.max(1, calls) }
  })
}

/** On the rows to fit on. */
function bestSingle({ fit }: Prepared): number {
  const means = mmluProPool.map((name) => meanOf(fit.quality, fit.pool.indexOf(name), fit.pool.length))
  return means.indexOf(Math.max(...means))
}

function meanOf(cells: Float64Array, place: number, models: number): number {
  let sum = 0
  for (let cell = place; cell < cells.length; cell += models) sum += cells[cell]!
  return sum / (cells.length / models)
}

/** The turn holds nothing that a vote reads but the candidates' quality and cost. */
function turnOver(candidates: NonEmpty<Candidate>, prompt: string): Turn {
  return {
    request: plainRequest(prompt),
    signals: {
      inputTokens: Math.ceil(prompt.length / 4),
      taskType: 'knowledge',
      complexity: 0.5,
      subject: { name: 'general', probability: 1 },
      language: 'en',
      structure: {
        promptChars: prompt.length,
        lastUserChars: prompt.length,
        turns: 1,
        codeShare: 0,
        tools: 0,
        images: 0,
        jsonSchema: false,
      },
    },
    vector: new Float32Array(1),
    candidates,
    objective: { lambda: 0, mu: 0, maxCostUsd: null, statedAs: 'lambda 0' },
    session: null,
    wins: null,
    asked: nothingAsked,
    advisers: [],
    nested: {},
    budget: null,
    embedder: null,
    draw: seededDraw('recorded votes'),
  }
}

function candidateOf(name: string, quality: number, usd: number): Candidate {
  const model: Model = {
    id: modelId(`recorded/${name}`),
    vendor: 'recorded',
    vendorName: name,
    prices: { input: 'unknown', cachedRead: 'unknown', cacheWrite: 'unknown', output: 'unknown' },
    contextWindow: 128_000,
    maxOutputTokens: 4096,
    capabilities: new Set(),
    benchmarks: {},
    speed: { firstTokenMs: 1, tokensPerSecond: 1000 },
    verbosity: 1,
    simulated: false,
  }
  return {
    id: model.id,
    model,
    quality: { mean: quality, deviation: 0 },
    cost: { kind: 'known', usd: { mean: usd, deviation: 0 } },
    latencyMs: { mean: 1, deviation: 0 },
    outputTokens: { mean: 200, deviation: 0 },
  }
}
