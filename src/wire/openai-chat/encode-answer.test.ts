import { expect, it } from 'vitest'
import { anAnswer } from '../../../test/support/builders.ts'
import { anEnvelope } from '../../../test/support/wire-arbitraries.ts'
import { encodeAnswer } from './encode-answer.ts'

it('an answer is written as OpenAI writes it', () => {
  const call = { kind: 'tool-call', id: 'c1', name: 'add', argumentsText: '{"a":1}' } as const
  const answer = anAnswer({
    parts: [{ kind: 'text', text: 'Pa' }, { kind: 'text', text: 'ris' }, call],
    finish: { kind: 'tool-calls', raw: 'tool_use' },
    logprobs: [{ token: 'é', logprob: -0.5, top: [{ token: 'e', logprob: Number.NEGATIVE_INFINITY }] }],
  })
  expect(encodeAnswer(answer, anEnvelope())).toEqual({
    id: 'chatcmpl-d1',
    object: 'chat.completion',
    created: 1_751_500_800,
    model: 'acme/small',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'Paris',
          refusal: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }],
        },
        logprobs: {
          content: [
            {
              token: 'é',
              logprob: -0.5,
              bytes: [195, 169],
              top_logprobs: [{ token: 'e', logprob: -9999, bytes: [101] }],
            },
          ],
          refusal: null,
        },
        finish_reason: 'tool_calls',
      },
    ],
    usage: {
      prompt_tokens: 12,
      completion_tokens: 2,
      total_tokens: 14,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
  })
})

it('an answer without text has null for content', () => {
  const body = encodeAnswer(anAnswer({ parts: [{ kind: 'refusal', text: 'No.' }] }), anEnvelope())
  expect(body).toMatchObject({ choices: [{ message: { content: null, refusal: 'No.' }, logprobs: null }] })
})
