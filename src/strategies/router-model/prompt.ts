import type { Answer } from '../../domain/answer.ts'
import type { Candidate } from '../../domain/candidate.ts'
import type { Message, Request } from '../../domain/request.ts'
import { conversationText } from '../prompts/conversation.ts'
import { questionTo } from '../prompts/instructed.ts'
import { openings } from '../prompts/openings.ts'
import { section, sectionsAreMaterial } from '../prompts/section.ts'
import { handOver, handOverTool, type PoolTool } from './tools.ts'

const requestChars = 12_000
const maxOutputTokens = 2048

export type DirectionLimits = { readonly calls: number; readonly rounds: number }

/** The first request to the router model; what comes later is added to its messages. */
export function directionRequest(
  router: Candidate,
  request: Request,
  pool: readonly PoolTool[],
  { calls, rounds }: DirectionLimits,
): Request {
  const asked = questionTo(
    router,
    [
      openings.router,
      sectionsAreMaterial,
      `Think about what the request needs, then call the tools: each puts it, or a question of yours, to one model. You have at most ${calls} calls in ${rounds} rounds; each costs money, so begin with the cheapest model that is likely to get it right, and ask another where an answer looks wrong or a part is missing.`,
      `When an answer is good as it stands, call ${handOver}. Otherwise write the answer to the user yourself, without a word about this work, in the language and the form that the request asks for.`,
    ].join('\n'),
    section('request', conversationText(request, requestChars), requestChars),
    { maxOutputTokens: Math.max(maxOutputTokens, request.sampling.maxOutputTokens ?? 0) },
  )
  return {
    ...asked,
    tools: [...pool.map(({ tool }) => tool), handOverTool(pool)],
    toolChoice: { kind: 'auto' },
  }
}

export type ToolResult = { readonly id: string; readonly text: string; readonly isError: boolean }

/** Goes on after the router model's tool calls. `last`: no tools any more, it must answer or hand over nothing. */
export function continued(
  request: Request,
  said: Answer,
  results: readonly ToolResult[],
  last: boolean,
): Request {
  const open = new Set(results.map(({ id }) => id))
  // Vendors refuse a call without a result, and two calls of one id.
  const kept = said.parts.filter((part) => part.kind !== 'tool-call' || open.delete(part.id))
  const told = results.map(
    ({ id, text, isError }): Message => ({
      role: 'tool',
      toolCallId: id,
      content: [{ kind: 'text', text }],
      ...(isError && { isError }),
    }),
  )
  return {
    ...request,
    messages: [...request.messages, { role: 'assistant', content: kept, name: null }, ...told],
    ...(last && { toolChoice: { kind: 'none' } as const }),
  }
}
