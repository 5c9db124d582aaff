import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shownText, withoutCredentials } from './without-credentials.ts'

const hidden = 'zQ7-hidden'

describe('credentials', () => {
  it.each([
    [`postgres://fairlead:${hidden}@db.example:5432/x`, 'postgres://fairlead:[secret]@db.example:5432/x'],
    [`redis://:${hidden}@redis/0`, 'redis://:[secret]@redis/0'],
    [`https://me:${hidden}@with@host/`, 'https://me:[secret]@host/'],
    [
      `GET https://x.example/v1?a=b&api_key=${hidden}&c=d`,
      'GET https://x.example/v1?a=b&api_key=[secret]&c=d',
    ],
    [`https://x.example/?token=${hidden}#top`, 'https://x.example/?token=[secret]#top'],
    [`the key fl-0123456789abcdef${hidden} is unknown`, 'the key [secret] is unknown'],
    [`signed by whsec_MDEyMzQ1Njc4OWFiY2RlZg==`, 'signed by [secret]'],
  ])('are taken out of %s', (text, clean) => {
    expect(withoutCredentials(text)).toBe(clean)
  })

  it('are taken out of JSON in JSON in JSON, whatever their text', () => {
    const names = fc.constantFrom('authorization', 'x-api-key', 'api_key', 'password', 'Proxy-Authorization')
    const value = fc.stringMatching(/^[ -~]{0,10}$/).map((around) => `${around}${hidden}${around}`)
    fc.assert(
      fc.property(names, value, fc.integer({ min: 0, max: 4 }), (name, credential, depth) => {
        let text = JSON.stringify({ before: 'kept-before', [name]: credential, after: 'kept-after' })
        for (let level = 0; level < depth; level++) text = JSON.stringify({ body: text })
        const clean = withoutCredentials(text)
        expect(clean).not.toContain(hidden)
        expect(clean).toContain('kept-before')
        expect(clean).toContain('kept-after')
        let read: unknown = JSON.parse(clean)
        for (let level = 0; level < depth; level++) read = JSON.parse((read as { body: string }).body)
        expect(read).toMatchObject({ [name]: '[secret]' })
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    'see https://docs.example/guide:1 and mail me@example.com',
    'the time is 10:30, ratio 3:4@noon',
    'https://x.example/?page=2&sort=price',
    'model openai/gpt-5-mini, key takeaways, fl-aps',
  ])('are not seen in %s', (text) => {
    expect(withoutCredentials(text)).toBe(text)
  })

  it.each([
    'a.'.repeat(200_000),
    '\\"'.repeat(200_000),
    `${'\\'.repeat(200_000)}"`,
    '"password":"'.repeat(30_000),
    'sk-'.repeat(100_000),
    '\\"password\\":\\"'.repeat(20_000),
    'a://'.repeat(100_000),
    '"x-'.repeat(100_000),
    // Work that grows with the square of the length would outlast the test's time limit.
  ])('are looked for in time in a text that is made to take long (%#)', (text) => {
    expect(withoutCredentials(text).length).toBeLessThanOrEqual(2 * text.length)
  })
})

describe('what a client says of itself', () => {
  it('is shown no longer than a name, and without a credential', () => {
    expect(shownText('u-17')).toBe('u-17')
    expect(shownText('x'.repeat(10_000_000))).toBe(`${'x'.repeat(256)}…`)
    expect(shownText(`sk-live-0123456789abcdef${hidden}`)).toBe('[secret]')
    expect(shownText(null)).toBeNull()
  })
})
