import { expect, test } from 'vitest'
import { anAnswer, aRequest } from '../../../test/support/builders.ts'
import { structuralFault } from './structure.ts'

const tools = [{ name: 'weather', description: null, parameters: null, strict: null }]
const schema = { type: 'object', required: ['city'] }
const wanted = { kind: 'json-schema', name: 'a', description: null, schema, strict: true } as const
const calling = (name: string, argumentsText: string) =>
  anAnswer({ parts: [{ kind: 'tool-call', id: '1', name, argumentsText }] })

test.each([
  ['a text', aRequest(), anAnswer()],
  ['a call of a tool', aRequest({ tools }), calling('weather', '{"city":"Rome"}')],
  ['JSON', aRequest({ responseFormat: { kind: 'json' } }), anAnswer({ text: '{"a":1}' })],
  ['JSON with what is required', aRequest({ responseFormat: wanted }), anAnswer({ text: '{"city":"Rome"}' })],
])('%s is good', (_name, request, answer) => {
  expect(structuralFault(request, answer)).toBeNull()
})

test.each([
  ['is empty', aRequest(), anAnswer({ text: ' \n' })],
  ['is a refusal', aRequest(), anAnswer({ parts: [{ kind: 'refusal', text: 'No.' }] })],
  ['is cut off', aRequest(), anAnswer({ finish: { kind: 'length', raw: 'length' } })],
  ['content filter', aRequest(), anAnswer({ finish: { kind: 'content-filter', raw: 'filter' } })],
  ['no tool of the request', aRequest({ tools }), calling('wether', '{}')],
  ['no JSON object', aRequest({ tools }), calling('weather', '{"city":')],
  ['calls no tool', aRequest({ tools, toolChoice: { kind: 'required' } }), anAnswer()],
  ['not the JSON', aRequest({ responseFormat: { kind: 'json' } }), anAnswer({ text: 'Rome' })],
  ['not the JSON object', aRequest({ responseFormat: wanted }), anAnswer({ text: '[1]' })],
  ['lacks "city"', aRequest({ responseFormat: wanted }), anAnswer({ text: '{"town":"Rome"}' })],
])('%s', (fault, request, answer) => {
  expect(structuralFault(request, answer)).toContain(fault)
})
