import type { LanguageModelV3StreamPart } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import type { StreamPart } from '../../domain/answer.ts'
import { endOfAnswer, endOfBroken, readPart, startStream } from './stream-parts.ts'

function read(...parts: readonly StreamPart[]) {
  let state = startStream
  const given: LanguageModelV3StreamPart[] = []
  for (const part of parts) {
    const [next, some] = readPart(state, part)
    state = next
    given.push(...some)
  }
  return { state, given }
}

const sealed = { format: 'anthropic-messages', data: 'c2ln', id: null, redacted: true } as const
const providerMetadata = { fairlead: { sealed } }

test('thoughts, text and thoughts again are blocks of their own', () => {
  const { state, given } = read(
    { kind: 'start', model: 'm' },
    { kind: 'reasoning-delta', text: 'Hm.' },
    { kind: 'reasoning-seal', sealed },
    { kind: 'text-delta', text: 'A' },
    { kind: 'text-delta', text: '' },
    { kind: 'text-delta', text: 'B' },
    { kind: 'reasoning-seal', sealed },
    { kind: 'refusal-delta', text: 'No.' },
  )
  expect([...given, ...endOfAnswer(state)]).toEqual([
    { type: 'reasoning-start', id: '0' },
    { type: 'reasoning-delta', id: '0', delta: 'Hm.' },
    { type: 'reasoning-end', id: '0', providerMetadata },
    { type: 'text-start', id: '1' },
    { type: 'text-delta', id: '1', delta: 'A' },
    { type: 'text-delta', id: '1', delta: 'B' },
    { type: 'text-end', id: '1' },
    { type: 'reasoning-start', id: '2' },
    { type: 'reasoning-end', id: '2', providerMetadata },
    { type: 'text-start', id: '3' },
    { type: 'text-delta', id: '3', delta: 'No.' },
    { type: 'text-end', id: '3' },
  ])
})

const calls: readonly StreamPart[] = [
  { kind: 'text-delta', text: 'Both.' },
  { kind: 'tool-call-start', index: 0, id: 'a', name: 'look_up' },
  { kind: 'tool-call-start', index: 1, id: 'b', name: 'now' },
  { kind: 'tool-call-delta', index: 0, argumentsText: '{"q":' },
  { kind: 'tool-call-delta', index: 1, argumentsText: '' },
  { kind: 'tool-call-delta', index: 0, argumentsText: '1}' },
]

test('parallel calls, interleaved, are whole at the end of the answer, each with its input', () => {
  const { state } = read(...calls)
  expect(endOfAnswer(state)).toEqual([
    { type: 'tool-input-end', id: 'a' },
    { type: 'tool-call', toolCallId: 'a', toolName: 'look_up', input: '{"q":1}' },
    { type: 'tool-input-end', id: 'b' },
    { type: 'tool-call', toolCallId: 'b', toolName: 'now', input: '{}' },
  ])
})

test('of an answer that broke off no call is given out', () => {
  expect(endOfBroken(read(...calls).state)).toEqual([])
  expect(endOfBroken(read({ kind: 'text-delta', text: 'Half' }).state)).toEqual([
    { type: 'text-end', id: '0' },
  ])
})
