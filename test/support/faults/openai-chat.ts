import type { Asked, Said, SaidEvent, SpokenFormat } from './said.ts'
import { reportedTokens } from './said.ts'

/** Chat Completions as a vendor sends them, with a field of its own. */
export const openaiChatSpoken: SpokenFormat = {
  name: 'openai-chat',
  read,
  whole,
  events,
  errorEvent: (error) => `data: ${JSON.stringify({ error })}\n\n`,
  brokenEvent: 'data: {"choices": [{"delta": \n\n',
}

export const reportedUsage = {
  prompt_tokens: reportedTokens.input,
  completion_tokens: reportedTokens.output,
  total_tokens: reportedTokens.input + reportedTokens.output,
  prompt_tokens_details: { cached_tokens: reportedTokens.cached },
}

type Message = { readonly role: string; readonly content?: unknown }

function read(body: unknown): Asked {
  const { model, stream = false, messages = [] } = body as Partial<Asked> & { messages?: Message[] }
  return { model: model ?? '', stream, continues: continuationIn(messages) }
}

function continuationIn(messages: readonly Message[]): Asked['continues'] {
  const last = messages.at(-1)
  const before = messages.at(-2)
  if (last?.role === 'assistant') return { kind: 'prefill', text: String(last.content) }
  const told = last?.role === 'user' && before?.role === 'assistant'
  return told ? { kind: 'instruction', text: String(before.content) } : null
}

function whole({ model }: Asked, { words, reasoning, toolCall, usage }: Said): string {
  const calls = toolCall && [{ ...callHead(toolCall.name, toolCall.argumentsPieces.join('')) }]
  const message = {
    role: 'assistant',
    content: words.join(''),
    ...(reasoning.length > 0 && { reasoning_content: reasoning.join('') }),
    ...(calls && { tool_calls: calls }),
  }
  return JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, message, finish_reason: calls ? 'tool_calls' : 'stop' }],
    ...(usage && { usage: reportedUsage }),
    vendor_extra: 'kept',
  })
}

const callHead = (name: string, argumentsText: string) => ({
  id: 'call_1',
  type: 'function',
  function: { name, arguments: argumentsText },
})

function events(asked: Asked, { words, reasoning, toolCall, usage }: Said): SaidEvent[] {
  const head = headFor(asked)
  const chunk = (says: SaidEvent['says'], delta: object, finish: string | null = null): SaidEvent => ({
    says,
    text: `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
  })
  const calls = toolCall
    ? [
        chunk('tool-call', { tool_calls: [{ index: 0, ...callHead(toolCall.name, '') }] }),
        ...toolCall.argumentsPieces.map((piece) =>
          chunk('tool-call', { tool_calls: [{ index: 0, function: { arguments: piece } }] }),
        ),
      ]
    : []
  return [
    chunk('start', { role: 'assistant', content: '' }),
    ...reasoning.map((text) => chunk('reasoning', { reasoning_content: text })),
    ...words.map((content) => chunk('word', { content })),
    ...calls,
    chunk('finish', {}, toolCall ? 'tool_calls' : 'stop'),
    ...(usage ? [usageEvent(head)] : []),
    { says: 'end', text: 'data: [DONE]\n\n' },
  ]
}

const usageEvent = (head: object): SaidEvent => ({
  says: 'usage',
  text: `data: ${JSON.stringify({ ...head, choices: [], usage: reportedUsage })}\n\n`,
})

/** Each model has ids and times of its own, as vendors' are. */
const headFor = ({ model }: Asked) => ({
  id: `chatcmpl-${model === 'small' ? '1' : model}`,
  object: 'chat.completion.chunk',
  created: 1_700_000_000 + model.length,
  model,
})
