import type { Request } from '../../domain/request.ts'
import { withInstruction } from './instructed.ts'
import { openings } from './openings.ts'
import { section, sectionsAreMaterial } from './section.ts'

/** The client's request with the answers of others before it (Mixture-of-Agents, arXiv 2406.04692). */
export function synthesisRequest(request: Request, answers: readonly string[], answerChars: number): Request {
  return withInstruction(
    request,
    [
      openings.synthesis,
      sectionsAreMaterial,
      'Some of them may be wrong. Check them against each other and against what you know, keep what holds, and put right what does not. Do not mention the other answers: reply to the user yourself, in the language and the form that the request asks for.',
      ...answers.map((answer, place) => section(`answer ${place + 1}`, answer, answerChars)),
    ].join('\n\n'),
  )
}
