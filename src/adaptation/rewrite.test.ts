import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aRequest, aUserMessage } from '../../test/support/builders.ts'
import { type Message, plainRequest, textOf } from '../domain/request.ts'
import { rewriteRequest } from './rewrite.ts'
import {
  type PromptVariant,
  readVariant,
  unadapted,
  variantName,
  type WrittenVariant,
  writeVariant,
} from './variant.ts'

function variantOf(written: WrittenVariant): PromptVariant {
  const reading = readVariant(written)
  if (reading.kind === 'faulty') throw new Error(reading.message)
  return reading.variant
}

const system = (text: string, changes: object = {}): Message => ({
  role: 'system',
  content: [{ kind: 'text', text, ...changes }],
  name: null,
})
const assistant = (text: string): Message => ({
  role: 'assistant',
  content: [
    {
      kind: 'reasoning',
      text: 'hm',
      sealed: { format: 'anthropic-messages', data: 'sig', id: null, redacted: false },
    },
    { kind: 'text', text },
    { kind: 'tool-call', id: 'call-1', name: 'look', argumentsText: '{}' },
  ],
  name: null,
})
const result: Message = {
  role: 'tool',
  toolCallId: 'call-1',
  content: [{ kind: 'text', text: 'found' }],
}

const textsOf = (messages: readonly Message[]) =>
  messages.map((message) => `${message.role}: ${textOf(message)}`)
const rewritten = (written: WrittenVariant, messages: readonly Message[]) =>
  textsOf(rewriteRequest(variantOf(written), aRequest({ messages })).messages)

describe('the system prompt', () => {
  const talk = [system('Be kind.'), aUserMessage('Hello')]

  test('gets text around it, within the message that is there', () => {
    expect(rewritten({ system: { prepend: 'First.', append: 'Last.' } }, talk)).toEqual([
      'system: First.\n\nBe kind.\n\nLast.',
      'user: Hello',
    ])
  })

  test('is replaced whole, all that stands before the conversation', () => {
    expect(rewritten({ system: { replace: 'New.' } }, [system('One.'), ...talk])).toEqual([
      'system: New.',
      'user: Hello',
    ])
  })

  test('is made where there is none', () => {
    for (const written of [{ prepend: 'Now.' }, { append: 'Now.' }, { replace: 'Now.' }])
      expect(rewritten({ system: written }, [aUserMessage('Hello')])).toEqual(['system: Now.', 'user: Hello'])
    expect(rewritten({ system: { prepend: 'A', append: 'B' } }, [aUserMessage('Hello')])).toEqual([
      'system: A\n\nB',
      'user: Hello',
    ])
  })

  test('keeps its role, its place in a cache, and what a system says later', () => {
    const developer: Message = {
      role: 'developer',
      content: [{ kind: 'text', text: 'Old.', cache: { ttl: '1h' } }],
      name: null,
    }
    const messages = [developer, aUserMessage('Hello'), system('Later.')]
    for (const written of [{ replace: 'New.' }, { append: 'New.' }]) {
      const after = rewriteRequest(variantOf({ system: written }), aRequest({ messages })).messages
      expect(after[0]).toMatchObject({ role: 'developer', content: [{ cache: { ttl: '1h' } }] })
      expect(after.slice(1)).toEqual(messages.slice(1))
    }
  })
})

describe('a template', () => {
  test("stands around the text of the user's last message, images left where they are", () => {
    const picture = { kind: 'image', url: 'https://images.example/a.png', detail: null } as const
    const asked: Message = {
      role: 'user',
      content: [{ kind: 'text', text: 'What' }, picture, { kind: 'text', text: 'is it?' }],
      name: null,
    }
    const { messages } = rewriteRequest(
      variantOf({ template: '<q>{{prompt}}</q>' }),
      aRequest({ messages: [aUserMessage('Before'), asked] }),
    )
    expect(messages).toEqual([
      aUserMessage('Before'),
      {
        ...asked,
        content: [{ kind: 'text', text: '<q>What' }, picture, { kind: 'text', text: 'is it?</q>' }],
      },
    ])
  })

  test('goes with the same message in every round of a tool loop', () => {
    const first = [aUserMessage('Look it up')]
    const later = [...first, assistant('Looking'), result]
    const variant = variantOf({ template: 'Task: {{prompt}}', system: { append: 'Think.' } })
    const [one, two] = [first, later].map(
      (messages) => rewriteRequest(variant, aRequest({ messages })).messages,
    )
    expect(two!.slice(0, one!.length)).toEqual(one)
    // Calls, results and sealed reasoning are the same values as before.
    expect(two!.at(-1)).toBe(result)
    expect(two!.at(-2)).toBe(later[1])
  })

  test('has nothing to stand around where the user says no word', () => {
    const request = aRequest({ messages: [system('Alone.')] })
    expect(rewriteRequest(variantOf({ template: 'Q: {{prompt}}' }), request)).toBe(request)
  })
})

describe('a variant', () => {
  const written = fc.record(
    {
      system: fc.oneof(
        fc.record({ replace: fc.string({ minLength: 1 }) }),
        fc.record(
          { prepend: fc.string({ minLength: 1 }), append: fc.string({ minLength: 1 }) },
          { requiredKeys: [] },
        ),
      ),
      template: fc
        .tuple(fc.string(), fc.string())
        .map(([a, b]) => `${a.replaceAll('{', '')}{{prompt}}${b.replaceAll('}', '')}`),
    },
    { requiredKeys: [] },
  )

  test('reads as it was written, and goes by a name of its wording', () => {
    fc.assert(
      fc.property(written, (one) => {
        const variant = variantOf(one)
        expect(variantOf(writeVariant(variant))).toEqual(variant)
        expect(variantName(variantOf(writeVariant(variant)))).toBe(variantName(variant))
      }),
    )
    expect(variantName(unadapted)).toBe('unadapted')
    expect(variantName(variantOf({ system: { append: 'a' } }))).not.toBe(
      variantName(variantOf({ system: { prepend: 'a' } })),
    )
  })

  test('changes nothing but the words: a pure function of them', () => {
    fc.assert(
      fc.property(written, (one) => {
        const request = { ...plainRequest('Hi'), extra: { unknown: { deep: [1] } } }
        const again = rewriteRequest(variantOf(one), request)
        expect(again).toEqual(rewriteRequest(variantOf(one), request))
        expect({ ...again, messages: [] }).toEqual({ ...request, messages: [] })
      }),
    )
  })

  test('that says two things at once, or has no place for the prompt, is refused', () => {
    expect(readVariant({ system: { replace: 'a', append: 'b' } })).toMatchObject({
      kind: 'faulty',
      path: ['system', 'replace'],
    })
    expect(readVariant({ template: 'no place' })).toMatchObject({
      kind: 'faulty',
      message: expect.stringContaining('nowhere'),
    })
    expect(readVariant({ template: '{{prompt}} {{prompt}}' })).toMatchObject({
      message: expect.stringContaining('2 times'),
    })
  })
})
