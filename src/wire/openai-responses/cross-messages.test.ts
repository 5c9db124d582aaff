/** A request that goes on in the other format means the same: who said what, which tools there are, how it may be answered. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyResponsesStream, wellFormed } from '../../../test/support/responses-arbitraries.ts'
import { anyStream } from '../../../test/support/wire-arbitraries.ts'
import { watched } from '../../../test/support/wire-streams.ts'
import type { StreamPart } from '../../domain/answer.ts'
import { type Message, plainRequest, type Request } from '../../domain/request.ts'
import { anthropicMessages } from '../anthropic-messages/index.ts'
import type { VendorSide, WireFormat } from '../wire-format.ts'
import { openaiResponses } from './index.ts'

const to: VendorSide = { model: 'small', quirks: { streamUsageOption: true, maxTokensField: 'max_tokens' } }

function through(format: WireFormat, request: Request): Request {
  const read = format.decodeRequest(JSON.parse(format.encodeRequest(request, to)))
  if (read.kind === 'failed') throw new Error(read.failure.message)
  return read.value.request
}

const aText = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .map((text) => wellFormed(`${text}.`))
  .map((text) => ({ kind: 'text' as const, text }))
const aName = fc.stringMatching(/^[a-z]{1,8}$/)
const anArgument = fc
  .dictionary(aName, fc.oneof(fc.integer(), aName), { maxKeys: 2 })
  .map((value) => JSON.stringify(value))
const anImage = fc
  .constantFrom('data:image/png;base64,iVBORw0KGgo=', 'https://example.org/a.png')
  .map((url) => ({
    kind: 'image' as const,
    url,
    detail: null,
  }))

type Round = {
  asked: Message[]
  said: string | null
  calls: { name: string; argumentsText: string; result: string }[]
}

const aRound: fc.Arbitrary<Round> = fc.record({
  asked: fc
    .tuple(aText, fc.array(fc.oneof(aText, anImage), { maxLength: 2 }))
    .map(([first, more]): Message[] => [{ role: 'user', content: [first, ...more], name: null }]),
  said: fc.option(
    aText.map(({ text }) => text),
    { nil: null },
  ),
  calls: fc.array(
    fc.record({ name: aName, argumentsText: anArgument, result: aText.map(({ text }) => text) }),
    {
      maxLength: 2,
    },
  ),
})

function conversation(rounds: readonly Round[], last: Message): Message[] {
  let number = 0
  const messages = rounds.flatMap(({ asked, said, calls }): Message[] => {
    const made = calls.map((call) => ({ ...call, id: `call_${number++}` }))
    const content = [
      ...(said === null ? [] : [{ kind: 'text' as const, text: said }]),
      ...made.map(({ id, name, argumentsText }) => ({ kind: 'tool-call' as const, id, name, argumentsText })),
    ]
    if (content.length === 0) return asked
    return [
      ...asked,
      { role: 'assistant', content, name: null },
      ...made.map(
        ({ id, result }): Message => ({
          role: 'tool',
          toolCallId: id,
          content: [{ kind: 'text', text: result }],
        }),
      ),
    ]
  })
  return [...messages, last]
}

const aRequest: fc.Arbitrary<Request> = fc
  .record({
    system: fc.option(aText, { nil: null }),
    rounds: fc.array(aRound, { maxLength: 3 }),
    last: aText,
    tools: fc.uniqueArray(aName, { maxLength: 2 }),
    toolChoice: fc.constantFrom(null, { kind: 'auto' as const }, { kind: 'required' as const }),
    parallelToolCalls: fc.constantFrom(null, true, false),
    temperature: fc.constantFrom(null, 0, 0.5, 1),
    maxOutputTokens: fc.integer({ min: 16, max: 4096 }),
    stream: fc.boolean(),
  })
  .map(({ system, rounds, last, tools: others, toolChoice, temperature, maxOutputTokens, ...rest }) => {
    // Whatever is called is there to be called, and a choice needs something to choose from.
    const tools = [...new Set([...others, ...rounds.flatMap(({ calls }) => calls.map(({ name }) => name))])]
    return {
      ...plainRequest(''),
      ...rest,
      toolChoice: tools.length > 0 ? toolChoice : null,
      parallelToolCalls: tools.length > 0 && toolChoice !== null ? rest.parallelToolCalls : null,
      messages: [
        ...(system === null ? [] : [{ role: 'system' as const, content: [system], name: null }]),
        ...conversation(rounds, { role: 'user', content: [last], name: null }),
      ],
      tools: tools.map((name) => ({
        name,
        description: `Does ${name}`,
        parameters: { type: 'object', properties: {} },
        strict: null,
      })),
      sampling: { ...plainRequest('').sampling, temperature, maxOutputTokens },
    }
  })

/** Who said what, in order. Formats differ on where one message ends. */
const sayings = (messages: readonly Message[]) =>
  messages.flatMap((message): unknown[] =>
    message.content.map((part) => ({
      role: message.role,
      ...(message.role === 'tool' && { of: message.toolCallId }),
      part: part.kind === 'tool-call' ? { ...part, argumentsText: JSON.parse(part.argumentsText) } : part,
    })),
  )

const meaning = ({ messages, tools, toolChoice, parallelToolCalls, sampling, stream }: Request) => ({
  said: sayings(messages),
  tools: tools.map(({ name, description, parameters }) => ({ name, description, parameters })),
  toolChoice,
  // Both formats allow several calls where nothing is said.
  oneCallAtATime: parallelToolCalls === false,
  temperature: sampling.temperature,
  maxOutputTokens: sampling.maxOutputTokens,
  stream,
})

describe('between Messages and Responses', () => {
  it.each([
    [openaiResponses, anthropicMessages],
    [anthropicMessages, openaiResponses],
  ])('a request says the same, and nothing that it says is lost: $name', (from, other) => {
    fc.assert(
      fc.property(aRequest, (any) => {
        const request = through(from, any)
        const there = through(other, request)
        expect(meaning(there)).toEqual(meaning(request))
        expect(other.losses(request).filter(({ changesMeaning }) => changesMeaning)).toEqual([])
        expect(meaning(through(from, there))).toEqual(meaning(request))
      }),
    )
  })

  it.each([
    [openaiResponses, anthropicMessages, anyResponsesStream],
    [anthropicMessages, openaiResponses, anyStream],
  ])('a stream says as a stream of the other what both can say: $name', (from, other, streams) => {
    fc.assert(
      fc.property(streams, (parts) => {
        const passed = (format: WireFormat, list: readonly StreamPart[]) => {
          const { part, end } = format.encodeStream({ id: 'd1', created: 1, model: 'small' }, { usage: true })
          return watched(format.streamDecoder, [Buffer.from(list.map(part).join('') + end())])
        }
        const here = passed(from, parts)
        const there = passed(other, here.parts)
        expect(textsOf(there.parts)).toEqual(textsOf(here.parts))
        expect([...here.failures, ...there.failures]).toEqual([])
      }),
    )
  })
})

/** All that was said of each kind, a refusal being a text where there is none. */
function textsOf(parts: readonly StreamPart[]) {
  let text = ''
  let reasoning = ''
  let argumentsText = ''
  for (const part of parts) {
    if (part.kind === 'text-delta' || part.kind === 'refusal-delta') text += part.text
    if (part.kind === 'reasoning-delta') reasoning += part.text
    if (part.kind === 'tool-call-delta') argumentsText += part.argumentsText
  }
  const calls = parts.flatMap((part) => (part.kind === 'tool-call-start' ? [part.name] : []))
  return {
    text,
    reasoning,
    argumentsText,
    calls,
    finishes: parts.filter(({ kind }) => kind === 'finish').length,
  }
}
