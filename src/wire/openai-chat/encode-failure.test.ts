import { describe, expect, it } from 'vitest'
import { failure } from '../../domain/failure.ts'
import { encodeFailure } from '../openai/encode-failure.ts'
import { encodeStreamFailure } from './stream-encoder.ts'

describe('a failure for a client', () => {
  it('has the shape of OpenAI and the status of the table', () => {
    const why = failure('rejected', 'temperature: expected a number.', {
      code: 'invalid_type',
      param: 'temperature',
    })
    expect(encodeFailure(why)).toEqual({
      status: 400,
      body: {
        error: {
          message: 'temperature: expected a number.',
          type: 'invalid_request_error',
          code: 'invalid_type',
          param: 'temperature',
        },
      },
    })
    expect(encodeFailure(failure('rate-limited', 'Wait.'))).toMatchObject({
      status: 429,
      body: { error: { type: 'rate_limit_error', code: 'rate_limit_exceeded', param: null } },
    })
    expect(encodeFailure(failure('credential', 'Check it.'))).toMatchObject({
      status: 502,
      body: { error: { type: 'server_error' } },
    })
  })

  it('in a stream is one event, and not the last word of a complete one', () => {
    expect(encodeStreamFailure(failure('truncated', 'Cut.'))).toBe(
      'data: {"error":{"message":"Cut.","type":"server_error","code":"upstream_truncated","param":null}}\n\n',
    )
  })
})
