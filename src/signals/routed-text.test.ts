import { expect, test } from 'vitest'
import { aRequest, aUserMessage } from '../../test/support/builders.ts'
import type { Tool } from '../domain/request.ts'
import { routedText } from './routed-text.ts'

const aTool = (name: string, parameters: Tool['parameters'] = null): Tool => ({
  name,
  description: 'not read',
  parameters,
  strict: null,
})

test('is the last thing that the user said', () => {
  const request = aRequest({
    messages: [
      { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }], name: null },
      aUserMessage('First.'),
      { role: 'assistant', content: [{ kind: 'text', text: 'Yes?' }], name: null },
      aUserMessage('Second.'),
      { role: 'tool', toolCallId: '1', content: [{ kind: 'text', text: 'found' }] },
    ],
  })
  expect(routedText(request)).toBe('Second.')
})

test('passes over a user message without text', () => {
  const image = { kind: 'image', url: 'https://x.test/i.png', detail: null } as const
  const messages = [aUserMessage('What is that?'), { role: 'user', content: [image], name: null } as const]
  expect(routedText(aRequest({ messages }))).toBe('What is that?')
  expect(routedText(aRequest({ messages: [] }))).toBe('')
})

test('names the tools and their inputs', () => {
  const parameters = { type: 'object', properties: { city: { type: 'string' }, day: { type: 'string' } } }
  const request = aRequest({ text: 'Rain?', tools: [aTool('weather', parameters), aTool('now')] })
  expect(routedText(request)).toBe('Rain?\ntool weather city day\ntool now ')
})

test('takes parameters that are no schema for none', () => {
  expect(routedText(aRequest({ text: 'a', tools: [aTool('odd', { properties: 'none' })] }))).toBe(
    'a\ntool odd ',
  )
})

test('bounds what many tools add', () => {
  const tools = Array.from({ length: 500 }, (_, index) => aTool(`tool-${index}`))
  expect(routedText(aRequest({ text: 'abc', tools })).length).toBe(603)
})
