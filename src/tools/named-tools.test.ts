import { expect, test } from 'vitest'
import { aRequest, aUserMessage } from '../../test/support/builders.ts'
import type { Message, Tool } from '../domain/request.ts'
import { namedTools } from './named-tools.ts'

const tools = ['read_file', 'sendMail', 'search', 'fs.list', 'grep'].map(
  (name): Tool => ({ name, description: null, parameters: null, strict: null }),
)
const named = (
  messages: readonly Message[],
  toolChoice: ReturnType<typeof aRequest>['toolChoice'] = null,
) => [...namedTools(aRequest({ messages, tools, toolChoice }))]
const instructions = (text: string): Message => ({
  role: 'system',
  content: [{ kind: 'text', text }],
  name: null,
})

test('tools that were called are named, whatever they were called with', () => {
  const called: Message = {
    role: 'assistant',
    content: [{ kind: 'tool-call', id: '1', name: 'grep', argumentsText: '{' }],
    name: null,
  }
  expect(named([aUserMessage('look'), called])).toEqual(['grep'])
})

test('so is the one that must be called', () => {
  expect(named([], { kind: 'named', name: 'search' })).toEqual(['search'])
})

test('so are those that instructions and users write as names', () => {
  expect(named([instructions('Use read_file before sendMail.'), aUserMessage('fs.list, please.')])).toEqual([
    'read_file',
    'sendMail',
    'fs.list',
  ])
  expect(named([aUserMessage('call `search`, then the grep tool')])).toEqual(['search', 'grep'])
})

test('a plain word is not a name', () => {
  expect(named([aUserMessage('search the web')])).toEqual([])
})

test('what tools and models say names none, nor what is not on offer', () => {
  const result: Message = { role: 'tool', toolCallId: '1', content: [{ kind: 'text', text: 'read_file' }] }
  expect(named([result, aUserMessage('write_file')], { kind: 'named', name: 'gone' })).toEqual([])
})

test('only so much of a conversation is searched, its beginning first', () => {
  const long = aUserMessage('x'.repeat(40_000))
  expect(named([instructions('read_file'), long, aUserMessage('sendMail')])).toEqual(['read_file'])
})
