import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { anEnvelope } from '../../../test/support/wire-arbitraries.ts'
import { framesOf, watched } from '../../../test/support/wire-streams.ts'
import type { StreamPart } from '../../domain/answer.ts'
import { failure } from '../../domain/failure.ts'
import { decodeAnswer } from './decode-answer.ts'
import { decodeRequest } from './decode-request.ts'
import { streamDecoder } from './stream-decoder.ts'
import { encodeStream, encodeStreamFailure, resumeStream } from './stream-encoder.ts'

const recorded = (name: string) => readFileSync(new URL(`./__fixtures__/${name}.sse`, import.meta.url))
const said = (...events: object[]) =>
  Buffer.from(events.map((data) => `data: ${JSON.stringify(data)}\n\n`).join(''))
const read = (...events: object[]) => watched(streamDecoder, [said(...events)])

/** The events of a stream, as a client parses them. */
const eventsOf = (text: string) =>
  framesOf([Buffer.from(text)]).map(({ event }) => JSON.parse(event!.data) as Record<string, unknown>)

describe('a recorded stream', () => {
  it.each([
    ['openai-text', 'stop'],
    ['openai-logprobs', 'stop'],
    ['openai-reasoning', 'stop'],
    ['openai-web-search', 'stop'],
    ['openai-refusal', 'stop'],
    ['openai-incomplete', 'length'],
    ['openai-tools', 'tool-calls'],
    ['openai-custom-tool', 'tool-calls'],
    ['lm-studio-reasoning', 'stop'],
  ])('says what the response at its end says: %s', (name, kind) => {
    const { parts } = watched(streamDecoder, [recorded(name)])
    const last = eventsOf(recorded(name).toString()).at(-1)!.response
    const whole = decodeAnswer(last)
    if (whole.kind === 'failed') throw new Error(whole.failure.message)
    const textOf = (of: string) =>
      parts.map((part) => (part.kind === of && 'text' in part ? part.text : '')).join('')
    const partsOf = (of: string) =>
      whole.value.parts.map((part) => (part.kind === of && 'text' in part ? part.text : '')).join('')
    expect(textOf('text-delta')).toBe(partsOf('text'))
    expect(textOf('refusal-delta')).toBe(partsOf('refusal'))
    expect(textOf('reasoning-delta')).toBe(partsOf('reasoning'))
    const seals = parts.flatMap((part) => (part.kind === 'reasoning-seal' ? [part.sealed] : []))
    expect(seals).toEqual(whole.value.parts.flatMap((part) => ('sealed' in part ? [part.sealed] : [])))
    const calls = parts.filter((part) => part.kind === 'tool-call-start')
    const argumentsTexts = calls.map(({ index }) =>
      parts
        .map((part) => (part.kind === 'tool-call-delta' && part.index === index ? part.argumentsText : ''))
        .join(''),
    )
    const wholeCalls = whole.value.parts.filter((part) => part.kind === 'tool-call')
    expect(calls.map(({ id }) => id)).toEqual(wholeCalls.map(({ id }) => id))
    expect(argumentsTexts).toEqual(wholeCalls.map(({ argumentsText }) => argumentsText))
    expect(parts.filter((part) => part.kind === 'opaque')).toEqual(
      whole.value.parts.filter((part) => part.kind === 'opaque'),
    )
    expect(parts.find((part) => part.kind === 'finish')?.finish.kind).toBe(kind)
    expect(parts.find((part) => part.kind === 'usage')?.usage).toEqual(whole.value.usage)
  })

  it.each([
    ['openai-failure', { kind: 'unavailable', message: /An error occurred/ }],
    ['openai-error-failure', { kind: 'rate-limited', retryAfterMs: 1020 }],
  ])('that fails says why: %s', (name, why) => {
    const { failures, parts } = watched(streamDecoder, [recorded(name)])
    expect(failures).toHaveLength(1)
    expect(failures[0]).toMatchObject('message' in why ? { kind: why.kind } : why)
    expect(parts.some(({ kind }) => kind === 'finish')).toBe(false)
  })
})

describe('a stream of a lenient vendor', () => {
  const end = { type: 'response.completed', response: { model: 'm', status: 'completed', output: [] } }
  const text: StreamPart = { kind: 'text-delta', text: 'Hi' }
  const item = { type: 'message', content: [{ type: 'output_text', text: 'Hi' }] }
  const call = { type: 'function_call', call_id: 'c1', name: 'add', arguments: '{"a":1}' }

  it('may announce nothing', () => {
    const delta = { type: 'response.output_text.delta', delta: 'Hi' }
    expect(read(delta, end).parts).toEqual([
      { kind: 'start', model: '' },
      text,
      { kind: 'finish', finish: { kind: 'stop', raw: 'completed' } },
    ])
  })

  it('may have its items at once, or all of them at the end', () => {
    const done = { type: 'response.output_item.done', output_index: 0, item }
    expect(read(done, end).parts).toContainEqual(text)
    const { parts } = read({ ...end, response: { ...end.response, output: [item, call] } })
    expect(parts.map(({ kind }) => kind)).toEqual([
      'start',
      'text-delta',
      'tool-call-start',
      'tool-call-delta',
      'finish',
    ])
    expect(parts).toContainEqual({ kind: 'tool-call-delta', index: 0, argumentsText: '{"a":1}' })
  })

  it('may send of a call what is left of it when it is done', () => {
    const { parts } = read(
      { type: 'response.output_item.added', output_index: 0, item: { ...call, arguments: '' } },
      { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"a"' },
      { type: 'response.output_item.done', output_index: 0, item: call },
      { type: 'response.output_item.done', output_index: 0, item: call },
      end,
    )
    expect(parts.filter(({ kind }) => kind === 'tool-call-delta')).toEqual([
      { kind: 'tool-call-delta', index: 0, argumentsText: '{"a"' },
      { kind: 'tool-call-delta', index: 0, argumentsText: ':1}' },
    ])
    expect(parts).toContainEqual({ kind: 'finish', finish: { kind: 'tool-calls', raw: 'completed' } })
  })

  it('may go back and forth between calls', () => {
    const added = (index: number) => ({
      type: 'response.output_item.added',
      output_index: index,
      item: { ...call, call_id: `c${index}`, arguments: '' },
    })
    const delta = (index: number, value: string) => ({
      type: 'response.function_call_arguments.delta',
      output_index: index,
      delta: value,
    })
    const { parts } = read(added(0), added(1), delta(1, 'b'), delta(0, 'a'), end)
    expect(parts.slice(3, 5)).toEqual([
      { kind: 'tool-call-delta', index: 1, argumentsText: 'b' },
      { kind: 'tool-call-delta', index: 0, argumentsText: 'a' },
    ])
    const { part, end: ending } = encodeStream(anEnvelope(), { usage: false })
    const again = watched(streamDecoder, [Buffer.from(parts.map(part).join('') + ending())])
    expect(again.parts.slice(1)).toEqual(parts.slice(1))
  })

  it('may end with a marker that is not of the format, and send noise', () => {
    const bytes = Buffer.concat([said({ type: 'response.new_thing' }, end), Buffer.from('data: [DONE]\n\n')])
    expect(watched(streamDecoder, [bytes])).toMatchObject({ failures: [], parts: [{ kind: 'start' }, {}] })
    const state = streamDecoder.start
    expect(streamDecoder.read(state, { name: '', data: 'ping' }).malformed).toBe(true)
    expect(streamDecoder.read(state, { name: '', data: '{"x":1}' }).malformed).toBe(true)
    expect(streamDecoder.read(state, { name: '', data: '{"type":"response.x"' }).failure?.kind).toBe(
      'unreadable',
    )
    expect(streamDecoder.read(state, { name: 'error', data: 'rate limit' }).failure?.kind).toBe(
      'rate-limited',
    )
  })

  it('says that it is at its end where it is', () => {
    const data = JSON.stringify(end)
    expect(streamDecoder.read(streamDecoder.start, { name: '', data }).ended).toBe(true)
  })
})

describe('a stream for a client', () => {
  const finish: StreamPart = { kind: 'finish', finish: { kind: 'stop', raw: 'stop' } }
  const usage: StreamPart = {
    kind: 'usage',
    usage: {
      inputTokens: 3,
      cachedReadTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: 2,
      reasoningTokens: 0,
      source: 'reported',
    },
  }
  const streamed = (...parts: StreamPart[]) => {
    const { part, end } = encodeStream(anEnvelope(), { usage: true })
    return parts.map(part).join('') + end()
  }

  it('has the events of the API in their order, numbered, and the whole response at its end', () => {
    const text = streamed(
      { kind: 'start', model: 'small' },
      { kind: 'reasoning-delta', text: 'Hm' },
      { kind: 'text-delta', text: 'Hel' },
      { kind: 'text-delta', text: 'lo' },
      { kind: 'refusal-delta', text: 'No' },
      { kind: 'tool-call-start', index: 0, id: 'c1', name: 'add' },
      { kind: 'tool-call-delta', index: 0, argumentsText: '{}' },
      finish,
      usage,
    )
    const events = eventsOf(text)
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.content_part.added',
      'response.refusal.delta',
      'response.refusal.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(events.map(({ sequence_number: number }) => number)).toEqual([...events.keys()])
    expect(framesOf([Buffer.from(text)]).map(({ event }) => event?.name)).toEqual(
      events.map(({ type }) => type),
    )
    const output = [
      { id: 'rs_fairlead_d1_0', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] },
      {
        id: 'msg_d1_1',
        type: 'message',
        content: [
          { type: 'output_text', text: 'Hello' },
          { type: 'refusal', refusal: 'No' },
        ],
      },
      { id: 'fc_d1_2', type: 'function_call', call_id: 'c1', name: 'add', arguments: '{}' },
    ]
    expect(events.at(-1)).toMatchObject({
      response: { status: 'completed', output, usage: { total_tokens: 5 } },
    })
    const done = events.filter(({ type }) => type === 'response.output_item.done')
    expect(done).toMatchObject(output.map((item, index) => ({ output_index: index, item })))
  })

  it('names a proof as its vendor did, apart from reasoning that has been told already', () => {
    const sealed = { format: 'openai-responses' as const, data: 'x', id: 'rs_7', redacted: false }
    const text = streamed({ kind: 'reasoning-delta', text: 'Hm' }, { kind: 'reasoning-seal', sealed }, finish)
    expect(eventsOf(text).at(-1)).toMatchObject({
      response: {
        output: [
          { id: 'rs_fairlead_d1_0', summary: [{ text: 'Hm' }] },
          { id: 'rs_7', summary: [], encrypted_content: 'x' },
        ],
      },
    })
    const foreign = { ...sealed, format: 'anthropic-messages' as const }
    expect(streamed({ kind: 'reasoning-seal', sealed: foreign }, finish)).not.toContain('"x"')
  })

  it('streams the input of a freeform tool as a bare text, wherever its JSON is cut', () => {
    const decoded = decodeRequest({ model: 'a', input: 'x', tools: [{ type: 'custom', name: 'patch' }] })
    if (decoded.kind === 'failed') throw new Error(decoded.failure.message)
    const input = 'a\n"b" \\ \u{1f600} é'
    const json = JSON.stringify({ input }).replace('\u{1f600}', '\\ud83d\\ude00')
    for (const size of [1, 2, 3, 7, 100]) {
      const { part, end } = encodeStream(anEnvelope({ request: decoded.value.request }), { usage: true })
      const pieces = json.match(new RegExp(`.{1,${size}}`, 'gs'))!
      const parts: StreamPart[] = [
        { kind: 'tool-call-start', index: 0, id: 'c1', name: 'patch' },
        ...pieces.map((argumentsText) => ({ kind: 'tool-call-delta' as const, index: 0, argumentsText })),
        { kind: 'finish', finish: { kind: 'tool-calls', raw: '' } },
      ]
      const events = eventsOf(parts.map(part).join('') + end())
      const deltas = events.filter(({ type }) => type === 'response.custom_tool_call_input.delta')
      expect(deltas.map(({ delta }) => delta).join('')).toBe(input)
      expect(events).toContainEqual(
        expect.objectContaining({ type: 'response.custom_tool_call_input.done', input }),
      )
      expect(events.at(-1)).toMatchObject({ response: { output: [{ type: 'custom_tool_call', input }] } })
    }
  })

  it('says of the item that was cut, and of no other, that it is incomplete', () => {
    const text = streamed(
      { kind: 'reasoning-delta', text: 'Hm' },
      { kind: 'tool-call-start', index: 0, id: 'c1', name: 'add' },
      { kind: 'text-delta', text: 'Hel' },
      { kind: 'finish', finish: { kind: 'length', raw: 'length' } },
    )
    const output = [{ type: 'reasoning' }, { status: 'completed' }, { status: 'incomplete' }]
    const events = eventsOf(text)
    expect(events.filter(({ type }) => type === 'response.output_item.done').at(-1)).toMatchObject({
      item: { type: 'message', status: 'incomplete' },
    })
    expect(events.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output },
    })
  })

  it('goes on in the name of a recorded stream that broke off, and ends with all of it', () => {
    const bytes = recorded('openai-text')
    const events = framesOf([bytes])
    const cut = events.slice(0, 6)
    let state = streamDecoder.start
    for (const { event } of cut) state = streamDecoder.read(state, event!).state
    const { part, end } = resumeStream(state, { usage: true })
    const rest = eventsOf(part({ kind: 'text-delta', text: ' Bonn' }) + part(finish) + part(usage) + end())
    const [{ response }] = eventsOf(bytes.toString()) as [{ response: { id: string; model: string } }]
    expect(rest[0]).toMatchObject({
      type: 'response.output_text.delta',
      sequence_number: 6,
      output_index: 0,
      delta: ' Bonn',
    })
    expect(rest.at(-1)).toMatchObject({
      response: {
        id: response.id,
        model: response.model,
        status: 'completed',
        output: [{ id: rest[0]!.item_id, content: [{ text: 'Grüße aus Bonn' }] }],
        usage: { input_tokens: 3 },
      },
    })
  })

  it('goes on with a freeform call that broke off, and makes others of the tools that the stream began with', () => {
    const resumedAfter = (events: number) => {
      let state = streamDecoder.start
      for (const { event } of framesOf([recorded('openai-custom-tool')]).slice(0, events))
        state = streamDecoder.read(state, event!).state
      const { part, end } = resumeStream(state, { usage: false })
      return (...parts: StreamPart[]) => eventsOf([...parts, finish].map(part).join('') + end()).at(-1)
    }
    const input = '*** Begin Patch\n*** End Patch'
    // The patch's first line is there already.
    expect(
      resumedAfter(10)({ kind: 'tool-call-delta', index: 0, argumentsText: '*** End Patch"}' }),
    ).toMatchObject({
      response: { output: [{}, { type: 'custom_tool_call', input }] },
    })
    expect(
      resumedAfter(2)(
        { kind: 'tool-call-start', index: 0, id: 'c1', name: 'apply_patch' },
        { kind: 'tool-call-delta', index: 0, argumentsText: JSON.stringify({ input }) },
      ),
    ).toMatchObject({ response: { output: [{ type: 'custom_tool_call', call_id: 'c1', input }] } })
  })

  it('does not change what its decoder knows when it goes on from it', () => {
    let state = streamDecoder.start
    for (const { event } of framesOf([recorded('openai-text')]).slice(0, 6))
      state = streamDecoder.read(state, event!).state
    const before = structuredClone(state)
    resumeStream(state, { usage: true }).part({ kind: 'text-delta', text: ' Bonn' })
    expect(state).toEqual(before)
  })

  it('has no end where it never began, and a failure for one where nothing said that it was over', () => {
    expect(encodeStream(anEnvelope(), { usage: true }).end()).toBe('')
    const { part, end } = encodeStream(anEnvelope(), { usage: true })
    part({ kind: 'text-delta', text: 'Hi' })
    expect(watched(streamDecoder, [Buffer.from(end())]).failures).toMatchObject([{ message: /broke off/ }])
  })

  it('fails in one event that OpenAI clients throw for', () => {
    const [event] = eventsOf(encodeStreamFailure(failure('rate-limited', 'Wait.')))
    expect(event).toEqual({
      type: 'error',
      sequence_number: 0,
      code: 'rate_limit_exceeded',
      message: 'Wait.',
      param: null,
      error: { message: 'Wait.', type: 'rate_limit_error', code: 'rate_limit_exceeded', param: null },
    })
  })

  it('fails in its own name, with what was said until then', () => {
    const { part, fail } = encodeStream(anEnvelope(), { usage: true })
    const text = part({ kind: 'text-delta', text: 'Hel' }) + fail!(failure('overloaded', 'Full.'))
    const [error, failed] = eventsOf(text).slice(-2)
    expect(error).toMatchObject({ type: 'error', sequence_number: 5, error: { message: 'Full.' } })
    expect(failed).toMatchObject({
      type: 'response.failed',
      sequence_number: 6,
      response: {
        id: 'resp_d1',
        status: 'failed',
        error: { code: 'upstream_overloaded', message: 'Full.' },
        output: [{ status: 'in_progress', content: [{ text: 'Hel' }] }],
      },
    })
    expect(watched(streamDecoder, [Buffer.from(text)]).failures).toHaveLength(1)
  })
})
