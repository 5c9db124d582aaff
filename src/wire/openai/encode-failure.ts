import { type Failure, type FailureKind, statusOf } from '../../domain/failure.ts'

/** OpenAI's `type` of an error, by which some clients decide whether to try again. */
const types: Readonly<Record<FailureKind, string>> = {
  'rate-limited': 'rate_limit_error',
  'timed-out': 'server_error',
  unavailable: 'server_error',
  overloaded: 'server_error',
  'context-exceeded': 'invalid_request_error',
  'content-filtered': 'invalid_request_error',
  // The gateway's own key at a vendor, or its account there: nothing that the client could mend.
  credential: 'server_error',
  quota: 'server_error',
  rejected: 'invalid_request_error',
  truncated: 'server_error',
  unreadable: 'server_error',
  'budget-exhausted': 'insufficient_quota',
  cancelled: 'request_cancelled',
}

export const encodeFailure = (failure: Failure) => {
  const { kind, message, code, param } = failure
  return { status: statusOf(failure), body: { error: { message, type: types[kind], code, param } } }
}
