import { expect, it } from 'vitest'
import { plainRequest, type Request } from '../../domain/request.ts'
import { losses } from './losses.ts'

const plain = plainRequest('Hello')
const lost = (request: Partial<Request>) => losses({ ...plain, ...request })
const names = (request: Partial<Request>) => lost(request).map(({ what }) => what)

it('nothing is lost of a request of the same format, or of one that any format can say', () => {
  expect(lost({})).toEqual([])
  expect(lost({ from: 'openai-responses', extra: { store: true, conversation: 'c' } })).toEqual([])
  expect(lost({ from: 'openai-chat', extra: { metadata: {}, verbosity: 'low' } })).toEqual([])
})

it('names the fields that only another format has', () => {
  expect(lost({ from: 'openai-chat', extra: { logit_bias: {}, metadata: {} } })).toEqual([
    { what: 'logit_bias', changesMeaning: false },
  ])
  const hosted = { format: 'anthropic-messages' as const, type: 'bash_20250124', definition: {} }
  expect(lost({ hostedTools: [hosted] })).toEqual([{ what: 'tools: bash_20250124', changesMeaning: true }])
})

it('names what OpenAI takes of no sampling', () => {
  const sampling = {
    ...plain.sampling,
    stop: ['x'],
    answers: 2,
    seed: 1,
    topK: 3,
    frequencyPenalty: 1,
    presencePenalty: 1,
  }
  expect(lost({ sampling }).filter(({ changesMeaning }) => changesMeaning)).toEqual([
    { what: 'stop', changesMeaning: true },
    { what: 'n', changesMeaning: true },
  ])
  expect(names({ sampling })).toEqual(['stop', 'n', 'seed', 'top_k', 'frequency_penalty', 'presence_penalty'])
  const short = { ...plain.sampling, maxOutputTokens: 1 }
  expect(names({ from: 'openai-chat', sampling: short })).toEqual(['a limit of less than 16 output tokens'])
})

it('names wishes about reasoning that are not words of OpenAI', () => {
  expect(names({ reasoning: { enabled: true, budgetTokens: 4000 } })).toEqual(['reasoning budget in tokens'])
  expect(names({ reasoning: { enabled: false } })).toEqual(['reasoning switched off'])
  expect(names({ reasoning: { enabled: true } })).toEqual(['reasoning switched on'])
  expect(names({ reasoning: { enabled: true }, reasoningEffort: 'low' })).toEqual([])
})

it('names what messages lose', () => {
  const own = { format: 'anthropic-messages' as const, fields: { citations: [] } }
  const cache = { ttl: '5m' as const }
  const messages: Request['messages'] = [
    { role: 'user', name: 'ada', content: [{ kind: 'text', text: 'x', cache, own }] },
    {
      role: 'assistant',
      name: null,
      content: [
        { kind: 'reasoning', text: 'x' },
        { kind: 'opaque', format: 'anthropic-messages', value: {} },
        { kind: 'tool-call', id: 'c', name: 'add', argumentsText: '{}' },
      ],
    },
    { role: 'tool', toolCallId: 'c', content: [], isError: true },
  ]
  expect(lost({ messages })).toEqual([
    { what: 'name of a message', changesMeaning: false },
    { what: 'cache_control', changesMeaning: false },
    { what: 'citations', changesMeaning: false },
    { what: 'reasoning of earlier turns', changesMeaning: false },
    { what: 'results of hosted tools in earlier turns', changesMeaning: true },
    { what: 'is_error of a tool result', changesMeaning: false },
  ])
})
