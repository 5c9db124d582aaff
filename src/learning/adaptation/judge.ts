/** A model as the metric: whether an answer says the same as the right one. */

import { plainRequest, type Request } from '../../domain/request.ts'
import { conversationText } from '../../strategies/prompts/conversation.ts'
import { section, sectionsAreMaterial } from '../../strategies/prompts/section.ts'
import type { Example } from './example.ts'

const requestChars = 6_000
const answerChars = 8_000

const instruction = [
  'You say whether an answer to a request is right, given an answer that is known to be right.',
  sectionsAreMaterial,
  'Other words that say the same are right. An answer that contradicts the right one, leaves out what it hangs on, or does not keep to the form that the request asks for is wrong, however well it is worded.',
  'Reply with one word and nothing else: right or wrong.',
].join('\n')

export function gradingRequest(
  { request, answers }: Example,
  said: string,
  maxOutputTokens: number,
): Request {
  const known = answers.map((answer) => (typeof answer === 'string' ? answer : JSON.stringify(answer)))
  const plain = plainRequest(
    [
      section('request', conversationText(request, requestChars), requestChars),
      section('right answer', known.join('\nor\n'), answerChars),
      section('answer', said, answerChars),
      'Right or wrong?',
    ].join('\n\n'),
  )
  return {
    ...plain,
    messages: [
      { role: 'system', content: [{ kind: 'text', text: instruction }], name: null },
      ...plain.messages,
    ],
    sampling: { ...plain.sampling, temperature: 0, maxOutputTokens },
  }
}

/** `null`: its words say neither. */
export function readGrade(said: string): 0 | 1 | null {
  const words = said.toLowerCase().match(/\b(?:right|wrong)\b/g) ?? []
  const [first] = words
  if (first === undefined || words.some((word) => word !== first)) return null
  return first === 'right' ? 1 : 0
}
