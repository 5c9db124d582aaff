/** Requests of Fairlead's own making, and the client's with an instruction added. */

import type { Candidate } from '../../domain/candidate.ts'
import { type Message, plainRequest, type Request } from '../../domain/request.ts'

export type QuestionLimits = {
  /** Tokens of the answer, thinking not counted. */
  readonly maxOutputTokens: number
  readonly topLogprobs?: number | null
}

const mostThinkingTokens = 4096

/** Asks a model something about the request, in a request of its own. */
export function questionTo(
  { model }: Candidate,
  instruction: string,
  question: string,
  { maxOutputTokens, topLogprobs = null }: QuestionLimits,
): Request {
  const plain = plainRequest(question)
  const thinking = model.capabilities.has('reasoning') ? mostThinkingTokens : 0
  return {
    ...plain,
    messages: [system(instruction), ...plain.messages],
    sampling: {
      ...plain.sampling,
      maxOutputTokens: Math.min(model.maxOutputTokens, maxOutputTokens + thinking),
    },
    topLogprobs: model.capabilities.has('logprobs') && thinking === 0 ? topLogprobs : null,
  }
}

/** After the client's own system messages: they come first, and a vendor's cache of them still holds. */
export function withInstruction(request: Request, instruction: string): Request {
  const place = request.messages.findIndex(({ role }) => role !== 'system' && role !== 'developer')
  const at = place < 0 ? request.messages.length : place
  return {
    ...request,
    messages: [...request.messages.slice(0, at), system(instruction), ...request.messages.slice(at)],
  }
}

const system = (text: string): Message => ({
  role: 'system',
  content: [{ kind: 'text', text }],
  name: null,
})
