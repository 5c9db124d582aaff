/**
 * A stream of requests before a strategy that may learn from it: at each only the chosen model's outcome is shown, when its
 * feedback comes, as in service. The strategy, its learner and the arithmetic of the sums are those that serve.
 */

import type { Candidate } from '../../domain/candidate.ts'
import { expectedUsd } from '../../domain/candidate.ts'
import { addTo, type Learner, type Lesson, type Sums, withoutForgotten } from '../../domain/learner.ts'
import type { ModelId } from '../../domain/model.ts'
import type { NonEmpty } from '../../domain/non-empty.ts'
import type { Objective } from '../../domain/objective.ts'
import { seededDraw } from '../../domain/random.ts'
import { plainRequest } from '../../domain/request.ts'
import type { Signals } from '../../domain/signals.ts'
import { type BudgetFacts, nothingAsked, type Strategy, type Turn } from '../../domain/strategy.ts'
import { replay } from '../../engine/replay.ts'

export type StreamItem = {
  readonly signals: Signals
  readonly vector: Float32Array
  readonly candidates: NonEmpty<Candidate>
  /** What came, or would come, of asking a model; it must have an outcome of each candidate. */
  readonly outcome: (model: ModelId) => { readonly quality: number; readonly usd: number }
}

/** A strategy with its options, as a policy has it. */
export type Contender = {
  readonly choose: Strategy
  readonly learner: Learner | null
}

export type StreamOptions = {
  readonly objective: Objective
  readonly seed: string
  /** Dollars for the whole stream, paced; `null`: no budget. */
  readonly budgetUsd: number | null
  /** Dollars for trying models, over the whole stream; `null`: none are tried. */
  readonly exploreUsd: number | null
  /** Requests that are decided before the feedback on one comes. */
  readonly feedbackAfter: number
  readonly msPerRequest: number
}

export type StreamChoice = {
  readonly model: ModelId
  readonly quality: number
  readonly usd: number
  readonly propensity: number
  /** Expected dollars beyond the best model's, where one was tried; 0 where none was. */
  readonly exploredUsd: number
  readonly tried: boolean
}

/** Arms whose sums may be dropped are looked for this often. */
const pruneEvery = 256

/** Any date will do, as long as runs can be repeated. */
const beganAtMs = Date.UTC(2026, 0, 1)

export function runStream(
  items: readonly StreamItem[],
  { choose, learner }: Contender,
  options: StreamOptions,
): readonly StreamChoice[] {
  const choices: StreamChoice[] = []
  const waiting: Lesson[] = []
  const spent = { usd: 0, exploredUsd: 0 }
  let sums: Sums = new Map()
  items.forEach((item, place) => {
    const atMs = beganAtMs + place * options.msPerRequest
    while (learner && waiting.length > options.feedbackAfter)
      sums = learnFrom(learner, sums, waiting.shift()!)
    if (learner && place % pruneEvery === 0) sums = withoutForgotten(sums, learner, atMs)
    const learnt = learner && { learner: learner.id, sums, atMs }
    const turn = turnOf(item, { ...options, place, elapsedShare: place / items.length }, spent, learnt)
    const choice = chosenOn(item, turn, choose)
    choices.push(choice)
    spent.usd += choice.usd
    spent.exploredUsd += choice.exploredUsd
    if (learner) waiting.push(lessonOf(learner, item, turn, choice, atMs))
  })
  return choices
}

function learnFrom(learner: Learner, sums: Sums, lesson: Lesson): Sums {
  const increment = learner.learn(lesson)
  return increment ? addTo(sums, increment) : sums
}

type Moment = StreamOptions & { readonly place: number; readonly elapsedShare: number }

function turnOf(
  { signals, vector, candidates }: StreamItem,
  { objective, seed, place, elapsedShare, budgetUsd, exploreUsd }: Moment,
  spent: { readonly usd: number; readonly exploredUsd: number },
  learnt: Turn['learnt'],
): Turn {
  const facts = (limitUsd: number | null, spentUsd: number): BudgetFacts | null =>
    limitUsd === null ? null : { limitUsd, spentUsd, elapsedShare }
  return {
    request: emptyRequest,
    signals,
    vector,
    candidates,
    objective,
    session: null,
    wins: null,
    asked: nothingAsked,
    advisers: [],
    nested: {},
    budget: facts(budgetUsd, spent.usd),
    exploration: facts(exploreUsd, spent.exploredUsd),
    learnt: learnt ?? null,
    embedder: null,
    draw: seededDraw(`${seed} ${place}`),
  }
}

const emptyRequest = plainRequest('')

function chosenOn(item: StreamItem, turn: Turn, choose: Strategy): StreamChoice {
  const { verdict, model, score, usd } = replay(choose, turn, ({ id }) => {
    const { quality, usd: billed } = item.outcome(id)
    return { score: quality, usd: billed, latencyMs: 0 }
  })
  if (model === null || score === null || usd === null)
    throw new Error(`nobody answered in the stream: ${verdict.because}`)
  const explores = (verdict.kind === 'forward' && verdict.explores) || null
  return {
    model,
    quality: score,
    usd,
    propensity: verdict.propensity,
    exploredUsd: explores?.usd ?? 0,
    tried: explores !== null,
  }
}

function lessonOf(
  learner: Learner,
  { candidates }: StreamItem,
  turn: Turn,
  { model, quality, usd, propensity }: StreamChoice,
  atMs: number,
): Lesson {
  const chosen = candidates.find(({ id }) => id === model)!
  const expected = expectedUsd(chosen)
  return {
    model,
    features: learner.features(turn),
    quality,
    expectedQuality: chosen.quality.mean,
    usd,
    expectedUsd: Number.isFinite(expected) ? expected : null,
    propensity,
    atMs,
    weight: 1,
  }
}
