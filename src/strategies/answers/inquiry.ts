/** Asks candidates one after another and keeps what their answers are worth to each other: what cascades have in common. */

import type { Answer } from '../../domain/answer.ts'
import type { Candidate } from '../../domain/candidate.ts'
import type { TaskType } from '../../domain/signals.ts'
import { askOne, type Choosing, type Turn } from '../../domain/strategy.ts'
import type { Observed } from './answer-model.ts'
import { gatherEvidence, type SignalOptions, wantedRequest } from './confidence/index.ts'
import { finalAnswer } from './final-answer.ts'

/** An answer in hand, and what was said of it. */
export type Given = {
  readonly seen: Observed
  readonly answer: Answer
  readonly said: readonly string[]
}

export type Inquiry = {
  readonly turn: Turn
  readonly candidates: readonly Candidate[]
  readonly confidence: readonly SignalOptions[]
  /** Whether answers to this request can be compared. */
  readonly comparable: boolean
  readonly given: Given[]
  /** Places of candidates that did not answer. */
  readonly failed: number[]
  readonly clusters: string[]
}

export const openInquiry = (
  turn: Turn,
  candidates: readonly Candidate[],
  { confidence, comparable }: Pick<Inquiry, 'confidence' | 'comparable'>,
): Inquiry => ({ turn, candidates, confidence, comparable, given: [], failed: [], clusters: [] })

/** Asks the candidate at a place, and has its answer judged; `null`: it failed. */
export function* inquire(inquiry: Inquiry, place: number): Choosing<Given | null> {
  const { turn, candidates, confidence, comparable, given, failed, clusters } = inquiry
  const candidate = candidates[place]!
  const result = yield* askOne(candidate, wantedRequest(turn, candidate, confidence))
  if (result.kind !== 'answered') {
    failed.push(place)
    return null
  }
  const { answer } = result
  const before = given.map((one) => one.answer)
  const evidence = yield* gatherEvidence({ turn, candidate, answer, before }, confidence)
  const cluster = comparable ? clusterOf(finalAnswer(answer), clusters) : null
  const one: Given = {
    seen: { candidate: place, cluster, evidence: evidence.logRatio },
    answer: asAskedFor(answer, turn),
    said: evidence.said,
  }
  given.push(one)
  return one
}

/** Log-probabilities were asked for to judge by; whoever did not ask for them does not get them. */
const asAskedFor = (answer: Answer, { request }: Turn): Answer =>
  request.topLogprobs === null && answer.logprobs.length > 0 ? { ...answer, logprobs: [] } : answer

function clusterOf(final: string | null, clusters: string[]): number | null {
  if (final === null) return null
  const known = clusters.indexOf(final)
  return known >= 0 ? known : clusters.push(final) - 1
}

/** Tasks whose answers come down to a value that another model's can be compared with. */
const closedTasks: readonly TaskType[] = [
  'knowledge',
  'math',
  'reasoning',
  'classification',
  'extraction',
  'tool-use',
]

export const comparisons = ['auto', 'always', 'never'] as const

export const isComparable = ({ request, signals }: Turn, stated: (typeof comparisons)[number]): boolean =>
  stated === 'auto'
    ? request.responseFormat.kind !== 'text' || closedTasks.includes(signals.taskType)
    : stated === 'always'

/** Several answers at once have no single one to judge: such requests are forwarded. */
export const wantsSeveral = ({ request }: Turn): boolean => request.sampling.answers > 1

export const severalAnswers = 'several answers were asked for, of which none can be judged alone'
