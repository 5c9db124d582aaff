import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aRequest, aUserMessage } from '../../test/support/builders.ts'
import { anyRequest } from '../../test/support/wire-arbitraries.ts'
import type { Request } from '../domain/request.ts'
import { noRoutingOptions } from '../domain/routing-options.ts'
import { type KeyId, nobody } from '../domain/virtual-key.ts'
import { type Questioned, requestKey } from './request-key.ts'

const asked = (changes: Partial<Questioned> = {}): Questioned => ({
  policy: { name: 'auto', version: 'v1' },
  askedModel: 'auto',
  format: 'openai-chat',
  request: aRequest(),
  options: noRoutingOptions,
  body: { model: 'auto', messages: [{ role: 'user', content: 'What is the capital of France?' }] },
  caller: { ...nobody, key: 'k1' as KeyId },
  models: [null],
  ...changes,
})
const keyOf = (changes: Partial<Questioned> = {}) => requestKey(asked(changes), 'key')
const ofRequest = (changes: Parameters<typeof aRequest>[0]) => keyOf({ request: aRequest(changes) })

const tool = (parameters: Record<string, unknown>) => ({
  name: 'find',
  description: null,
  parameters,
  strict: null,
})

type Path = readonly (string | number)[]

function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const fields = Array.isArray(value) ? value.map((one, at) => [at, one] as const) : Object.entries(value)
  return fields.flatMap(([name, field]) => leavesOf(field, [...path, name]))
}

function withOther(value: unknown, [first, ...rest]: Path): unknown {
  if (first === undefined) return value === 'another' ? 'yet another' : 'another'
  if (Array.isArray(value)) return value.map((one, at) => (at === first ? withOther(one, rest) : one))
  const object = value as Record<string, unknown>
  return { ...object, [first]: withOther(object[first], rest) }
}

describe('the key of a request', () => {
  const plain = keyOf()

  const otherRequests: readonly (readonly [string, Parameters<typeof aRequest>[0]])[] = [
    ['another text', { text: 'What is the capital of Spain?' }],
    ['another case', { text: 'what is the capital of France?' }],
    ['a space more', { text: 'What is the capital of France? ' }],
    [
      'a system prompt',
      {
        messages: [
          { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }], name: null },
          aUserMessage('What is the capital of France?'),
        ],
      },
    ],
    ['a name', { messages: [{ ...aUserMessage('What is the capital of France?'), name: 'ann' } as never] }],
    [
      'an image',
      {
        messages: [
          {
            role: 'user',
            content: [
              { kind: 'text', text: 'What is the capital of France?' },
              { kind: 'image', url: 'data:image/png;base64,AAAA', detail: null },
            ],
            name: null,
          },
        ],
      },
    ],
    [
      'a tool result',
      {
        messages: [
          aUserMessage('What is the capital of France?'),
          { role: 'tool', toolCallId: 'c1', content: [{ kind: 'text', text: 'Paris' }] },
        ],
      },
    ],
    ['a tool', { tools: [tool({ type: 'object' })] }],
    ['a choice of tool', { toolChoice: { kind: 'required' } }],
    ['parallel calls', { parallelToolCalls: false }],
    ['JSON', { responseFormat: { kind: 'json' } }],
    ['a temperature', { sampling: { temperature: 0 } }],
    ['a limit', { sampling: { maxOutputTokens: 5 } }],
    ['a seed', { sampling: { seed: 1 } }],
    ['a stop', { sampling: { stop: ['x'] } }],
    ['two answers', { sampling: { answers: 2 } }],
    ['an effort', { reasoningEffort: 'high' }],
    ['logprobs', { topLogprobs: 0 }],
    ['a user', { user: 'ann' }],
    ['a field of the format’s own', { extra: { verbosity: 'low' } }],
  ]
  it.each(otherRequests)('is another with %s', (_, changes) => {
    expect(ofRequest(changes)).not.toBe(plain)
  })

  const otherQuestions: readonly (readonly [string, Partial<Questioned>])[] = [
    ['policy', { policy: { name: 'support', version: 'v1' } }],
    ['version of the policy', { policy: { name: 'auto', version: 'v2' } }],
    ['model asked for', { askedModel: 'acme/small' }],
    ['format', { format: 'anthropic-messages' }],
    ['objective', { options: { ...noRoutingOptions, quality: 0.9 } }],
    ['tier', { options: { ...noRoutingOptions, tier: 'gold' } }],
    ['list of fallbacks', { options: { ...noRoutingOptions, fallbacks: ['acme/large'] } }],
    ['field that only the body has', { body: { ...asked().body, x_mode: 'deep' } }],
    ['key', { caller: { ...nobody, key: 'k2' as KeyId } }],
    ['set of models that the key may use', { models: [['acme/*']] }],
  ]
  it.each(otherQuestions)('is another with another %s', (_, changes) => {
    expect(keyOf(changes)).not.toBe(plain)
  })

  it('is the same whether the answer is streamed, whatever the session, and however the client wishes for the cache', () => {
    const stream = aRequest({ stream: true, extra: { stream_options: { include_usage: true } } })
    expect(keyOf({ request: stream, body: { ...asked().body, stream: true } })).toBe(plain)
    const options = { ...noRoutingOptions, session: 's', episode: 'e', cache: 'refresh' } as const
    expect(keyOf({ options })).toBe(plain)
  })

  it('does not go by the order in which the fields of a tool’s schema were written', () => {
    const schema = { type: 'object', properties: { city: { type: 'string', minLength: 1 }, day: {} } }
    const other = { properties: { day: {}, city: { minLength: 1, type: 'string' } }, type: 'object' }
    expect(ofRequest({ tools: [tool(schema)] })).toBe(ofRequest({ tools: [tool(other)] }))
  })

  it('changes with whatever differs in two requests but how they are delivered', () => {
    const delivered = ({ stream: _, ...request }: Request) => JSON.stringify(request)
    fc.assert(
      fc.property(anyRequest, anyRequest, (one, other) => {
        const equal = keyOf({ request: one }) === keyOf({ request: other })
        expect(equal).toBe(delivered(one) === delivered(other))
      }),
      { numRuns: 60 },
    )
  })

  it('changes with any one value anywhere in a request', () => {
    fc.assert(
      fc.property(anyRequest, fc.nat(), (request, at) => {
        const { stream: _, ...question } = request
        const leaves = leavesOf(question)
        const changed = withOther({ ...question, stream: false }, leaves[at % leaves.length]!) as Request
        expect(keyOf({ request: changed })).not.toBe(keyOf({ request }))
      }),
    )
  })

  it('is shared as far as its scope says, and never with keys that may use other models', () => {
    const of = (
      key: string,
      team: string | null,
      scope: 'key' | 'team' | 'shared',
      models = [null] as Questioned['models'],
    ) => requestKey(asked({ caller: { ...nobody, key: key as KeyId, team }, models }), scope)
    expect(of('k1', 't1', 'team')).toBe(of('k2', 't1', 'team'))
    expect(of('k1', 't1', 'team')).not.toBe(of('k2', 't2', 'team'))
    expect(of('k1', null, 'team')).not.toBe(of('k2', null, 'team'))
    expect(of('k1', 't1', 'shared')).toBe(of('k2', 't2', 'shared'))
    expect(of('k1', 't1', 'shared')).not.toBe(of('k2', 't2', 'shared', [['acme/small']]))
  })
})
