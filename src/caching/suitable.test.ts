import { describe, expect, it } from 'vitest'
import { anAnswer, aRequest } from '../../test/support/builders.ts'
import type { Answer, Finish } from '../domain/answer.ts'
import { whyNotAsked, whyNotKept } from './suitable.ts'

const strict = { anyTemperature: false }
const call = { kind: 'tool-call', id: 'c1', name: 'find', argumentsText: '{}' } as const
const finish = (kind: Finish['kind']): Finish => ({ kind, raw: kind })
const answer = (changes: Partial<Answer>): Answer => ({ ...anAnswer(), finish: finish('stop'), ...changes })

describe('requests that a cache may answer', () => {
  it.each([
    ['says nothing of chance', aRequest()],
    ['wants none', aRequest({ sampling: { temperature: 0 } })],
    ['stores nothing', aRequest({ from: 'openai-responses', extra: { store: false } })],
    [
      'offers tools',
      aRequest({ tools: [{ name: 'find', description: null, parameters: null, strict: null }] }),
    ],
    ['wants text', aRequest({ extra: { modalities: ['text'] } })],
  ])('are such as one that %s', (_, request) => {
    expect(whyNotAsked(request, strict)).toBeNull()
  })

  it.each([
    ['stored', aRequest({ extra: { store: true } })],
    ['stored', aRequest({ from: 'openai-responses' })],
    ['background', aRequest({ extra: { background: true } })],
    ['conversation', aRequest({ extra: { conversation: 'conv_1' } })],
    ['several', aRequest({ sampling: { answers: 2 } })],
    [
      'tools',
      aRequest({ hostedTools: [{ format: 'openai-responses', type: 'web_search', definition: {} }] }),
    ],
    ['tools', aRequest({ extra: { web_search_options: {} } })],
    ['speech', aRequest({ extra: { modalities: ['text', 'audio'] } })],
    ['temperature', aRequest({ sampling: { temperature: 0.2 } })],
  ])('are none where something is %s', (why, request) => {
    expect(whyNotAsked(request, strict)).toContain(why)
  })

  it('ask for chance where the policy says that it does not matter', () => {
    expect(whyNotAsked(aRequest({ sampling: { temperature: 1 } }), { anyTemperature: true })).toBeNull()
  })
})

describe('answers that a cache may give again', () => {
  it('are whole, and say something', () => {
    expect(whyNotKept(answer({}), { toolCalls: false })).toBeNull()
  })

  it.each([
    ['cut off', answer({ finish: finish('length') })],
    ['filtered', answer({ finish: finish('content-filter') })],
    ['own', answer({ finish: finish('other') })],
    ['says nothing', answer({ parts: [] })],
    ['says nothing', answer({ parts: [{ kind: 'text', text: ' \n' }] })],
    ['says nothing', answer({ parts: [{ kind: 'reasoning', text: 'hm' }] })],
    ['refuses', answer({ parts: [{ kind: 'refusal', text: 'I can’t.' }] })],
    ['calls tools', answer({ parts: [call], finish: finish('tool-calls') })],
    ['calls none', answer({ finish: finish('tool-calls') })],
  ])('are none that are %s', (why, one) => {
    expect(whyNotKept(one, { toolCalls: false })).toContain(why)
  })

  it('call tools where the policy says that they may', () => {
    const calls = answer({ parts: [call], finish: finish('tool-calls') })
    expect(whyNotKept(calls, { toolCalls: true })).toBeNull()
  })
})
