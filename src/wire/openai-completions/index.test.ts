import { describe, expect, test } from 'vitest'
import { anAnswer } from '../../../test/support/builders.ts'
import { failure } from '../../domain/failure.ts'
import { textOf } from '../../domain/request.ts'
import { openaiCompletions } from './index.ts'

const envelope = { id: 'one', created: 7, model: 'small' }
const decode = (body: unknown) => openaiCompletions.decodeRequest(body)
const decoded = (body: object) => {
  const read = decode({ model: 'auto', ...body })
  if (read.kind === 'failed') throw new Error(read.failure.message)
  return read.value
}

describe('a request', () => {
  test('its prompt is what a user says, and the older default length holds', () => {
    const { request, model } = decoded({ prompt: 'Once upon', temperature: 0, stop: '\n' })
    expect(model).toBe('auto')
    expect(request.messages.map(textOf)).toEqual(['Once upon'])
    expect(request.sampling).toMatchObject({ temperature: 0, stop: ['\n'], maxOutputTokens: 16 })
    expect(decoded({ prompt: ['Once upon'], max_tokens: 5 }).request.sampling.maxOutputTokens).toBe(5)
  })

  test('usage of a stream comes to who asks for it', () => {
    expect(decoded({ prompt: 'a', stream: true }).usageWanted).toBe(false)
    expect(decoded({ prompt: 'a', stream: true, stream_options: { include_usage: true } }).usageWanted).toBe(
      true,
    )
  })

  test.each([
    ['no prompt', {}, /prompt: .*string/],
    ['several prompts', { prompt: ['a', 'b'] }, /several requests/],
    ['tokens', { prompt: [1, 2, 3] }, /text in the place of tokens/],
    ['an empty prompt', { prompt: '' }, /empty/],
    ['a middle to fill in', { prompt: 'a', suffix: 'b' }, /suffix.*middle/],
    ['an echo', { prompt: 'a', echo: true }, /echo/],
    ['several answers', { prompt: 'a', n: 2 }, /n: one answer/],
    ['log probabilities', { prompt: 'a', logprobs: 3 }, /chat\/completions/],
    ['no object', [], /JSON object/],
  ])('%s is refused with what to do', (_, body, message) => {
    const read = decode(Array.isArray(body) ? body : { model: 'auto', ...body })
    expect(read).toMatchObject({ kind: 'failed', failure: { kind: 'rejected' } })
    expect(read.kind === 'failed' && read.failure.message).toMatch(message)
  })

  test('what changes nothing is no fault', () => {
    expect(decode({ model: 'auto', prompt: 'a', best_of: 1, echo: false, logit_bias: {} }).kind).toBe(
      'decoded',
    )
  })
})

test('an answer is a text completion', () => {
  expect(openaiCompletions.encodeAnswer(anAnswer({ text: 'a time' }), envelope)).toMatchObject({
    id: 'cmpl-one',
    object: 'text_completion',
    created: 7,
    model: 'small',
    choices: [{ text: 'a time', index: 0, logprobs: null, finish_reason: 'stop' }],
    usage: { total_tokens: expect.any(Number) },
  })
})

test('a stream is text, a finish reason, usage where it was asked for, and an end', () => {
  const { part, end } = openaiCompletions.encodeStream(envelope, { usage: true })
  const { usage, finish } = anAnswer()
  const text =
    part({ kind: 'start', model: 'small' }) +
    part({ kind: 'reasoning-delta', text: 'hm' }) +
    part({ kind: 'text-delta', text: 'a time' }) +
    part({ kind: 'finish', finish }) +
    part({ kind: 'usage', usage }) +
    end()
  const events = text
    .trim()
    .split('\n\n')
    .map((line) => line.slice('data: '.length))
  expect(events.at(-1)).toBe('[DONE]')
  const chunks = events.slice(0, -1).map((json) => JSON.parse(json))
  expect(chunks.map(({ choices }) => choices[0]?.text)).toEqual(['a time', '', undefined])
  expect(chunks[1].choices[0].finish_reason).toBe('stop')
  expect(chunks[2].usage.total_tokens).toBeGreaterThan(0)
})

test('a stream that failed has no end', () => {
  const text = openaiCompletions.encodeStreamFailure(failure('truncated', 'It broke off.'))
  expect(text).toContain('It broke off.')
  expect(text).not.toContain('[DONE]')
})
