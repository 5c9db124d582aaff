import { describe, expect, it } from 'vitest'
import { type FailureKind, failure } from '../../domain/failure.ts'
import { decodeFailure } from './decode-failure.ts'
import { encodeFailure } from './encode-failure.ts'

const read = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  decodeFailure({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) })

const error = (type: string, message: string, more: object = {}) => ({
  type: 'error',
  error: { type, message, ...more },
  request_id: 'req_1',
})

describe("a vendor's error reply", () => {
  it.each<[FailureKind, number, unknown]>([
    ['rejected', 400, error('invalid_request_error', 'messages.0.content: Field required')],
    [
      'rejected',
      400,
      error('invalid_request_error', 'This model does not support assistant message prefill.'),
    ],
    [
      'context-exceeded',
      400,
      error('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
    ],
    [
      'context-exceeded',
      400,
      error(
        'invalid_request_error',
        'input length and `max_tokens` exceed context limit: 195000 + 8192 > 200000, decrease input length or `max_tokens` and try again',
      ),
    ],
    [
      'context-exceeded',
      400,
      error(
        'invalid_request_error',
        'max_tokens: 200000 > 64000, which is the maximum allowed number of output tokens',
      ),
    ],
    ['context-exceeded', 413, error('request_too_large', 'Request exceeds the maximum size')],
    ['context-exceeded', 413, '<html><head><title>413 Request Entity Too Large</title></head></html>'],
    [
      'quota',
      400,
      error(
        'invalid_request_error',
        'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
      ),
    ],
    [
      'quota',
      400,
      error(
        'invalid_request_error',
        'You have reached your specified API usage limits. You will regain access on 2026-12-01.',
      ),
    ],
    ['quota', 402, error('billing_error', 'There is an issue with your billing.')],
    ['content-filtered', 400, error('invalid_request_error', 'Output blocked by content filtering policy')],
    [
      'content-filtered',
      400,
      error(
        'invalid_request_error',
        'Claude is unable to respond to this request, which appears to violate our Usage Policy.',
      ),
    ],
    ['credential', 401, error('authentication_error', 'invalid x-api-key')],
    [
      'credential',
      403,
      error('permission_error', 'Your API key does not have permission to use the specified resource.'),
    ],
    ['credential', 400, error('invalid_request_error', 'This organization has been disabled.')],
    ['unavailable', 404, error('not_found_error', 'model: claude-9')],
    [
      'rate-limited',
      429,
      error('rate_limit_error', 'This request would exceed the rate limit of your organization'),
    ],
    ['unavailable', 500, error('api_error', 'Internal server error')],
    ['overloaded', 529, error('overloaded_error', 'Overloaded')],
    ['timed-out', 504, error('timeout_error', 'Request timed out')],
    // Clouds, compatible vendors, proxies
    ['overloaded', 500, error('api_error', 'The service is overloaded')],
    ['rate-limited', 400, error('rate_limit_error', 'Slow down')],
    ['rejected', 400, { message: 'Malformed input request' }],
    ['context-exceeded', 400, { message: 'Input is too long for requested model.' }],
    ['rate-limited', 429, { error: { message: 'Too many', code: 'rate_limit_exceeded' } }],
    ['quota', 429, { error: { message: 'No.', code: 'insufficient_quota' } }],
    ['unavailable', 502, '<html><head><title>502 Bad Gateway</title></head></html>'],
    ['rejected', 400, error('constructor', 'No.', { code: 'toString' })],
    ['overloaded', 529, ''],
    ['overloaded', 503, ''],
    ['timed-out', 524, ''],
    ['rate-limited', 429, ''],
    ['credential', 403, ''],
    ['rejected', 422, ''],
    ['unavailable', 302, ''],
  ])('is %s at %i: %j', (kind, status, body) => {
    expect(read(status, body)).toMatchObject({ kind, vendorStatus: status })
  })

  it('says what happened, in the words of the vendor with its numbers, and what to do', () => {
    const long = error('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum')
    expect(read(400, long).message).toBe(
      'The request is too large for the model (HTTP 400): prompt is too long: 210000 tokens > 200000 maximum. Shorten it, or use a model with a larger context window.',
    )
    expect(read(504, '').message).toBe('The vendor did not answer in time (HTTP 504). Try again.')
  })

  it('never repeats a key, nor very much', () => {
    const { message } = read(
      401,
      error('authentication_error', `invalid sk-ant-api03-12345678 ${'bla '.repeat(900)}`),
    )
    expect(message).not.toContain('12345678')
    expect(message.length).toBeLessThan(700)
  })

  it("keeps the vendor's code where the request is at fault", () => {
    const details = { error_code: 'tool_name_conflict' }
    expect(read(400, error('invalid_request_error', 'No.', { details }))).toMatchObject({
      kind: 'rejected',
      code: 'tool_name_conflict',
    })
    expect(read(404, error('not_found_error', 'model: x'))).toMatchObject({ code: 'model_not_found' })
  })

  it.each([
    [{ 'retry-after': '3' }, 3000],
    [{ 'retry-after': 'Wed, 01 Jul 2026 12:00:30 GMT', date: 'Wed, 01 Jul 2026 12:00:00 GMT' }, 30_000],
    [{}, null],
  ])('asks for a wait in %j', (headers, expected) => {
    expect(read(429, error('rate_limit_error', 'Slow down'), headers).retryAfterMs).toBe(expected)
  })
})

describe('a failure for a client', () => {
  it.each([
    [
      failure('rejected', 'No.', { code: 'invalid_type', param: 'top_k' }),
      400,
      'invalid_request_error',
      'invalid_type',
    ],
    [failure('rejected', 'No.', { code: 'model_not_found' }), 404, 'not_found_error', 'model_not_found'],
    [failure('rejected', 'No.', { code: 'body_too_large' }), 413, 'request_too_large', 'body_too_large'],
    [failure('rate-limited', 'Wait.'), 429, 'rate_limit_error', 'rate_limit_exceeded'],
    [failure('overloaded', 'Full.'), 503, 'overloaded_error', 'upstream_overloaded'],
    [failure('credential', 'Check it.'), 502, 'api_error', 'upstream_credential'],
    [failure('budget-exhausted', 'Spent.'), 402, 'billing_error', 'budget_exhausted'],
    [failure('timed-out', 'Late.'), 504, 'timeout_error', 'upstream_timeout'],
  ])('%j has the shape of Anthropic, and the code where its client looks', (why, status, type, code) => {
    const { status: found, body } = encodeFailure(why)
    expect(found).toBe(status)
    expect(body).toEqual({
      type: 'error',
      error: {
        type,
        message: why.message,
        details: { error_code: code, ...(why.param && { param: why.param }) },
      },
      request_id: null,
    })
  })

  it('of too long a prompt has the words by which agents know it, once', () => {
    const messageOf = (message: string) =>
      encodeFailure(failure('context-exceeded', message)).body.error.message
    expect(messageOf('5 tokens over.')).toBe('prompt is too long: 5 tokens over.')
    expect(messageOf('prompt is too long: 9 > 5.')).toBe('prompt is too long: 9 > 5.')
  })
})
