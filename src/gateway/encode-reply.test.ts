import { describe, expect, test } from 'vitest'
import { anAnswer } from '../../test/support/builders.ts'
import type { Answer, StreamPart } from '../domain/answer.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { readSse, restOfSse, startSse } from '../wire/sse.ts'
import { encodeReply } from './encode-reply.ts'

const envelope = { id: 'abc', created: 1_800_000_000, model: 'small' }

const answer: Answer = anAnswer({
  parts: [
    { kind: 'text', text: 'Let me look.' },
    { kind: 'tool-call', id: 'call_1', name: 'look', argumentsText: '{"at":"sky"}' },
    { kind: 'tool-call', id: 'call_2', name: 'look', argumentsText: '{"at":"sea"}' },
  ],
  finish: { kind: 'tool-calls', raw: 'tool_calls' },
})

describe('an answer in hand', () => {
  test('goes out whole to a client that wants it whole', () => {
    const reply = encodeReply(answer, openaiChat, envelope, { stream: false, usage: false })
    if (reply.kind !== 'buffered') throw new Error('it is a stream')
    const decoded = openaiChat.decodeAnswer(JSON.parse(Buffer.from(reply.bytes).toString('utf8')))
    expect(decoded).toMatchObject({ kind: 'decoded', value: { parts: answer.parts, finish: answer.finish } })
  })

  test('is a complete stream for a client that streams, calls told apart, usage only where wanted', async () => {
    for (const usage of [true, false]) {
      const { parts, data } = await streamed(usage)
      expect(parts.filter(({ kind }) => kind === 'tool-call-start')).toMatchObject([
        { index: 0, id: 'call_1' },
        { index: 1, id: 'call_2' },
      ])
      expect(parts.filter(({ kind }) => kind === 'tool-call-delta')).toMatchObject([
        { index: 0, argumentsText: '{"at":"sky"}' },
        { index: 1, argumentsText: '{"at":"sea"}' },
      ])
      expect(parts.filter(({ kind }) => kind === 'finish')).toEqual([
        { kind: 'finish', finish: answer.finish },
      ])
      expect(parts.some(({ kind }) => kind === 'usage')).toBe(usage)
      expect(data.at(-1)).toBe('[DONE]')
    }
  })
})

async function streamed(usage: boolean): Promise<{ parts: StreamPart[]; data: string[] }> {
  const reply = encodeReply(answer, openaiChat, envelope, { stream: true, usage })
  if (reply.kind !== 'stream') throw new Error('it is whole')
  let sse = startSse()
  let state = openaiChat.streamDecoder.start
  const parts: StreamPart[] = []
  const data: string[] = []
  for await (const bytes of reply.frames) {
    const read = readSse(sse, bytes)
    sse = read.state
    for (const { event } of read.frames) {
      if (event === null) continue
      data.push(event.data)
      const decoded = openaiChat.streamDecoder.read(state, event)
      state = decoded.state
      parts.push(...decoded.parts)
    }
  }
  expect(restOfSse(sse)).toBeNull()
  return { parts, data }
}
