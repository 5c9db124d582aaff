import type { Answer } from '../../../domain/answer.ts'
import type { Candidate } from '../../../domain/candidate.ts'
import { plainRequest, type Request } from '../../../domain/request.ts'
import type { Choosing, Turn } from '../../../domain/strategy.ts'
import { probability } from '../../strategy.ts'
import { type ScoreCalibration, scoreCalibration } from './score-calibration.ts'

/** An answer in question, and the answers that came before it. */
export type InQuestion = {
  readonly turn: Turn
  readonly candidate: Candidate
  readonly answer: Answer
  readonly before: readonly Answer[]
}

/** A score from 0 (surely wrong) to 1, not calibrated. Missing is not low: it says nothing of the answer. */
export type Reading =
  | { readonly kind: 'score'; readonly score: number }
  | { readonly kind: 'missing'; readonly why: string }

export const score = (value: number): Reading => ({ kind: 'score', score: value })
export const missing = (why: string): Reading => ({ kind: 'missing', why })

/** One way to tell whether an answer is right. */
export type ConfidenceSignal<Options> = {
  /** What holds until outcomes have calibrated it: careful, so that an untrained signal alone decides little. */
  readonly untrained: ScoreCalibration
  /** The area under the ROC curve that is assumed until it is measured. */
  readonly untrainedAuroc: number
  /** Whether it can say anything of answers to this request, as far as can be told before there is one. */
  readonly speaks: (turn: Turn) => boolean
  /** Dollars that a reading is expected to cost; infinite where a price is not known. */
  readonly usd: (turn: Turn, candidate: Candidate, options: Options) => number
  /** What the request for the answer must have for a reading; `null`: nothing more than it has. */
  readonly wanted: (request: Request, candidate: Candidate) => Request | null
  readonly read: (asked: InQuestion, options: Options) => Choosing<Reading>
}

/** Options that every signal has: what outcomes have taught of it (fit-confidence.ts). */
export const learnt = {
  calibration: scoreCalibration.optional().describe('What outcomes say of its scores.'),
  auroc: probability
    .optional()
    .describe('Measured area under its ROC curve; under 0.6 the signal is not read.'),
}

export const always = (): boolean => true
export const free = (): number => 0
export const asItIs = (): null => null

/** A check of one's own words: short, without tools, and never streamed. */
export function checkRequest(
  candidate: Candidate,
  prompt: string,
  extra: { readonly topLogprobs?: number; readonly maxOutputTokens: number },
): Request {
  const { capabilities } = candidate.model
  const thinks = capabilities.has('reasoning')
  const plain = plainRequest(prompt)
  return {
    ...plain,
    // Models that reason refuse a temperature, and spend the limit on thoughts.
    sampling: thinks
      ? plain.sampling
      : { ...plain.sampling, temperature: 0, maxOutputTokens: extra.maxOutputTokens },
    topLogprobs: capabilities.has('logprobs') ? (extra.topLogprobs ?? null) : null,
  }
}

/** Input of the request and the answer, and a word or two of output. */
export function checkUsd(by: Candidate, turn: Turn, of: Candidate): number {
  const { input, output } = by.model.prices
  if (input === 'unknown' || output === 'unknown') return Number.POSITIVE_INFINITY
  const inputTokens = turn.signals.inputTokens + of.outputTokens.mean + 150
  const thoughts = by.model.capabilities.has('reasoning') ? by.outputTokens.mean : 0
  return (inputTokens * input + (4 + thoughts) * output) / 1e6
}
