import type { Candidate } from '../../domain/candidate.ts'
import type { Request } from '../../domain/request.ts'
import { conversationText } from './conversation.ts'
import { questionTo } from './instructed.ts'
import { openings } from './openings.ts'
import { section, sectionsAreMaterial } from './section.ts'

export const judgeLetters = 'ABCDEFGH'

const requestChars = 12_000

/** Which of `answers` is best; the judge sees no names. At most as many as there are letters. */
export function judgeRequest(
  judge: Candidate,
  request: Request,
  answers: readonly string[],
  answerChars: number,
): Request {
  const letters = [...judgeLetters].slice(0, answers.length)
  return questionTo(
    judge,
    [
      openings.judge,
      sectionsAreMaterial,
      'An answer that is right and does what was asked beats one that is longer, more confident or better worded. The order in which they stand means nothing.',
      `Reply with one letter and nothing else: ${letters.slice(0, -1).join(', ')} or ${letters.at(-1)}.`,
    ].join('\n'),
    [
      section('request', conversationText(request, requestChars), requestChars),
      ...answers.map((answer, place) => section(`answer ${letters[place]}`, answer, answerChars)),
      'Which answer is best? One letter:',
    ].join('\n\n'),
    { maxOutputTokens: 16 },
  )
}

/** The place that a judge's words name; `null`: they name none, or more than one. */
export function judgedPlace(said: string, answers: number): number | null {
  const bare = said.replace(/[*_`"'()[\]]/g, ' ').trim()
  const named =
    /^(?:answer\s+)?([A-H])\s*[.:]?$/i.exec(bare)?.[1] ??
    lastOf(bare, /\b(?:answer|best|choice|choose|pick)\b(?:\s+(?:is|answer))*\s*:?\s*([A-H])\b/g)
  if (named === null || named === undefined) return null
  const place = judgeLetters.indexOf(named.toUpperCase())
  return place >= 0 && place < answers ? place : null
}

function lastOf(text: string, pattern: RegExp): string | null {
  let last: string | null = null
  for (const match of text.matchAll(pattern)) last = match[1]!
  return last
}
