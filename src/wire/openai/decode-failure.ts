import { type Failure, type FailureKind, failure } from '../../domain/failure.ts'
import { type JsonObject, parsedJson } from '../lenient.ts'
import { retryAfterMs } from '../retry-after.ts'
import { vendorFailureMessage } from '../vendor-failure-message.ts'
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
  return failure(kind, vendorFailureMessage(kind, vendorStatus, error.message), {
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
