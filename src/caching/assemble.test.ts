import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyStream } from '../../test/support/wire-arbitraries.ts'
import { noUsage, type StreamPart } from '../domain/answer.ts'
import { assemble, assembled, beginAssembly } from './assemble.ts'

const finish = { kind: 'finish', finish: { kind: 'stop', raw: 'stop' } } as const

function read(parts: readonly StreamPart[], maxChars = 100_000) {
  const assembly = beginAssembly(maxChars)
  return parts.every((part) => assemble(assembly, part)) ? assembled(assembly, null) : 'given up'
}

describe('an answer out of a stream', () => {
  it('says what the stream said, in its order', () => {
    expect(
      read([
        { kind: 'start', model: 'small' },
        { kind: 'reasoning-delta', text: 'A ' },
        { kind: 'reasoning-delta', text: 'city' },
        { kind: 'text-delta', text: 'Par' },
        { kind: 'text-delta', text: 'is' },
        { kind: 'tool-call-start', index: 0, id: 'c1', name: 'find' },
        { kind: 'tool-call-start', index: 1, id: 'c2', name: 'look' },
        { kind: 'tool-call-delta', index: 0, argumentsText: '{"a"' },
        { kind: 'tool-call-delta', index: 1, argumentsText: '{}' },
        { kind: 'tool-call-delta', index: 0, argumentsText: ':1}' },
        finish,
      ]),
    ).toEqual({
      model: 'small',
      parts: [
        { kind: 'reasoning', text: 'A city' },
        { kind: 'text', text: 'Paris' },
        { kind: 'tool-call', id: 'c1', name: 'find', argumentsText: '{"a":1}' },
        { kind: 'tool-call', id: 'c2', name: 'look', argumentsText: '{}' },
      ],
      finish: finish.finish,
      usage: noUsage,
      logprobs: [],
    })
  })

  it('is none before the stream has finished, wherever it is cut', () => {
    fc.assert(
      fc.property(anyStream, (parts) => {
        const end = parts.findIndex(({ kind }) => kind === 'finish')
        for (let length = 0; length <= end; length++) expect(read(parts.slice(0, length))).toBeNull()
        expect(read(parts)).toMatchObject({ usage: { source: 'reported' } })
      }),
    )
  })

  it('keeps blocks of reasoning apart, and no proof of them', () => {
    const sealed = { format: 'anthropic-messages', data: 'x', id: null, redacted: false } as const
    expect(
      read([
        { kind: 'reasoning-delta', text: 'one' },
        { kind: 'reasoning-seal', sealed },
        { kind: 'reasoning-delta', text: 'two' },
        finish,
      ]),
    ).toMatchObject({
      parts: [
        { kind: 'reasoning', text: 'one' },
        { kind: 'reasoning', text: 'two' },
      ],
    })
  })

  it.each<readonly [string, readonly StreamPart[]]>([
    ['grows too large', [{ kind: 'text-delta', text: 'x'.repeat(101) }]],
    [
      'grows too large in arguments',
      [
        { kind: 'tool-call-start', index: 0, id: 'c', name: 'f' },
        { kind: 'tool-call-delta', index: 0, argumentsText: 'x'.repeat(100) },
      ],
    ],
    [
      'grows too large in logprobs',
      [{ kind: 'logprobs', tokens: [{ token: 'a', logprob: 0, top: [{ token: 'a', logprob: 0 }] }] }],
    ],
    ['finishes twice', [finish, finish]],
    ['goes on with a call that never began', [{ kind: 'tool-call-delta', index: 0, argumentsText: '{' }]],
    [
      'begins a call twice',
      [
        { kind: 'tool-call-start', index: 0, id: 'c', name: 'f' },
        { kind: 'tool-call-start', index: 0, id: 'd', name: 'g' },
      ],
    ],
  ])('is given up where it %s', (_, parts) => {
    expect(read(parts, 100)).toBe('given up')
  })
})
