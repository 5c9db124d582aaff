import { describe, expect, test } from 'vitest'
import { headroomOf } from './rate-limit-headers.ts'

const now = new Date('2026-11-24T12:00:00Z')
const read = (headers: Readonly<Record<string, string>>) => headroomOf(headers, { wall: () => now })

describe('the headroom that a reply tells', () => {
  test('is that of the tightest limit', () => {
    expect(
      read({
        'x-ratelimit-limit-requests': '100',
        'x-ratelimit-remaining-requests': '90',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-limit-tokens': '1000',
        'x-ratelimit-remaining-tokens': '250',
        'x-ratelimit-reset-tokens': '6m0s',
      }),
    ).toEqual({ share: 0.25, renewsInMs: 360_000 })
  })

  test('is read of the other family of names as well, whose resets are dates', () => {
    expect(
      read({
        'anthropic-ratelimit-input-tokens-limit': '50000',
        'anthropic-ratelimit-input-tokens-remaining': '5000',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-24T12:00:30Z',
      }),
    ).toEqual({ share: 0.1, renewsInMs: 30_000 })
  })

  test.each([
    ['20', 20_000],
    ['1795521610', 10_000],
    ['1795521610000', 10_000],
    ['soon', 60_000],
  ])('renews after %s', (reset, renewsInMs) => {
    expect(
      read({
        'x-ratelimit-limit-requests': '10',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': reset,
      }),
    ).toEqual({ share: 0, renewsInMs })
  })

  test.each([
    {},
    { 'x-ratelimit-remaining-requests': '5' },
    { 'x-ratelimit-remaining-requests': 'many', 'x-ratelimit-limit-requests': '10' },
    { 'x-ratelimit-remaining-requests': '-1', 'x-ratelimit-limit-requests': '10' },
    { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-limit-requests': '0' },
  ])('is not known of %j', (headers) => {
    expect(read(headers as Record<string, string>)).toBeNull()
  })
})
