import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { watched } from '../../../test/support/wire-streams.ts'
import { streamDecoder } from './stream-decoder.ts'

const recorded = (name: string) =>
  watched(streamDecoder, [readFileSync(new URL(`./__fixtures__/${name}.sse`, import.meta.url))])

const read = (...events: object[]) =>
  watched(streamDecoder, [Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''))])

const usage = (inputTokens: number, outputTokens: number, more: object = {}) => ({
  kind: 'usage',
  usage: {
    inputTokens,
    outputTokens,
    cachedReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    source: 'reported',
    ...more,
  },
})
const start = (model: string) => ({ kind: 'start', model })
const text = (value: string) => ({ kind: 'text-delta', text: value })
const thought = (value: string) => ({ kind: 'reasoning-delta', text: value })
const finish = (kind: string, raw: string, more: object = {}) => ({
  kind: 'finish',
  finish: { kind, raw, ...more },
})
const callStart = (index: number, id: string, name: string) => ({ kind: 'tool-call-start', index, id, name })
const callDelta = (index: number, argumentsText: string) => ({
  kind: 'tool-call-delta',
  index,
  argumentsText,
})
const seal = (data: string, redacted = false) => ({
  kind: 'reasoning-seal',
  sealed: { format: 'anthropic-messages', data, id: null, redacted },
})
const opaque = (value: object) => ({ kind: 'opaque', format: 'anthropic-messages', value })

describe('a recorded stream', () => {
  it('of text', () => {
    const { parts, usageOnly } = recorded('text')
    expect(parts).toEqual([
      start('claude-haiku-4-5-20251001'),
      ...['Grüße', ' aus 北京 🎉', '\n\n"ok"'].map(text),
      finish('stop', 'end_turn'),
      usage(21, 14),
    ])
    expect(usageOnly).not.toContain(true)
  })

  it('of thoughts, signed and redacted, with what was read from the cache and what went into it', () => {
    expect(recorded('thinking').parts).toEqual([
      start('claude-sonnet-4-6'),
      thought('17 × 24: 17 × 20 = 340,'),
      thought(' 17 × 4 = 68, so 408.'),
      seal('EpUBCkYIBhgCKkDq7n2c0kq+0m1yVbq2a9/7tq=='),
      seal('EmwKAhgBEgy3va3pzix/LafPsn4aDFIT2Xlxh0L5L8rLVyIwxtE3rAFBa8cr3qpP', true),
      text('408'),
      finish('stop', 'end_turn'),
      usage(48 + 310 + 1024, 61, {
        cachedReadTokens: 1024,
        cacheWriteTokens: 310,
        longCacheWriteTokens: 310,
        reasoningTokens: 52,
      }),
    ])
  })

  it('of tool calls in pieces', () => {
    expect(recorded('tools').parts.slice(3)).toEqual([
      callStart(0, 'toolu_01T1x1fJ34qAmk2tNTrN7Up6', 'get_weather'),
      callDelta(0, '{"city": "Zü'),
      callDelta(0, 'rich", "days":'),
      callDelta(0, ' 2}'),
      callStart(1, 'toolu_01A9fQ7cHkXbR4mZpVtLw2Sd', 'get_time'),
      finish('tool-calls', 'tool_use'),
      usage(612, 118),
    ])
  })

  it("of the vendor's own search, whole, with its citations, and the tokens of the end for those of the beginning", () => {
    const { parts } = recorded('search-citations')
    expect(parts[2]).toEqual(
      opaque({
        type: 'server_tool_use',
        id: 'srvtoolu_014hJH82Qum7Td6UV8gDXThB',
        name: 'web_search',
        input: { query: 'tide Brest' },
      }),
    )
    expect(parts[3]).toMatchObject(opaque({ type: 'web_search_tool_result' }))
    expect(parts[4]).toMatchObject(opaque({ type: 'citations_delta' }))
    expect(parts.at(-1)).toEqual(usage(10_682, 510))
  })

  it('that the model refused to finish', () => {
    expect(recorded('refusal').parts.slice(-2)).toEqual([finish('content-filter', 'refusal'), usage(33, 9)])
  })

  it('that a stop sequence ended', () => {
    expect(recorded('stop-sequence').parts.at(-2)).toEqual(
      finish('stop', 'stop_sequence', { stopSequence: 'three' }),
    )
  })

  it('that the vendor broke off', () => {
    const { parts, failures } = recorded('overloaded-failure')
    expect(parts.at(-1)).toEqual(text('The first'))
    expect(failures).toMatchObject([{ kind: 'overloaded' }])
  })

  it('of a compatible vendor, which gives an input whole and ends calls like any turn', () => {
    expect(recorded('compatible-tools').parts).toEqual([
      start('glm-5'),
      thought('Weather? Use the tool.'),
      callStart(0, 'call_9c1', 'get_weather'),
      callDelta(0, '{"city":"Zürich"}'),
      finish('tool-calls', 'end_turn'),
      usage(117, 21, { cachedReadTokens: 40 }),
    ])
  })
})

describe('an event', () => {
  const begun = { type: 'message_start', message: { id: 'm', model: 'm', content: [] } }

  it('that ends the stream is known, however the vendor spells it', () => {
    const { state } = streamDecoder.read(streamDecoder.start, { name: '', data: JSON.stringify(begun) })
    const end = streamDecoder.read(state, { name: 'message_stop', data: '{ "type": "message_stop"   }' })
    expect(end).toMatchObject({ ended: true, parts: [] })
  })

  it('of a kind that is yet to come says nothing', () => {
    const { parts, failures } = read(begun, { type: 'message_thought', thought: 'x' }, { type: 'ping' })
    expect([parts.length, failures]).toEqual([1, []])
  })

  it('of a block of an unknown kind is kept whole', () => {
    const block = { type: 'hologram', frames: [1, 2] }
    expect(
      read(
        begun,
        { type: 'content_block_start', index: 0, content_block: block },
        { type: 'content_block_stop', index: 0 },
      ).parts[1],
    ).toEqual(opaque(block))
  })

  it('that is cut off is a failure, and noise is not handed on', () => {
    const { state } = streamDecoder.read(streamDecoder.start, { name: '', data: JSON.stringify(begun) })
    expect(streamDecoder.read(state, { name: '', data: '{"type":"content_bl' }).failure?.kind).toBe(
      'unreadable',
    )
    expect(streamDecoder.read(state, { name: '', data: 'hello' })).toMatchObject({
      failure: null,
      malformed: true,
    })
  })

  it('cannot make the input of a hosted tool grow without end', () => {
    const piece = { type: 'input_json_delta', partial_json: 'x'.repeat(700_000) }
    const { failures } = read(
      begun,
      { type: 'content_block_start', index: 0, content_block: { type: 'server_tool_use', input: {} } },
      { type: 'content_block_delta', index: 0, delta: piece },
      { type: 'content_block_delta', index: 0, delta: piece },
    )
    expect(failures).toMatchObject([{ kind: 'unreadable' }])
  })

  it('has no usage where nothing was counted', () => {
    const zero = { input_tokens: 0, output_tokens: 0 }
    const ended = { type: 'message_delta', delta: { stop_reason: 'end_turn' } }
    const kinds = (value: object) => read(begun, { ...ended, usage: value }).parts.map(({ kind }) => kind)
    expect(kinds(zero)).toEqual(['start', 'finish'])
    expect(kinds({ output_tokens: -5 })).toEqual(['start', 'finish'])
    expect(kinds({ output_tokens: 5 })).toEqual(['start', 'finish', 'usage'])
  })
})
