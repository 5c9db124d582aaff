import { describe, expect, test } from 'vitest'
import { aRequest, aUserMessage } from '../../test/support/builders.ts'
import type { Message, Request, Tool } from '../domain/request.ts'
import { toolCategory } from './tool-category.ts'

const aTool = (
  name: string,
  properties: Readonly<Record<string, unknown>> = { city: { type: 'string' } },
): Tool => ({
  name,
  description: null,
  parameters: { type: 'object', properties },
  strict: null,
})
const weather = aTool('get_weather')
const hotel = aTool('book_hotel')

const categoryOf = (text: string, changes: Partial<Request> = {}, promptChars = text.length) =>
  toolCategory(aRequest({ text, tools: [weather], ...changes } as Partial<Request>), text, promptChars)

test('without a tool that can be called there is none', () => {
  expect(categoryOf('How is the weather?', { tools: [] })).toBeNull()
  expect(categoryOf('How is the weather?', { toolChoice: { kind: 'none' } })).toBeNull()
})

describe('one tool', () => {
  test('is called once', () => {
    expect(categoryOf('How is the weather in Rome?')).toBe('single')
  })

  test.each([
    'How is the weather in Rome, Paris and Oslo?',
    'Tell me the weather in Rome. Also in Oslo.',
    'Compare the weather of both cities.',
    'Weather for "Rome" and "Oslo", please',
    'What is the weather at 5 and 7 o’clock?',
    'How is the weather in Rome? And how will it be in Oslo?',
  ])('or several times: %s', (text) => {
    expect(categoryOf(text)).toBe('parallel')
  })

  test('but not several times where the request forbids it', () => {
    expect(categoryOf('The weather in Rome and Oslo', { parallelToolCalls: false })).toBe('single')
  })

  test('or with arguments within arguments', () => {
    const nested = aTool('get_weather', { place: { type: 'object', properties: { city: {} } } })
    const listed = aTool('get_weather', { places: { type: 'array', items: { properties: { city: {} } } } })
    expect(categoryOf('How is the weather?', { tools: [nested] })).toBe('nested')
    expect(categoryOf('How is the weather?', { tools: [listed] })).toBe('nested')
  })
})

describe('several tools', () => {
  const tools = [weather, hotel]

  test('are chosen among', () => {
    expect(categoryOf('How is the weather in Rome?', { tools })).toBe('choice')
    expect(categoryOf('Book a hotel in Rome, then tell me the weather.', { tools })).toBe('parallel-choice')
  })

  test('unless one of them is named', () => {
    const toolChoice = { kind: 'named', name: 'book_hotel' } as const
    expect(categoryOf('Anything', { tools, toolChoice })).toBe('single')
  })
})

describe('a request that speaks of nothing the tools do', () => {
  test('needs none', () => {
    expect(categoryOf('Tell me a joke about cats')).toBe('unneeded')
  })

  test('unless one must be called, or something is given that an argument could be', () => {
    expect(categoryOf('Tell me a joke', { toolChoice: { kind: 'required' } })).toBe('single')
    expect(categoryOf('Try 8001')).toBe('single')
  })

  test('is not told of another script, nor of many tools', () => {
    expect(categoryOf('今天天气怎么样')).toBe('single')
    const many = Array.from({ length: 13 }, (_, place) => aTool(`tool_${place}`))
    expect(categoryOf('Tell me a joke', { tools: many })).toBe('choice')
  })
})

test('after a call it is a conversation of several turns, and beyond a length one of long context', () => {
  const call: Message = {
    role: 'assistant',
    content: [{ kind: 'tool-call', id: '1', name: 'get_weather', argumentsText: '{}' }],
    name: null,
  }
  const messages = [aUserMessage('How is the weather?'), call]
  expect(categoryOf('How is the weather?', { messages })).toBe('multi-turn')
  expect(categoryOf('How is the weather?', {}, 30_000)).toBe('long-context')
})

test('is read in linear time, whatever the text', () => {
  // With a repetition that is not bounded these would not end.
  for (const piece of ['A, ', '"a" and ', '1, ', 'and ', '? ', 'Aa Aa '])
    expect(categoryOf(`weather ${piece.repeat(200_000)}`)).not.toBeNull()
})
