import { type Failure, type FailureKind, statusOf } from '../../domain/failure.ts'

/** Anthropic's `type` of an error, by which clients decide whether to try again. */
const types: Readonly<Record<FailureKind, string>> = {
  'rate-limited': 'rate_limit_error',
  'timed-out': 'timeout_error',
  unavailable: 'api_error',
  overloaded: 'overloaded_error',
  'context-exceeded': 'invalid_request_error',
  'content-filtered': 'invalid_request_error',
  // The gateway's own key at a vendor, or its account there: nothing that the client could mend.
  credential: 'api_error',
  quota: 'api_error',
  rejected: 'invalid_request_error',
  truncated: 'api_error',
  unreadable: 'api_error',
  'budget-exhausted': 'billing_error',
  cancelled: 'api_error',
}

/** Of a request at fault the status tells which type it is. */
const typesOfStatus: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
}

/** The stable code stands where Anthropic's own client reads one: `error.details.error_code`. */
export function encodeFailure(failure: Failure) {
  const { kind, code, param } = failure
  const status = statusOf(failure)
  const type = typesOfStatus[status] ?? types[kind]
  const details = { error_code: code, ...(param !== null && { param }) }
  return {
    status,
    body: { type: 'error', error: { type, message: messageOf(failure), details }, request_id: null },
  }
}

/** Agents shorten their context when they read these words, and give up when they don't. */
const tooLong = 'prompt is too long'

const messageOf = ({ kind, message }: Failure): string =>
  kind === 'context-exceeded' && !message.includes(tooLong) ? `${tooLong}: ${message}` : message
