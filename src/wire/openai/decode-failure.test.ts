import { describe, expect, it } from 'vitest'
import type { FailureKind } from '../../domain/failure.ts'
import { decodeFailure } from './decode-failure.ts'

const read = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  decodeFailure({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) })

const error = (message: string, more: object = {}) => ({ error: { message, ...more } })

describe("a vendor's error reply", () => {
  it.each<[FailureKind, number, unknown]>([
    // OpenAI
    [
      'context-exceeded',
      400,
      error("This model's maximum context length is 128000 tokens.", {
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      }),
    ],
    [
      'quota',
      429,
      error('You exceeded your current quota, please check your plan and billing details.', {
        type: 'insufficient_quota',
        code: 'insufficient_quota',
      }),
    ],
    [
      'credential',
      401,
      error('Incorrect API key provided: sk-abc.', {
        type: 'invalid_request_error',
        code: 'invalid_api_key',
      }),
    ],
    [
      'rate-limited',
      429,
      error('Rate limit reached for gpt-4o', { type: 'tokens', code: 'rate_limit_exceeded' }),
    ],
    [
      'context-exceeded',
      429,
      error('Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 40000.', {
        type: 'tokens',
        code: 'rate_limit_exceeded',
      }),
    ],
    [
      'content-filtered',
      400,
      error('Your request was rejected as a result of our safety system.', {
        code: 'content_policy_violation',
      }),
    ],
    [
      'content-filtered',
      400,
      error('Invalid prompt: your prompt was flagged as potentially violating our usage policy.', {
        code: 'invalid_prompt',
      }),
    ],
    [
      'unavailable',
      404,
      error('The model `x` does not exist or you do not have access to it.', { code: 'model_not_found' }),
    ],
    ['unavailable', 500, error('The server had an error', { type: 'server_error' })],
    [
      'rejected',
      400,
      error("Unsupported value: 'temperature'", {
        type: 'invalid_request_error',
        param: 'temperature',
        code: 'unsupported_value',
      }),
    ],
    [
      'rejected',
      400,
      error("Invalid schema for response_format 'x': In context=(), 'additionalProperties' is required.", {
        type: 'invalid_request_error',
      }),
    ],
    [
      'context-exceeded',
      400,
      error('max_tokens is too large: 50000. This model supports at most 16384 completion tokens.', {
        code: 'invalid_value',
      }),
    ],
    // Azure
    [
      'content-filtered',
      400,
      error(
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        { code: 'content_filter', status: 400, innererror: { code: 'ResponsibleAIPolicyViolation' } },
      ),
    ],
    [
      'unavailable',
      404,
      error('The API deployment for this resource does not exist.', { code: 'DeploymentNotFound' }),
    ],
    // Groq
    [
      'context-exceeded',
      413,
      error('Request too large for model `m` on tokens per minute', {
        type: 'tokens',
        code: 'rate_limit_exceeded',
      }),
    ],
    [
      'context-exceeded',
      400,
      error('Please reduce the length of the messages or completion.', { type: 'invalid_request_error' }),
    ],
    ['overloaded', 498, error('Flex tier capacity exceeded')],
    ['unavailable', 400, error('The model `m` has been decommissioned', { code: 'model_decommissioned' })],
    // Mistral
    [
      'rate-limited',
      429,
      { object: 'error', message: 'Rate limit exceeded', type: 'rate_limited', param: null, code: '1300' },
    ],
    [
      'overloaded',
      429,
      {
        object: 'error',
        message: 'Service tier capacity exceeded for this model.',
        type: 'service_tier_capacity_exceeded',
        code: '3505',
      },
    ],
    [
      'context-exceeded',
      400,
      {
        object: 'error',
        message:
          'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
        type: 'invalid_request_prompt',
        code: '3051',
      },
    ],
    ['credential', 401, { detail: 'Unauthorized' }],
    [
      'rejected',
      422,
      {
        object: 'error',
        message: { detail: [{ type: 'missing', loc: ['body', 'messages'], msg: 'Field required' }] },
        type: 'invalid_request_error',
      },
    ],
    // DeepSeek
    ['quota', 402, error('Insufficient Balance', { type: 'unknown_error', code: 'invalid_request_error' })],
    [
      'credential',
      401,
      error('Authentication Fails (no such user)', {
        type: 'authentication_error',
        code: 'invalid_request_error',
      }),
    ],
    ['content-filtered', 400, error('Content Exists Risk', { type: 'invalid_request_error' })],
    // Together, Fireworks
    [
      'context-exceeded',
      422,
      error('Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193.', {
        type: 'invalid_request_error',
      }),
    ],
    [
      'context-exceeded',
      400,
      error('The prompt is too long: 140000, model maximum context length: 131071', {
        object: 'error',
        type: 'invalid_request_error',
      }),
    ],
    ['overloaded', 503, error('The engine is overloaded', { type: 'service_unavailable' })],
    // xAI
    [
      'credential',
      400,
      { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***bc.' },
    ],
    [
      'quota',
      403,
      {
        code: 'The caller does not have permission',
        error: 'Your team has either used all available credits or reached its monthly spending limit.',
      },
    ],
    [
      'context-exceeded',
      400,
      {
        code: 'Client specified an invalid argument',
        error: "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
      },
    ],
    [
      'content-filtered',
      403,
      {
        code: 'The caller does not have permission',
        error: 'Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_CSAM',
      },
    ],
    // Gemini's compatible endpoint
    [
      'rate-limited',
      429,
      [
        error('You exceeded your current quota, please check your plan and billing details.', {
          code: 429,
          status: 'RESOURCE_EXHAUSTED',
        }),
      ],
    ],
    [
      'credential',
      400,
      [
        error('API key not valid. Please pass a valid API key.', {
          code: 400,
          status: 'INVALID_ARGUMENT',
          details: [{ reason: 'API_KEY_INVALID' }],
        }),
      ],
    ],
    [
      'context-exceeded',
      400,
      [
        error('The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).', {
          code: 400,
          status: 'INVALID_ARGUMENT',
        }),
      ],
    ],
    [
      'overloaded',
      503,
      [error('The model is overloaded. Please try again later.', { code: 503, status: 'UNAVAILABLE' })],
    ],
    // OpenRouter
    ['quota', 402, error('This request requires more credits, or fewer max_tokens.', { code: 402 })],
    [
      'content-filtered',
      403,
      error('m requires moderation', { code: 403, metadata: { reasons: ['violence'], flagged_input: 'x' } }),
    ],
    [
      'context-exceeded',
      400,
      error('Provider returned error', {
        code: 400,
        metadata: { raw: '{"error":{"message":"maximum context length is 8192"}}', provider_name: 'P' },
      }),
    ],
    ['unavailable', 404, error('No endpoints found matching your data policy.', { code: 404 })],
    // Ollama, vLLM, llama.cpp, sglang
    ['unavailable', 404, { error: 'model "llama9" not found, try pulling it first' }],
    [
      'context-exceeded',
      400,
      {
        object: 'error',
        message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
        type: 'BadRequestError',
        param: null,
        code: 400,
      },
    ],
    [
      'context-exceeded',
      400,
      error('the request exceeds the available context size, try increasing it', {
        code: 400,
        type: 'exceed_context_size_error',
        n_ctx: 4096,
      }),
    ],
    [
      'context-exceeded',
      400,
      {
        object: 'error',
        message: "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
        code: 400,
      },
    ],
    ['overloaded', 503, error('Loading model', { code: 503, type: 'unavailable_error' })],
    // Proxies and bare statuses
    ['unavailable', 502, '<html><head><title>502 Bad Gateway</title></head></html>'],
    ['context-exceeded', 413, '<html><head><title>413 Request Entity Too Large</title></head></html>'],
    ['timed-out', 504, ''],
    ['timed-out', 408, ''],
    ['timed-out', 524, 'error code: 524'],
    ['overloaded', 529, {}],
    ['rate-limited', 429, ''],
    ['credential', 403, ''],
    ['rejected', 400, ''],
    ['rejected', 418, ''],
    ['unavailable', 302, ''],
  ])('is %s at %i: %j', (kind, status, body) => {
    expect(read(status, body)).toMatchObject({ kind, vendorStatus: status })
  })

  it('says what happened, in the words of the vendor, and what to do', () => {
    expect(read(429, error('Slow down', { type: 'rate_limit_error' })).message).toBe(
      'The vendor limits the rate of requests (HTTP 429): Slow down. Send fewer, or wait.',
    )
    expect(read(502, '<html><title>Bad Gateway</title>').message).toContain('a web page titled "Bad Gateway"')
    expect(read(504, '').message).toBe('The vendor did not answer in time (HTTP 504). Try again.')
    expect(read(400, { unknown: 'shape' }).message).toContain('{"unknown":"shape"}')
  })

  it('never repeats a key, nor very much', () => {
    const { message } = read(
      401,
      error(`Incorrect API key provided: sk-proj-1234567890. ${'blah '.repeat(1000)}`),
    )
    expect(message).not.toContain('1234567890')
    expect(message.length).toBeLessThan(700)
  })

  it("keeps the vendor's param, and its code where the request is at fault", () => {
    const body = error("Unsupported value: 'temperature'", {
      param: 'temperature',
      code: 'unsupported_value',
    })
    expect(read(400, body)).toMatchObject({ param: 'temperature', code: 'unsupported_value' })
    expect(read(400, error('No.', { type: 'invalid_request_error' }))).toMatchObject({
      code: 'invalid_request',
    })
    expect(read(401, error('No.', { code: 'invalid_api_key' }))).toMatchObject({
      code: 'upstream_credential',
    })
    expect(read(404, error('No.', { code: 'model_not_found' }))).toMatchObject({ code: 'model_not_found' })
  })

  it.each([
    ['a header', { 'retry-after': '3' }, error('Slow down'), 3000],
    ['a sentence', {}, error('Rate limit reached. Please try again in 1m2.5s. Visit us.'), 62_500],
    ['a sentence in milliseconds', {}, error('Please try again in 20ms.'), 20],
    ['a detail', {}, [error('Quota', { details: [{ reason: 'x' }, { retryDelay: '23s' }] })], 23_000],
    ['the header before the sentence', { 'retry-after-ms': '5' }, error('Please try again in 9s.'), 5],
    ['nowhere', {}, error('Slow down'), null],
  ])('asks for a wait in %s', (_, headers, body, expected) => {
    expect(read(429, body, headers).retryAfterMs).toBe(expected)
  })

  it('is measured from a given time where the wait is a date', () => {
    const headers = { 'retry-after': 'Wed, 01 Jul 2026 12:00:30 GMT' }
    const now = new Date('2026-07-01T12:00:00Z')
    expect(decodeFailure({ status: 503, headers, body: '' }, now).retryAfterMs).toBe(30_000)
  })
})
