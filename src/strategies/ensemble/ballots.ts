import type { CallResult } from '../../domain/strategy.ts'
import type { Request } from '../../domain/request.ts'
import { finalAnswer } from '../answers/final-answer.ts'
import type { Ballot } from './vote.ts'

/** The answers among the results that say something; one that was cut off comes down to nothing that could be compared. */
export function ballotsOf(results: readonly CallResult[]): readonly Ballot[] {
  return results.flatMap((result) => {
    if (result.kind !== 'answered') return []
    const { candidate, answer } = result
    const says = answer.parts.some(
      (part) => part.kind === 'tool-call' || (part.kind === 'text' && part.text.trim() !== ''),
    )
    if (!says || answer.finish.kind === 'content-filter') return []
    return [{ candidate, answer, final: answer.finish.kind === 'length' ? null : finalAnswer(answer) }]
  })
}

/** Why several answers can't be made one for this request; `null`: they can. */
export const oneAnswerFault = ({ sampling }: Request): string | null =>
  sampling.answers > 1 ? `the client wants ${sampling.answers} answers, which can't be made one` : null

/** All answers can be compared and are the same. */
export const areUnanimous = (ballots: readonly Ballot[]): boolean =>
  ballots.length > 1 &&
  ballots[0]!.final !== null &&
  ballots.every(({ final }) => final === ballots[0]!.final)
