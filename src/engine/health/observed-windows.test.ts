import { describe, expect, test } from 'vitest'
import { aModel } from '../../../test/support/builders.ts'
import { createObservedWindows, windowIn } from './observed-windows.ts'

describe('the window that a refusal names', () => {
  test.each([
    ["This model's maximum context length is 8192 tokens. However, you requested 9000 tokens", 8192],
    ['prompt is too long: 205000 tokens > 200000 maximum', 200_000],
    ['The input token count (2000000) exceeds the maximum number of tokens allowed (1048575).', 1_048_575],
    ["This model's maximum prompt length is 131072 but the request contains 137500 tokens.", 131_072],
    ['the request exceeds the available context size (4096 tokens)', 4096],
    ['context window of 32,768 tokens', 32_768],
  ])('%s', (message, tokens) => {
    expect(windowIn(message)).toBe(tokens)
  })

  test.each([
    'max_tokens is too large: 100000. This model supports at most 16384 completion tokens',
    'Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 40000',
    'prompt too long',
    'context length 12',
  ])('is not guessed at: %s', (message) => {
    expect(windowIn(message)).toBeNull()
  })
})

describe('observed windows', () => {
  const model = aModel({ contextWindow: 100_000 })
  const long = "This model's maximum context length is 8192 tokens"

  test('take the place of larger ones of the catalogue, for a day', () => {
    let now = 0
    const windows = createObservedWindows(() => now)
    expect(windows.of(model)).toBe(100_000)
    windows.learn(model, long)
    expect(windows.of(model)).toBe(8192)
    now = 25 * 3_600_000
    expect(windows.of(model)).toBe(100_000)
  })

  test('never make a window larger', () => {
    const windows = createObservedWindows(() => 0)
    windows.learn(aModel({ contextWindow: 4096 }), long)
    expect(windows.of(aModel({ contextWindow: 4096 }))).toBe(4096)
  })
})
