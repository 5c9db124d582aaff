/** The ways to tell whether an answer is right, and what those that a policy names come to together. */

import { z } from 'zod'
import type { Candidate } from '../../../domain/candidate.ts'
import type { Request } from '../../../domain/request.ts'
import type { Choosing, Turn } from '../../../domain/strategy.ts'
import { unreachable } from '../../../domain/unreachable.ts'
import { normalQuantile, normalShare } from '../normal.ts'
import { checker, checkerOptions } from './checker.ts'
import { judge, judgeOptions } from './judge.ts'
import { logprob, logprobOptions } from './logprob.ts'
import { samples, samplesOptions } from './samples.ts'
import { evidenceOf, limited } from './score-calibration.ts'
import { selfCheck, selfCheckOptions } from './self-check.ts'
import type { ConfidenceSignal, InQuestion, Reading } from './signal.ts'
import { validity, validityOptions } from './validity.ts'

const signalOptions = z.discriminatedUnion('kind', [
  validityOptions,
  logprobOptions,
  samplesOptions,
  selfCheckOptions,
  judgeOptions,
  checkerOptions,
])
export type SignalOptions = z.output<typeof signalOptions>

/** Of these a second one would say what the first has said. Samples above all: each is a call. */
const once: readonly SignalOptions['kind'][] = ['validity', 'logprob', 'samples', 'self-check']

export const confidenceOptions = z
  .array(signalOptions)
  .max(6)
  .refine((signals) => once.every((kind) => signals.filter((one) => one.kind === kind).length <= 1), {
    error: `each of ${once.join(', ')} may stand there once. Remove the second one.`,
  })
  .default([])
  .describe('What answers are judged by, beside whether they agree.')

/** Below this a signal misleads more often than it helps (a weak one makes a cascade worse than none). */
export const leastAuroc = 0.6

/** What the signals said of one answer; `logRatio` is ln P(said | right) - ln P(said | wrong). */
export type Evidence = { readonly logRatio: number; readonly said: readonly string[] }

type Member = {
  readonly signal: Pick<ConfidenceSignal<never>, 'untrained' | 'untrainedAuroc' | 'speaks' | 'wanted'>
  readonly usd: (turn: Turn, candidate: Candidate) => number
  readonly read: (asked: InQuestion) => Choosing<Reading>
}

function memberOf(options: SignalOptions): Member {
  const bound = <Options>(signal: ConfidenceSignal<Options>, own: Options): Member => ({
    signal,
    usd: (turn, candidate) => signal.usd(turn, candidate, own),
    read: (asked) => signal.read(asked, own),
  })
  switch (options.kind) {
    case 'validity':
      return bound(validity, options)
    case 'logprob':
      return bound(logprob, options)
    case 'samples':
      return bound(samples, options)
    case 'self-check':
      return bound(selfCheck, options)
    case 'judge':
      return bound(judge, options)
    case 'checker':
      return bound(checker, options)
    default:
      return unreachable(options)
  }
}

const aurocOf = (options: SignalOptions): number => options.auroc ?? memberOf(options).signal.untrainedAuroc

const isOn = (options: SignalOptions): boolean => aurocOf(options) >= leastAuroc

/** Why signals that were asked for are not read, one reason for each. */
export const switchedOff = (signals: readonly SignalOptions[]): readonly string[] =>
  signals
    .filter((options) => !isOn(options))
    .map(
      ({ kind, auroc }) =>
        `${kind} is off: its AUROC is ${auroc!.toFixed(2)}, under ${leastAuroc.toFixed(2)}`,
    )

/** Free signals first: an answer that they find to be of no use is not worth a paid one. */
const nextTo = (signals: readonly SignalOptions[]): readonly SignalOptions[] =>
  [...signals].filter(isOn).sort((a, b) => Number(isPaid(a)) - Number(isPaid(b)))

const isPaid = ({ kind }: SignalOptions): boolean =>
  kind === 'samples' || kind === 'self-check' || kind === 'judge' || kind === 'checker'

/** Evidence of this much against an answer is enough: nobody is paid to confirm it. */
const hopeless = -2.5

/** The signals are taken to be independent given whether the answer is right, as in Bayes' rule for many; their sum is limited. */
export function* gatherEvidence(asked: InQuestion, signals: readonly SignalOptions[]): Choosing<Evidence> {
  let logRatio = 0
  const said: string[] = []
  for (const options of nextTo(signals)) {
    if (isPaid(options) && logRatio <= hopeless) continue
    const { signal, read } = memberOf(options)
    const reading = yield* read(asked)
    if (reading.kind === 'missing') {
      said.push(`${options.kind} says nothing: ${reading.why}`)
      continue
    }
    logRatio += evidenceOf(reading.score, options.calibration ?? signal.untrained)
    said.push(`${options.kind} ${reading.score.toFixed(2)}`)
  }
  return { logRatio: limited(logRatio), said }
}

/** Dollars that judging an answer of this candidate is expected to cost. */
export const judgingUsd = (turn: Turn, candidate: Candidate, signals: readonly SignalOptions[]): number =>
  signals.filter(isOn).reduce((sum, options) => sum + memberOf(options).usd(turn, candidate), 0)

/** The turn's request with all that the signals want of it; `null`: it has it already. */
export function wantedRequest(
  { request }: Turn,
  candidate: Candidate,
  signals: readonly SignalOptions[],
): Request | null {
  let wanted: Request | null = null
  for (const options of signals.filter(isOn))
    wanted = memberOf(options).signal.wanted(wanted ?? request, candidate) ?? wanted
  return wanted
}

/**
 * How well the signals will tell, for looking ahead: the AUROC of one is Φ(d / √2) where scores are normal, d apart; of
 * independent ones the squares of d add up; half way between, right answers pass with Φ(d / 2). `null`: they tell nothing.
 */
export function foreseen(
  turn: Turn,
  signals: readonly SignalOptions[],
): { readonly passesIfRight: number; readonly passesIfWrong: number } | null {
  let squares = 0
  for (const options of signals.filter((one) => isOn(one) && memberOf(one).signal.speaks(turn)))
    squares += 2 * normalQuantile(Math.min(0.99, aurocOf(options))) ** 2
  if (squares === 0) return null
  const passes = normalShare(Math.sqrt(squares) / 2)
  return { passesIfRight: passes, passesIfWrong: 1 - passes }
}

export const judgesOf = (signals: readonly SignalOptions[]): readonly string[] =>
  signals.flatMap((options) => (options.kind === 'judge' ? [options.model] : []))

export const checkersOf = (signals: readonly SignalOptions[]): readonly string[] =>
  signals.flatMap((options) => (options.kind === 'checker' ? [options.consultant] : []))
