import { describe, expect, test } from 'vitest'
import { afterStep, type Answer, kept, noAnswer, type Step, toldBy } from './answer.ts'

const after = (...steps: readonly Step[]): Answer => steps.reduce(afterStep, noAnswer)
const content = (text: string, at: number): Step => ({
  kind: 'event',
  at,
  data: JSON.stringify({ choices: [{ delta: { content: text } }] }),
})

describe('an answer', () => {
  test('grows with its stream, and knows when it began and ended', () => {
    const answer = after(
      { kind: 'event', at: 10, data: '{"choices":[{"delta":{"role":"assistant"}}]}' },
      content('Hel', 40),
      content('lo', 60),
      { kind: 'event', at: 70, data: '{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}' },
      { kind: 'event', at: 71, data: '[DONE]' },
      { kind: 'ended', at: 80 },
      { kind: 'priced', usd: 0.0001 },
    )
    expect(answer).toMatchObject({
      state: 'done',
      text: 'Hello',
      firstContentMs: 40,
      totalMs: 80,
      inputTokens: 7,
      outputTokens: 2,
      usd: 0.0001,
    })
  })

  test('that breaks off has failed, keeps what came, and does not look whole when its stream ends', () => {
    const answer = after(
      content('Hel', 1),
      { kind: 'event', at: 2, data: '{"error":{"message":"The vendor went away."}}' },
      { kind: 'ended', at: 3 },
    )
    expect(answer).toMatchObject({ state: 'failed', text: 'Hel', error: 'The vendor went away.' })
  })

  test.each(['no JSON', '7', 'null'])('fails on %s', (data) => {
    expect(after({ kind: 'event', at: 1, data }).state).toBe('failed')
  })

  test('that was stopped or refused says so', () => {
    expect(after(content('x', 1), { kind: 'stopped', at: 2 })).toMatchObject({ state: 'stopped', text: 'x' })
    expect(after({ kind: 'failed', message: 'no', at: 2 })).toMatchObject({ state: 'failed', error: 'no' })
  })

  test('of any length is bounded', () => {
    expect(after(content('x'.repeat(300_000), 1)).text).toHaveLength(200_000)
  })
})

test('headers tell of the decision', () => {
  const headers = new Headers({ 'x-fairlead-decision': 'd-1', 'x-fairlead-model': 'acme/small' })
  expect(after({ kind: 'headers', told: toldBy(headers) }).told).toEqual({
    decision: 'd-1',
    model: 'acme/small',
    reason: null,
    fallback: null,
  })
})

test('answers of models that are no longer wanted go', () => {
  const answers = new Map([
    ['a', 1],
    ['b', 2],
  ])
  expect([...kept(answers, ['b', 'c'])]).toEqual([['b', 2]])
})
