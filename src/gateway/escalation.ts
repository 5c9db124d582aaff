/** Answers that are of no use to whoever asked, as far as anybody can tell: empty, or not the JSON that was asked for. */

import { type Answer, answerText } from '../domain/answer.ts'
import type { Request } from '../domain/request.ts'

export function isOfNoUse(answer: Answer, { responseFormat }: Request): boolean {
  const { parts, finish } = answer
  // A refusal is an answer, and what a content filter held back is not asked for again.
  if (finish.kind === 'content-filter' || parts.some(({ kind }) => kind === 'refusal')) return false
  if (parts.some(({ kind }) => kind === 'tool-call')) return false
  const text = answerText(answer).trim()
  if (text === '') return true
  return responseFormat.kind !== 'text' && !isJson(text)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
