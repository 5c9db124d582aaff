import type { Answer } from '../../domain/answer.ts'
import type { AssistantPart } from '../../domain/request.ts'
import type { Envelope } from '../wire-format.ts'
import { encodeToolCall } from './encode-request.ts'
import { encodeFinish } from './finish.ts'
import { encodeLogprobs } from './logprobs.ts'
import { encodeUsage } from './usage.ts'

export function encodeAnswer(answer: Answer, { id, created, model }: Envelope): unknown {
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created,
    model,
    choices: [
      {
        index: 0,
        message: encodeParts(answer.parts),
        logprobs: answer.logprobs.length > 0 ? encodeLogprobs(answer.logprobs) : null,
        finish_reason: encodeFinish(answer.finish),
      },
    ],
    usage: encodeUsage(answer.usage),
  }
}

function encodeParts(parts: readonly AssistantPart[]): unknown {
  const calls = parts.filter((part) => part.kind === 'tool-call')
  const reasoning = textsOf(parts, 'reasoning')
  return {
    role: 'assistant',
    content: textsOf(parts, 'text'),
    refusal: textsOf(parts, 'refusal'),
    ...(reasoning !== null && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls.map(encodeToolCall) }),
  }
}

function textsOf(parts: readonly AssistantPart[], kind: 'text' | 'reasoning' | 'refusal'): string | null {
  let text: string | null = null
  for (const part of parts) if (part.kind === kind) text = (text ?? '') + part.text
  return text
}
