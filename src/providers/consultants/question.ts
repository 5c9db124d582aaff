/** A question as consultants get it: text alone, and bounded. */

import { type Answer, answerText } from '../../domain/answer.ts'
import { lastUserText, type Message, textOf } from '../../domain/request.ts'
import type { Question } from '../../domain/strategy.ts'

export type ConsultantQuestion = {
  readonly consultant: string
  /** What the user said last. */
  readonly text: string
  /** The conversation, oldest first. Of long ones the beginning is left out. */
  readonly messages: readonly { readonly role: string; readonly text: string }[]
  /** Names of the tools on offer. */
  readonly tools: readonly string[]
  /** Present where an answer is in question. */
  readonly model?: string
  readonly answer?: string
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: string }[]
  /** Why the answer ended: stop, length, tool-calls, content-filter, other. */
  readonly finish?: string
  /** Present where something is to be said of models. */
  readonly models?: readonly string[]
}

/** Characters of the conversation, and of an answer. */
const mostChars = 200_000
const mostTools = 256

export const questionOf = ({ consultant, request, about, models }: Question): ConsultantQuestion => ({
  consultant,
  text: cut(lastUserText(request)),
  messages: latest(request.messages),
  tools: request.tools.slice(0, mostTools).map(({ name }) => name),
  ...(about && { model: about.candidate.id, ...answerFields(about.answer) }),
  ...(models.length > 0 && { models }),
})

function answerFields(answer: Answer): Required<Pick<ConsultantQuestion, 'answer' | 'toolCalls' | 'finish'>> {
  const toolCalls = answer.parts.flatMap((part) =>
    part.kind === 'tool-call' ? [{ name: part.name, arguments: cut(part.argumentsText) }] : [],
  )
  return {
    answer: cut(answerText(answer)),
    toolCalls: toolCalls.slice(0, mostTools),
    finish: answer.finish.kind,
  }
}

function latest(messages: readonly Message[]): ConsultantQuestion['messages'] {
  const kept: { readonly role: string; readonly text: string }[] = []
  let chars = 0
  for (const message of [...messages].reverse()) {
    const text = cut(textOf(message))
    chars += text.length
    if (chars > mostChars && kept.length > 0) break
    kept.push({ role: message.role, text })
  }
  return kept.reverse()
}

/** Half of a surrogate pair is no text. */
const cut = (text: string): string =>
  text.length <= mostChars ? text : text.slice(0, mostChars).replace(/[\ud800-\udbff]$/, '')
