import { type Failure, type FailureKind, failure } from '../../domain/failure.ts'
import { type JsonObject, parsedJson } from '../lenient.ts'
import { retryAfterMs } from '../retry-after.ts'
import { vendorText } from '../vendor-text.ts'
import { failureKind } from './failure-kind.ts'
import { readVendorError, type VendorError } from './vendor-error.ts'

type Reply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** `now` is what a `retry-after` date is measured from; the reply's own `date` where it is not given. */
export function decodeFailure({ status, headers, body }: Reply, now: Date | null = null): Failure {
  const read = readVendorError(parsedJson(body) ?? body)
  const error = read.message === '' ? { ...read, message: body } : read
  const asked = retryAfterMs(headers, now) ?? error.retryAfterMs
  return toFailure(error, status, asked, status)
}

/** The failure that a body, a chunk or a choice tells of although the reply began with status 200, or `null`. */
export const failureInBody = (body: JsonObject): Failure | null =>
  body.error || body.object === 'error' ? failureOfError(body) : null

/** `error` is an error object, something that has one, or a text. */
export function failureOfError(error: unknown): Failure {
  const read = readVendorError(error)
  return toFailure(read, read.status ?? 200, read.retryAfterMs, read.status)
}

function toFailure(
  error: VendorError,
  status: number,
  askedMs: number | null,
  vendorStatus: number | null,
): Failure {
  const kind = failureKind(error, status)
  const code = codeOf(error, kind, status)
  return failure(kind, messageOf(kind, vendorStatus, error.message), {
    ...(code !== null && { code }),
    vendorStatus,
    retryAfterMs: askedMs,
    param: error.param,
  })
}

/** The vendor's own code of a request at fault tells the client more than the table's; else the table's stays. */
function codeOf({ words }: VendorError, kind: FailureKind, status: number): string | null {
  if (kind === 'unavailable' && (status === 404 || words.includes('model_not_found')))
    return 'model_not_found'
  if (kind !== 'rejected') return null
  return words.find((word) => /^[a-z][a-z_]{2,63}$/.test(word) && word !== 'invalid_request_error') ?? null
}

const explanations: Readonly<Record<FailureKind, { readonly what: string; readonly remedy: string }>> = {
  'rate-limited': { what: 'The vendor limits the rate of requests', remedy: 'Send fewer, or wait.' },
  'timed-out': { what: 'The vendor did not answer in time', remedy: 'Try again.' },
  unavailable: { what: 'The vendor could not serve the model', remedy: 'Try again, or use another model.' },
  overloaded: { what: 'The vendor has no capacity left', remedy: 'Try again later, or use another model.' },
  'context-exceeded': {
    what: 'The request is too large for the model',
    remedy: 'Shorten it, or use a model with a larger context window.',
  },
  'content-filtered': {
    what: "The vendor's content filter refused the prompt",
    remedy: 'Change the prompt.',
  },
  credential: {
    what: "The vendor refused Fairlead's key",
    remedy: 'Check the key that is configured for this vendor.',
  },
  quota: {
    what: "The vendor's account has no credit or quota left",
    remedy: 'Raise its limit, or use another vendor.',
  },
  rejected: {
    what: 'The vendor rejected the request',
    remedy: 'Mend the request; it was not tried elsewhere.',
  },
  truncated: { what: 'The vendor broke its answer off', remedy: 'Try again.' },
  unreadable: { what: "The vendor's reply can't be read", remedy: 'Check its base URL.' },
  'budget-exhausted': { what: 'The budget is used up', remedy: 'Raise it.' },
  cancelled: { what: 'The request was cancelled', remedy: 'Send it again.' },
}

function messageOf(kind: FailureKind, vendorStatus: number | null, text: string): string {
  const { what, remedy } = explanations[kind]
  const status = vendorStatus === null ? '' : ` (HTTP ${vendorStatus})`
  const said = vendorText(text)
  const quoted = said === '' ? '' : `: ${said}`
  const stop = /[.!?…]$/.test(quoted) ? '' : '.'
  return `${what}${status}${quoted}${stop} ${remedy}`
}
