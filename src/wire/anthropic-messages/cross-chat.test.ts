/** From Chat Completions to the Messages API and back: what `losses` does not name comes through. */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  anyMessagesAnswer,
  anyMessagesRequest,
  anyMessagesStream,
} from '../../../test/support/anthropic-arbitraries.ts'
import { anEnvelope, anyAnswer, anyRequest, anyStream } from '../../../test/support/wire-arbitraries.ts'
import { watched } from '../../../test/support/wire-streams.ts'
import type { Answer, StreamPart, Usage } from '../../domain/answer.ts'
import type { AssistantPart, ContentPart, Message, Request } from '../../domain/request.ts'
import { isObject, parsedJson } from '../lenient.ts'
import { openaiChat } from '../openai-chat/index.ts'
import type { Decoded, VendorSide, WireFormat } from '../wire-format.ts'
import { anthropicMessages } from './index.ts'

const to: VendorSide = {
  model: 'small',
  quirks: { streamUsageOption: true, maxTokensField: 'max_completion_tokens' },
}

function decoded<T>(result: Decoded<T>): T {
  if (result.kind === 'failed') throw new Error(result.failure.message)
  return result.value
}

const sent = (format: WireFormat, request: Request): Request =>
  decoded(format.decodeRequest(JSON.parse(format.encodeRequest(request, to)))).request

const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd')

/** Something said, in the order in which it is said. */
type Said = readonly [who: string, what: unknown]

const contentOf = (who: string, parts: readonly ContentPart[]): Said[] =>
  parts.flatMap((part): Said[] => {
    if (part.kind === 'text') return part.text.trim() === '' ? [] : [[who, wellFormed(part.text)]]
    if (part.kind === 'image') return [[`${who} shows`, wellFormed(part.url)]]
    if (part.kind !== 'file' || part.base64 === null) return []
    return [[`${who} gives`, part.base64.replace(/^data:[^,]*,/, '')]]
  })

const inputOf = (argumentsText: string): unknown => {
  const parsed = parsedJson(argumentsText.trim() === '' ? '{}' : argumentsText)
  return isObject(parsed) ? parsed : 'no object'
}

const spokenOf = (parts: readonly AssistantPart[]): Said[] =>
  parts.flatMap((part): Said[] => {
    if (part.kind === 'text' || part.kind === 'refusal')
      return part.text.trim() === '' ? [] : [['assistant', wellFormed(part.text)]]
    return part.kind === 'tool-call' ? [['call', [part.name, inputOf(part.argumentsText)]]] : []
  })

function saidIn(message: Message): Said[] {
  if (message.role === 'assistant') return spokenOf(message.content)
  if (message.role === 'tool' || message.role === 'user') return contentOf(message.role, message.content)
  return contentOf('system', message.content).filter(([who]) => who === 'system')
}

/** What stands where nothing is left to be said. */
const isPlaceholder = ([who, what]: Said) => who === 'user' && (what === '…' || what === 'Go on.')

/** What both formats can ask for. */
const meaningOf = ({ messages, tools, sampling, ...request }: Request) => ({
  said: messages.flatMap(saidIn).filter((said) => !isPlaceholder(said)),
  tools: tools.map(({ name, description, parameters, strict }) => ({
    name,
    description,
    parameters,
    strict,
  })),
  toolChoice: request.toolChoice,
  parallelToolCalls: request.parallelToolCalls,
  schema: request.responseFormat.kind === 'json-schema' ? request.responseFormat.schema : null,
  temperature: sampling.temperature,
  topP: sampling.topP,
  stop: sampling.stop,
  limit: sampling.maxOutputTokens,
  stream: request.stream,
  user: request.user,
})

describe('a request', () => {
  it('of the Messages API means the same after a way through Chat Completions', () => {
    fc.assert(
      fc.property(anyMessagesRequest, (request) => {
        const chat = sent(openaiChat, request)
        const hosted = openaiChat
          .losses(request)
          .some(({ what }) => what.startsWith('results of hosted tools'))
        expect(meaningOf(chat)).toEqual(meaningOf(request))
        // A prompt of which only the system's part is left becomes the user's.
        fc.pre(meaningOf(chat).said.some(([who]) => who === 'user'))
        const back = sent(anthropicMessages, chat)
        const thinks = anthropicMessages
          .losses(chat)
          .some(({ what }) => what.startsWith('temperature, top_p'))
        const unsampled = thinks ? { temperature: null, topP: null } : {}
        expect({ ...meaningOf(back), ...unsampled }).toEqual({ ...meaningOf(chat), ...unsampled })
        expect(hosted).toBe(JSON.stringify(request.messages).includes('server_tool_use'))
      }),
    )
  })

  it('pairs results of tools with their calls on the way', () => {
    fc.assert(
      fc.property(anyMessagesRequest, (request) => {
        const ids = ({ messages }: Request) =>
          messages.flatMap((message) => {
            if (message.role === 'tool') return [`result ${message.toolCallId}`]
            if (message.role !== 'assistant') return []
            return message.content.flatMap((part) => (part.kind === 'tool-call' ? [`call ${part.id}`] : []))
          })
        expect(ids(sent(anthropicMessages, sent(openaiChat, request)))).toEqual(ids(request))
      }),
    )
  })

  it('of Chat Completions, however odd, becomes one that keeps the rules of the Messages API', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const body = JSON.parse(anthropicMessages.encodeRequest({ ...request, from: 'openai-chat' }, to))
        expect(faultsOf(body)).toEqual([])
      }),
    )
  })

  it('of Chat Completions keeps what is said, but for what is named as lost', () => {
    fc.assert(
      fc.property(anyRequest, (asked) => {
        const request: Request = { ...asked, from: 'openai-chat' }
        const lost = new Set(anthropicMessages.losses(request).map(({ what }) => what))
        const kept = sent(anthropicMessages, request)
        const words = (list: readonly Said[]) => list.map(([, what]) => JSON.stringify(what)).sort()
        const before = words(request.messages.flatMap(saidIn))
        const after = words(kept.messages.flatMap(saidIn))
        const mended = lost.has('arguments of a tool call that are no JSON object')
        for (const said of before) if (!(mended && said.includes('no object'))) expect(after).toContain(said)
        if (!lost.has('stop sequences of white space'))
          expect(kept.sampling.stop).toEqual(request.sampling.stop.map(wellFormed))
        if (!lost.has('temperature outside 0 to 1') && request.reasoningEffort === null)
          expect(kept.sampling.temperature).toBe(request.sampling.temperature)
        expect(kept.stream).toBe(request.stream)
        expect(lost.has('n')).toBe(request.sampling.answers > 1)
        expect(lost.has('logprobs')).toBe(request.topLogprobs !== null)
      }),
    )
  })
})

type Block = {
  readonly type: string
  readonly text?: string
  readonly id?: string
  readonly tool_use_id?: string
  readonly input?: unknown
  readonly content?: string | Block[]
}
type Body = {
  readonly max_tokens: number
  readonly system?: string | Block[]
  readonly messages: { readonly role: string; readonly content: string | Block[] }[]
  readonly tools?: { readonly input_schema?: unknown }[]
  readonly tool_choice?: unknown
}

/** What the vendor would refuse. */
function faultsOf(body: Body): string[] {
  const faults: string[] = []
  const must = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault)
  }
  const { messages } = body
  const blocksOf = (content: string | Block[]): Block[] =>
    typeof content === 'string' ? [{ type: 'text', text: content }] : content
  must(body.max_tokens >= 1, 'max_tokens')
  must(messages[0]?.role === 'user', 'the first message is not the user')
  must(messages.at(-1)?.role === 'user', 'the last message is not the user')
  must(!/\\ud[89a-f]/.test(JSON.stringify(body)), 'half of a surrogate pair')
  const system = typeof body.system === 'string' ? [] : (body.system ?? [])
  must(
    system.every(({ type, text }) => type === 'text' && text!.trim() !== ''),
    'the system',
  )
  must(body.tool_choice === undefined || body.tools !== undefined, 'tool_choice without tools')
  const seen = new Set<string>()
  messages.forEach(({ role, content }, index) => {
    const blocks = blocksOf(content)
    must(blocks.length > 0, 'a message without content')
    must(index === 0 || messages[index - 1]!.role !== role, 'two messages of one role')
    for (const { type, text } of blocks) if (type === 'text') must(text!.trim() !== '', 'a blank text')
    const calls = blocks.flatMap(({ type, id }) => (type === 'tool_use' ? [id!] : []))
    for (const id of calls) {
      must(/^[a-zA-Z0-9_-]+$/.test(id) && !seen.has(id), `the id ${id}`)
      seen.add(id)
    }
    for (const { type, input } of blocks) if (type === 'tool_use') must(isObject(input), 'an input')
    const following = blocksOf(messages[index + 1]?.content ?? [])
    const head = following.slice(0, calls.length).map(({ tool_use_id: id }) => id)
    must(
      calls.every((id) => head.includes(id)),
      'a call without a result',
    )
    const results = blocks.filter(({ type }) => type === 'tool_result').length
    const before = index === 0 ? [] : blocksOf(messages[index - 1]!.content)
    must(
      results === (role === 'user' ? before.filter(({ type }) => type === 'tool_use').length : 0),
      'results',
    )
  })
  return faults
}

const isCounted = ({ inputTokens, outputTokens }: Usage) => inputTokens + outputTokens > 0
const withoutLong = ({ longCacheWriteTokens: _, ...usage }: Usage) => usage

const answered = (format: WireFormat, answer: Answer): Answer =>
  decoded(format.decodeAnswer(JSON.parse(JSON.stringify(format.encodeAnswer(answer, anEnvelope())))))

/** Texts of a kind are one text: Chat Completions has no parts of them. */
function essenceOf({ parts, finish, usage }: Pick<Answer, 'parts' | 'finish' | 'usage'>) {
  const textsOf = (...kinds: string[]) =>
    parts.flatMap((part) => ('text' in part && kinds.includes(part.kind) ? [part.text] : [])).join('')
  const calls = parts.flatMap((part) =>
    part.kind === 'tool-call' ? [[part.id, part.name, inputOf(part.argumentsText)]] : [],
  )
  const counted = isCounted(usage) ? withoutLong(usage) : null
  return {
    said: textsOf('text', 'refusal'),
    thought: textsOf('reasoning'),
    calls,
    kind: finish.kind,
    counted,
  }
}

describe('an answer', () => {
  it('of the Messages API means the same to a client of Chat Completions', () => {
    fc.assert(
      fc.property(anyMessagesAnswer, (answer) => {
        expect(essenceOf(answered(openaiChat, answer))).toEqual(essenceOf(answer))
      }),
    )
  })

  it('of Chat Completions means the same to a client of the Messages API', () => {
    fc.assert(
      fc.property(anyAnswer, (answer) => {
        const calls = answer.parts.map((part) =>
          part.kind === 'tool-call' && inputOf(part.argumentsText) === 'no object'
            ? { ...part, argumentsText: JSON.stringify({ arguments: part.argumentsText }) }
            : part,
        )
        expect(essenceOf(answered(anthropicMessages, answer))).toEqual(essenceOf({ ...answer, parts: calls }))
      }),
    )
  })
})

function streamed(format: WireFormat, parts: readonly StreamPart[]) {
  const { part, end } = format.encodeStream(anEnvelope(), { usage: true })
  const seen = watched(format.streamDecoder, [Buffer.from(parts.map(part).join('') + end())])
  expect(seen.failures).toEqual([])
  return gathered(seen.parts)
}

/** A stream's parts as the answer they make. */
function gathered(parts: readonly StreamPart[]) {
  const sum = { said: '', thought: '', calls: [] as string[][], kind: '', counted: null as unknown }
  for (const part of parts) {
    if (part.kind === 'text-delta' || part.kind === 'refusal-delta') sum.said += part.text
    else if (part.kind === 'reasoning-delta') sum.thought += part.text
    else if (part.kind === 'tool-call-start') sum.calls[part.index] = [part.id, part.name, '']
    else if (part.kind === 'tool-call-delta') sum.calls[part.index]![2] += part.argumentsText
    else if (part.kind === 'finish') sum.kind = part.finish.kind
    else if (part.kind === 'usage' && isCounted(part.usage)) sum.counted = withoutLong(part.usage)
  }
  return sum
}

describe('a stream', () => {
  it.each([
    ['the Messages API', openaiChat, anyMessagesStream],
    ['Chat Completions', anthropicMessages, anyStream],
  ] as const)('of %s says the same to a client of the other', (_, format, streams) => {
    fc.assert(
      fc.property(streams, (parts) => {
        expect(streamed(format, parts)).toEqual(gathered(parts))
      }),
    )
  })

  const folder = new URL('./__fixtures__/', import.meta.url)
  it.each(readdirSync(folder).filter((name) => name.endsWith('.sse') && !name.includes('failure')))(
    'recorded in %s says the same to a client of Chat Completions',
    (name) => {
      const { parts } = watched(anthropicMessages.streamDecoder, [readFileSync(new URL(name, folder))])
      expect(streamed(openaiChat, parts)).toEqual(gathered(parts))
    },
  )
})
