import type { AskOne } from './consultant.ts'
import { type ConsultantQuestion, questionOf } from './question.ts'
import { readOpinion } from './read-opinion.ts'

/**
 * A consultant of a program's own. What it gives back is read as the reply of one over HTTP would be: `{ score, scores,
 * label, because }`, of which any may be missing. It should stop when `signal` is aborted.
 */
export type ConsultantFunction = (question: ConsultantQuestion, signal: AbortSignal) => unknown

export const askFunction =
  (ask: ConsultantFunction): AskOne =>
  async (question, signal) =>
    readOpinion(await ask(questionOf(question), signal), question.consultant, [])
