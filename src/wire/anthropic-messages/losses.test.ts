import { describe, expect, it } from 'vitest'
import { aRequest } from '../../../test/support/builders.ts'
import type { Message, Request } from '../../domain/request.ts'
import { losses } from './losses.ts'

const user: Message = { role: 'user', content: [{ kind: 'text', text: 'Hi' }], name: null }
const chat = (more: Partial<Request>): Request => ({
  ...aRequest({ text: 'Hi' }),
  from: 'openai-chat',
  ...more,
})
const sampled = (more: Partial<Request['sampling']>) =>
  chat({ sampling: { ...aRequest({ text: 'Hi' }).sampling, ...more } })
const said = (content: Extract<Message, { role: 'assistant' }>['content']) =>
  chat({ messages: [user, { role: 'assistant', content, name: null }, user] })
const asked = (content: Extract<Message, { role: 'user' }>['content']) =>
  chat({ messages: [{ role: 'user', content, name: null }] })
const file = { kind: 'file', fileId: 'file-1', filename: null, base64: null } as const

describe('what the Messages API has no place for', () => {
  it.each<[Request, string, boolean]>([
    [chat({ extra: { store: true } }), 'store', false],
    [
      chat({ hostedTools: [{ format: 'openai-responses', type: 'web_search', definition: {} }] }),
      'tools: web_search',
      true,
    ],
    [chat({ responseFormat: { kind: 'json' } }), 'response_format: json_object', true],
    [chat({ topLogprobs: 0 }), 'logprobs', true],
    [sampled({ answers: 2 }), 'n', true],
    [sampled({ seed: 1 }), 'seed', false],
    [sampled({ presencePenalty: 1 }), 'presence_penalty', false],
    [sampled({ frequencyPenalty: 1 }), 'frequency_penalty', false],
    [sampled({ temperature: 1.5 }), 'temperature outside 0 to 1', false],
    [
      { ...sampled({ topP: 0.5 }), reasoningEffort: 'high' },
      'temperature, top_p and top_k of a model that thinks',
      false,
    ],
    [sampled({ stop: ['\n'] }), 'stop sequences of white space', true],
    [asked([{ kind: 'audio', base64: '', format: 'wav' }]), 'audio', true],
    [asked([file]), 'a file by its id at another vendor', true],
    [
      chat({
        messages: [
          { role: 'system', content: [{ kind: 'image', url: 'x', detail: null }], name: null },
          user,
        ],
      }),
      'what a system message shows',
      true,
    ],
    [said([{ kind: 'reasoning', text: 'x' }]), 'reasoning of earlier turns', false],
    [
      said([{ kind: 'opaque', format: 'openai-responses', value: {} }]),
      'results of hosted tools in earlier turns',
      true,
    ],
    [
      said([{ kind: 'tool-call', id: 'a', name: 'f', argumentsText: '{' }]),
      'arguments of a tool call that are no JSON object',
      false,
    ],
    [
      chat({ messages: [user, { role: 'system', content: [], name: null }] }),
      'place of a system message in the conversation',
      false,
    ],
    [
      chat({ messages: [user, { role: 'assistant', content: [], name: null }] }),
      'an assistant message at the end',
      true,
    ],
  ])('%#: %j', (request, what, changesMeaning) => {
    expect(losses(request)).toEqual([{ what, changesMeaning }])
  })

  it('is nothing of a plain request, nor of one that came in it', () => {
    expect(losses(aRequest({ text: 'Hi' }))).toEqual([])
    expect(losses({ ...chat({ extra: { x: 1 }, topLogprobs: 1 }), from: 'anthropic-messages' })).toEqual([])
  })
})
