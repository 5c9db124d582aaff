/** Grades answers, and compares two, by a model that is asked through the gateway and is not told who answered. */

import { type Answer, answerText } from '../../domain/answer.ts'
import type { Decision } from '../../domain/decision.ts'
import type { Feedback } from '../../domain/feedback.ts'
import { seededDraw } from '../../domain/random.ts'
import { noRoutingOptions } from '../../domain/routing-options.ts'
import type { Clock } from '../../domain/transport.ts'
import type { JudgeSettings } from '../../config/resolve-aside.ts'
import { holdsVendorState } from '../../engine/sessions/conversation.ts'
import { answerAsText } from '../../strategies/prompts/conversation.ts'
import { judgedPlace } from '../../strategies/prompts/judge-prompt.ts'
import type { FeedbackDesk } from '../feedback.ts'
import { newFeedbackId } from '../feedback.ts'
import type { Generation } from '../generation.ts'
import { type Ask, type Asked, asideAccount } from './ask.ts'
import { comparisonRequest, gradeRequest, readGrade } from './grade-prompt.ts'
import type { Tell } from './lane.ts'
import { judgeMark } from './mark.ts'
import { answerOf, type Sample } from './sample.ts'

export type Judge = {
  readonly grade: (sample: Sample, signal: AbortSignal) => Promise<void>
  /** Of the first and the second answer, 1 for the better; `null`: the judge said nothing that can be read. */
  readonly compare: (
    sample: Sample,
    answers: readonly [Answer, Answer],
    signal: AbortSignal,
  ) => Promise<readonly [number, number] | null>
}

export type JudgeParts = {
  readonly settings: JudgeSettings
  readonly ask: Ask
  readonly generation: () => Pick<Generation, 'decider' | 'models'>
  readonly feedback: Pick<FeedbackDesk, 'add'>
  readonly clock: Clock
  /** What it could not do. */
  readonly tell: Tell
}

export const judgePurpose = 'judge'

export function createJudge({ settings, ask, generation, feedback, clock, tell }: JudgeParts): Judge {
  const account = asideAccount(judgePurpose, settings.budget)
  const put = async (
    about: Sample,
    request: ReturnType<typeof gradeRequest>,
    signal: AbortSignal,
  ): Promise<string | null> => {
    const mark = judgeMark(settings.by, about.decision.id)
    const question = { model: settings.by, request, options: noRoutingOptions, mark, account, about }
    const asked = await ask(question, signal)
    if (asked.kind === 'failed') {
      tell(failureWords(asked))
      return null
    }
    return answerText(asked.answer)
  }
  return {
    grade: async (sample, signal) => {
      const answer = canBeJudged(sample) ? answerOf(sample) : null
      const text = answer === null ? '' : answerAsText(answer)
      if (text === '') return
      const schema = takesSchema(generation(), settings.by)
      const request = gradeRequest(sample.incoming.asked.request, text, settings, schema)
      const said = await put(sample, request, signal)
      if (said === null) return
      const grade = readGrade(said, settings.scale)
      if (grade === null) return tell('said something that is no grade')
      const row = feedbackOn(sample.decision, settings.by, clock, 'quality', grade.score, grade.words)
      await feedback.add([row], sample.decision)
    },
    compare: async (sample, [first, second], signal) => {
      if (!canBeJudged(sample)) return null
      // Of two answers the one that stands first is favoured: which one that is, is drawn.
      const swapped = seededDraw(`order ${sample.decision.id}`)() < 0.5
      const texts = [answerAsText(first), answerAsText(second)] as const
      const shown = swapped ? ([texts[1], texts[0]] as const) : texts
      const request = comparisonRequest(sample.incoming.asked.request, shown, settings.rubric)
      const said = await put(sample, request, signal)
      if (said === null) return null
      const place = judgedPlace(said, 2)
      if (place === null) {
        tell('said something that names neither answer')
        return null
      }
      return (place === 0) !== swapped ? [1, 0] : [0, 1]
    },
  }
}

/**
 * The judge reads texts, whole conversations, and one answer at a time: to whoever does not see the image every description of it is
 * as good, and what a vendor keeps of a conversation only that vendor can read.
 */
const canBeJudged = ({ incoming: { asked, text } }: Sample): boolean =>
  asked.request.sampling.answers === 1 &&
  !holdsVendorState(text) &&
  asked.request.messages.every(({ content }) =>
    content.every(({ kind }) => kind !== 'image' && kind !== 'audio' && kind !== 'file'),
  )

/** What went wrong, in words that are the same each time: they are counted. */
export const failureWords = ({ failure }: Extract<Asked, { kind: 'failed' }>): string =>
  failure.kind === 'budget-exhausted'
    ? 'has spent what it may, and lets the rest be until its next period'
    : `could not be asked: ${failure.kind}`

export const feedbackOn = (
  { id }: Pick<Decision, 'id'>,
  author: string,
  clock: Clock,
  metric: string,
  score: number,
  comment: string,
  source: Feedback['source'] = 'judge',
): Feedback => ({
  id: newFeedbackId(),
  about: { kind: 'decision', decision: id },
  at: clock.wall().toISOString(),
  source,
  metric,
  score,
  comment,
  correction: null,
  author,
})

/** Only where every model that may come to judge can be held to a form is the form asked for: eligibility would refuse the others. */
function takesSchema({ decider, models }: Pick<Generation, 'decider' | 'models'>, by: string): boolean {
  const named = decider.policy(by)
  if (named.kind === 'failed') return false
  const { pool } = named.policy
  const pooled = pool === 'all' ? models : models.filter(({ id }) => pool.includes(id))
  return pooled.length > 0 && pooled.every(({ capabilities }) => capabilities.has('json-schema'))
}
