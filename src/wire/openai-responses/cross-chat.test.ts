/** A request that goes on in the other format means the same, but for what is named as lost. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  anyResponsesRequest,
  asConversation,
  wellFormed,
} from '../../../test/support/responses-arbitraries.ts'
import { anyRequest, anyStream } from '../../../test/support/wire-arbitraries.ts'
import { watched } from '../../../test/support/wire-streams.ts'
import type { AssistantPart, Message, Request } from '../../domain/request.ts'
import { openaiChat } from '../openai-chat/index.ts'
import type { VendorSide, WireFormat } from '../wire-format.ts'
import { openaiResponses } from './index.ts'

const to: VendorSide = { model: 'small', quirks: { streamUsageOption: true, maxTokensField: 'max_tokens' } }

function through(format: WireFormat, request: Request): Request {
  const read = format.decodeRequest(JSON.parse(format.encodeRequest(request, to)))
  if (read.kind === 'failed') throw new Error(read.failure.message)
  return read.value.request
}

type Change = (request: Request) => Request

const sampling =
  (changes: Partial<Request['sampling']>): Change =>
  (request) => ({ ...request, sampling: { ...request.sampling, ...changes } })

const messages =
  (change: (message: Message) => Message): Change =>
  (request) => ({ ...request, messages: request.messages.map(change) })

const withoutParts = (kind: AssistantPart['kind']): Change =>
  messages((message) =>
    message.role === 'assistant'
      ? { ...message, content: message.content.filter((part) => part.kind !== kind) }
      : message,
  )

/** What a request is without what a loss names. */
const changes: Readonly<Record<string, Change>> = {
  stop: sampling({ stop: [] }),
  n: sampling({ answers: 1 }),
  seed: sampling({ seed: null }),
  frequency_penalty: sampling({ frequencyPenalty: null }),
  presence_penalty: sampling({ presencePenalty: null }),
  'a limit of less than 16 output tokens': sampling({ maxOutputTokens: 16 }),
  'name of a message': messages((message) =>
    message.role === 'tool' ? message : { ...message, name: null },
  ),
  'reasoning of earlier turns': withoutParts('reasoning'),
  'results of hosted tools in earlier turns': withoutParts('opaque'),
}

function without(request: Request, losses: ReturnType<WireFormat['losses']>): Request {
  let left = request
  for (const { what } of losses) left = (changes[what] ?? withoutHosted(what))(left)
  return left
}

const withoutHosted =
  (what: string): Change =>
  (request) =>
    what.startsWith('tools: ') ? { ...request, hostedTools: [] } : request

/** What formats spell differently and mean alike; `extra` is each format's own. */
const meaning = ({ from: _, extra: __, reasoning: ___, ...request }: Request) => ({
  ...request,
  hostedTools: request.hostedTools ?? [],
  tools: request.tools.map((tool) => ({ ...tool, strict: tool.strict ?? false })),
})

describe('between Chat Completions and Responses', () => {
  it('a chat request says the same as a request for a response', () => {
    fc.assert(
      fc.property(anyRequest, (any) => {
        const conversation = wellFormed({ ...any, messages: asConversation(any.messages) })
        const request = through(openaiChat, conversation)
        const there = through(openaiResponses, request)
        expect(meaning(there)).toEqual(meaning(without(request, openaiResponses.losses(request))))
        expect(there.extra).toEqual({ store: false })
      }),
    )
  })

  it('a request for a response says the same as a chat request', () => {
    fc.assert(
      fc.property(anyResponsesRequest, (any) => {
        const request = through(openaiResponses, any)
        const there = through(openaiChat, request)
        expect(meaning(there)).toEqual(meaning(without(request, openaiChat.losses(request))))
      }),
    )
  })

  it('a stream of one says as a stream of the other what it said', () => {
    fc.assert(
      fc.property(anyStream, (parts) => {
        const passed = (from: WireFormat, list: typeof parts) => {
          const { part, end } = from.encodeStream({ id: 'd1', created: 1, model: 'small' }, { usage: true })
          return watched(from.streamDecoder, [Buffer.from(list.map(part).join('') + end())])
        }
        const chat = passed(openaiChat, parts)
        const responses = passed(openaiResponses, chat.parts)
        const back = passed(openaiChat, responses.parts)
        const kept = (list: typeof parts) =>
          list.map((part) => (part.kind === 'finish' ? part.finish.kind : part))
        expect(kept(responses.parts)).toEqual(kept(chat.parts))
        expect(kept(back.parts)).toEqual(kept(chat.parts))
        expect([...chat.failures, ...responses.failures, ...back.failures]).toEqual([])
      }),
    )
  })
})
