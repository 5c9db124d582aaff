import { describe, expect, test } from 'vitest'
import { aCandidate, aModel, aRequest, aSignals } from '../../test/support/builders.ts'
import type { Capability } from '../domain/model.ts'
import type { ContentPart, Request } from '../domain/request.ts'
import { capabilities } from './capabilities.ts'

const refuse = (request: Request, has: readonly Capability[]) =>
  capabilities.refuse(aCandidate({ model: aModel({ capabilities: has }) }), {
    request,
    signals: aSignals(),
    needsCost: false,
    maxCostUsd: null,
  })

const holding = (...content: readonly ContentPart[]) =>
  aRequest({ messages: [{ role: 'user', content, name: null }] })

const needs: readonly (readonly [Capability, Request])[] = [
  ['tools', aRequest({ tools: [{ name: 'look', description: null, parameters: null, strict: null }] })],
  [
    'json-schema',
    aRequest({
      responseFormat: { kind: 'json-schema', name: 'a', description: null, schema: {}, strict: null },
    }),
  ],
  ['logprobs', aRequest({ topLogprobs: 0 })],
  ['images', holding({ kind: 'image', url: 'https://x.test/i.png', detail: null })],
  ['audio', holding({ kind: 'audio', base64: 'AAAA', format: 'wav' })],
  ['files', holding({ kind: 'file', fileId: 'f', filename: null, base64: null })],
]

test.each(needs)('%s are asked for by what the request holds', (capability, request) => {
  expect(refuse(request, [])).toBe(`it does not do ${capability}`)
  expect(refuse(request, [capability])).toBeNull()
})

test('a plain request needs nothing, nor does one for plain JSON', () => {
  expect(refuse(aRequest(), [])).toBeNull()
  expect(refuse(aRequest({ responseFormat: { kind: 'json' } }), [])).toBeNull()
})

describe('several needs', () => {
  const image = { kind: 'image', url: 'https://x.test/i.png', detail: null } as const
  const request = { ...holding(image, image), topLogprobs: 5 }

  test('are named together, each once', () => {
    expect(refuse(request, [])).toBe('it does not do logprobs, images')
  })

  test('must all be met', () => {
    expect(refuse(request, ['images'])).toBe('it does not do logprobs')
    expect(refuse(request, ['images', 'logprobs'])).toBeNull()
  })
})

test('a picture earlier in the conversation counts', () => {
  const image = { kind: 'image', url: 'https://x.test/i.png', detail: null } as const
  const first = { role: 'user', content: [image], name: null } as const
  const request = aRequest({ messages: [first, ...aRequest().messages] })
  expect(refuse(request, [])).toBe('it does not do images')
})
