/** A second policy decides for a request that another one served, and if asked answers it too: unseen, and stored. */

import type { Answer } from '../../domain/answer.ts'
import type { Decision } from '../../domain/decision.ts'
import type { RoutingOptions } from '../../domain/routing-options.ts'
import type { Clock } from '../../domain/transport.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { ShadowSettings } from '../../config/resolve-aside.ts'
import { holdsVendorState } from '../../engine/sessions/conversation.ts'
import { explain } from '../../engine/explain.ts'
import type { Governor } from '../../governance/governor.ts'
import type { SharedState } from '../../storage/state/shared-state.ts'
import { finalAnswer } from '../../strategies/answers/final-answer.ts'
import { answerAsText } from '../../strategies/prompts/conversation.ts'
import type { Events } from '../../telemetry/events.ts'
import { momentOf } from '../decider.ts'
import type { FeedbackDesk } from '../feedback.ts'
import type { Generation } from '../generation.ts'
import { decisionOf } from '../record.ts'
import { type Ask, asideAccount, entryOf, withinBounds } from './ask.ts'
import { failureWords, feedbackOn, type Judge } from './judge.ts'
import type { Tell } from './lane.ts'
import { shadowMark } from './mark.ts'
import { answerOf, type Sample } from './sample.ts'

export type Shadow = (sample: Sample, signal: AbortSignal) => Promise<void>

export type ShadowParts = {
  readonly settings: ShadowSettings
  readonly ask: Ask
  readonly generation: () => Pick<Generation, 'decider'>
  readonly governor: Pick<Governor, 'entry'>
  readonly state: Pick<SharedState, 'balance'>
  /** `null`: there is none. */
  readonly judge: Judge | null
  readonly events: Pick<Events, 'emit'>
  readonly feedback: Pick<FeedbackDesk, 'add'>
  readonly clock: Clock
  readonly tell: Tell
}

export const shadowPurpose = (name: string): string => `shadow ${name}`

export function createShadow(parts: ShadowParts): Shadow {
  const { settings } = parts
  const { budget } = settings
  if (budget === null) return (sample) => decide(parts, sample)
  const account = asideAccount(shadowPurpose(settings.name), budget)
  return async (sample, signal) => {
    const { decision, incoming } = sample
    const { request, options } = incoming.asked
    // What the conversation goes on from lies with a vendor: nobody else would answer the same question.
    if (holdsVendorState(incoming.text)) return
    const mark = shadowMark(settings.name, settings.by, decision.id)
    const question = { model: settings.by, request, options: unnamed(options), mark, account, about: sample }
    const asked = await parts.ask(question, signal)
    if (asked.kind === 'failed') return parts.tell(failureWords(asked))
    const served = answerOf(sample)
    if (served === null || request.sampling.answers > 1) return
    await compare(parts, sample, [served, asked.answer], asked.decision, signal)
  }
}

/** As if the request had come alone: the session is the served policy's, and what it pays with is its own. */
const unnamed = (options: RoutingOptions): RoutingOptions => ({
  ...options,
  session: null,
  episode: null,
  user: null,
  tags: [],
})

/** Decides and calls no model: what a strategy would ask first is where it ends. */
async function decide(
  { settings, generation, governor, state, events, clock, tell }: ShadowParts,
  sample: Sample,
): Promise<void> {
  const { decider } = generation()
  const { incoming, decision } = sample
  const asked = {
    ...incoming.asked,
    model: settings.by,
    options: withinBounds(unnamed(incoming.asked.options), sample),
  }
  const named = decider.policy(settings.by)
  const entry = entryOf(governor, state, settings.by, incoming.identity ?? null, null)
  if (named.kind === 'failed' || 'kind' in entry) return tell('is no policy any more')
  const reading = decider.readText === null ? null : await decider.readText(asked)
  const startedAt = clock.now()
  const consideration = decider.consider(asked, reading, null, entry, named.policy)
  if (consideration.kind === 'failed')
    return tell(failureWords({ kind: 'failed', failure: consideration.failure }))
  const { considered } = consideration
  const { trace } = explain(considered.policy.choose, considered.turn)
  const mark = shadowMark(settings.name, settings.by, decision.id)
  events.emit({ kind: 'decided', decision: decisionOf(considered, trace, momentOf(clock, startedAt), mark) })
}

/** What each is given by the comparison, on both decisions. */
async function compare(
  { settings, judge, feedback, clock }: ShadowParts,
  sample: Sample,
  answers: readonly [Answer, Answer],
  other: Decision,
  signal: AbortSignal,
): Promise<void> {
  const add = async (metric: string, scores: readonly [number, number], comment: string): Promise<void> => {
    const author = shadowPurpose(settings.name)
    await feedback.add(
      [feedbackOn(sample.decision, author, clock, metric, scores[0], comment)],
      sample.decision,
    )
    await feedback.add([feedbackOn(other, author, clock, metric, scores[1], comment)], other)
  }
  const same = sameAnswer(...answers)
  switch (settings.compare) {
    case 'none':
      return
    case 'exact':
      return add('agreement', same ? [1, 1] : [0, 0], same ? 'they say the same' : 'they do not say the same')
    case 'judge': {
      if (same) return add('preference', [0.5, 0.5], 'they say the same')
      const scores = (await judge?.compare(sample, answers, signal)) ?? null
      return scores === null ? undefined : add('preference', scores, 'compared by the judge')
    }
    default:
      return unreachable(settings.compare)
  }
}

/** By what they come down to: a value, JSON whatever the order of its keys, tool calls; or word for word. */
export function sameAnswer(one: Answer, other: Answer): boolean {
  const [a, b] = [finalAnswer(one), finalAnswer(other)]
  if (a !== null && a === b) return true
  return plain(answerAsText(one)) === plain(answerAsText(other))
}

const plain = (text: string): string => text.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase()
