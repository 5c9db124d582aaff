/** Requests, answers and streams that the Responses API can carry. */
import fc from 'fast-check'
import type { Answer, StreamPart } from '../../src/domain/answer.ts'
import type { AssistantPart, ContentPart, Message, OpaquePart, Request } from '../../src/domain/request.ts'
import { anyAnswer, anyRequest, anyStream, aText } from './wire-arbitraries.ts'

const halves = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/** The same value without halves of surrogate pairs, which clients may not send. */
export function wellFormed<T>(value: T): T {
  if (typeof value === 'string') return value.replace(halves, '?') as T
  if (Array.isArray(value)) return value.map(wellFormed) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [wellFormed(key), wellFormed(item)]),
  ) as T
}

const aHostedCall: fc.Arbitrary<OpaquePart> = fc.nat(99).map((number) => ({
  kind: 'opaque',
  format: 'openai-responses',
  value: { id: `ws_${number}`, type: 'web_search_call', status: 'completed', action: { type: 'search' } },
}))

const aSeal = fc.record({
  format: fc.constant('openai-responses' as const),
  data: fc.base64String({ minLength: 4 }),
  id: fc.option(
    fc.nat(999).map((number) => `rs_${number}`),
    { nil: null },
  ),
})

const aSealedReasoning: fc.Arbitrary<AssistantPart> = fc
  .tuple(fc.oneof(fc.constant(''), aText), aSeal)
  .map(([text, seal]) => ({ kind: 'reasoning', text, sealed: { ...seal, redacted: text === '' } }))

const anAct = fc.oneof(aHostedCall, aSealedReasoning)

/** Files say where they are. */
const asContent = (part: ContentPart): ContentPart =>
  part.kind === 'file' && part.fileId === null && part.base64 === null ? { ...part, base64: 'AA==' } : part

/** One conversation: what an assistant does in a row is one message, and each result has its call before it. */
export function asConversation(messages: readonly Message[]): Message[] {
  const said: Message[] = []
  const open: string[] = []
  let calls = 0
  for (const message of messages) {
    if (message.role === 'tool') {
      const toolCallId = open.shift()
      if (toolCallId !== undefined) said.push({ ...message, toolCallId })
    } else if (message.role !== 'assistant') {
      said.push({ ...message, name: null, content: message.content.map(asContent) })
    } else if (said.at(-1)?.role !== 'assistant' && message.content.length > 0) {
      const content = message.content.map((part) =>
        part.kind === 'tool-call' ? { ...part, id: `${part.id}_${calls++}` } : part,
      )
      for (const part of content) if (part.kind === 'tool-call') open.push(part.id)
      said.push({ role: 'assistant', content, name: null })
    }
  }
  return said.length > 0 ? said : [{ role: 'user', content: [{ kind: 'text', text: 'Hello' }], name: null }]
}

const withActs = (messages: readonly Message[], acts: readonly AssistantPart[]): Message[] =>
  messages.map((message) =>
    message.role === 'assistant' ? { ...message, content: [...acts, ...message.content] } : message,
  )

const aHostedTool = fc
  .constantFrom('web_search', 'local_shell')
  .map((type) => ({ format: 'openai-responses' as const, type, definition: { type } }))

export const anyResponsesRequest: fc.Arbitrary<Request> = fc
  .tuple(
    anyRequest,
    fc.array(anAct, { maxLength: 2 }),
    fc.array(aHostedTool, { maxLength: 1 }),
    fc.option(fc.constantFrom('auto', 'detailed'), { nil: null }),
  )
  .map(([request, acts, hostedTools, summary]) => ({
    ...wellFormed({ ...request, messages: withActs(asConversation(request.messages), acts) }),
    sampling: {
      ...request.sampling,
      stop: [],
      seed: null,
      frequencyPenalty: null,
      presencePenalty: null,
      answers: 1,
    },
    ...(hostedTools.length > 0 && { hostedTools }),
    ...(summary !== null && { reasoning: { enabled: true, summary } }),
  }))

/** Logprobs are of a text. */
export const anyResponsesAnswer: fc.Arbitrary<Answer> = fc
  .tuple(anyAnswer, fc.array(anAct, { maxLength: 2 }))
  .map(([answer, acts]) => ({
    ...answer,
    parts: [...acts, ...answer.parts],
    logprobs: answer.parts.some(({ kind }) => kind === 'text') ? answer.logprobs : [],
  }))

export const anyResponsesStream: fc.Arbitrary<StreamPart[]> = fc
  .tuple(anyStream, fc.array(fc.oneof(aHostedCall, aSeal), { maxLength: 2 }), fc.nat())
  .map(([parts, acts, at]) => {
    const deltas =
      1 + parts.filter(({ kind }) => kind.endsWith('-delta') && kind !== 'tool-call-delta').length
    const added = acts.map(
      (act): StreamPart =>
        'kind' in act ? act : { kind: 'reasoning-seal', sealed: { ...act, redacted: true } },
    )
    // A proof right after a reasoning is that one's.
    return parts
      .toSpliced(1 + (at % deltas), 0, ...added)
      .map((part, index, all) =>
        part.kind === 'reasoning-seal' && all[index - 1]?.kind === 'reasoning-delta'
          ? { ...part, sealed: { ...part.sealed, redacted: false } }
          : part,
      )
  })
