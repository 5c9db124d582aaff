import { type Failure, type FailureKind, failure } from '../../domain/failure.ts'
import { asObject, asText, isObject, type JsonObject, parsedJson } from '../lenient.ts'
import { retryAfterMs } from '../retry-after.ts'
import { vendorFailureMessage } from '../vendor-failure-message.ts'
import { failureKind, type VendorError } from './failure-kind.ts'

type Reply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** `now` is what a `retry-after` date is measured from; the reply's own `date` where it is not given. */
export function decodeFailure({ status, headers, body }: Reply, now: Date | null = null): Failure {
  const error = readError(parsedJson(body) ?? body)
  return toFailure(error.message === '' ? { ...error, message: body } : error, status, {
    vendorStatus: status,
    retryAfterMs: retryAfterMs(headers, now),
  })
}

/** The failure that a body tells of although the reply began with status 200, or `null`. */
export const failureInBody = (body: JsonObject): Failure | null =>
  body.error || body.type === 'error' ? failureOfError(body) : null

/** `error` is an error object, something that has one, or a text. */
export const failureOfError = (error: unknown): Failure => toFailure(readError(error), 200, {})

/** `{type: "error", error: {type, message}}`; `{message}` of proxies and clouds; a plain text. */
function readError(body: unknown): VendorError {
  if (!isObject(body)) return { message: asText(body), code: '', type: '', param: null }
  const error = isObject(body.error) ? body.error : body
  const details = asObject(error.details)
  const type = asText(error.type)
  return {
    message: asText(error.message) || asText(body.error) || asText(error.detail),
    code: asText(details.error_code) || asText(error.code),
    type: type === 'error' ? '' : type,
    param: typeof details.param === 'string' ? details.param.slice(0, 200) : null,
  }
}

function toFailure(
  error: VendorError,
  status: number,
  known: Partial<Pick<Failure, 'vendorStatus' | 'retryAfterMs'>>,
): Failure {
  const kind = failureKind(error, status)
  const code = codeOf(error, kind)
  const message = vendorFailureMessage(kind, known.vendorStatus ?? null, error.message, own)
  return failure(kind, message, { ...known, ...(code !== null && { code }), param: error.param })
}

/** The vendor's own code of a request at fault tells the client more than the table's; else the table's stays. */
function codeOf({ code, type }: VendorError, kind: FailureKind): string | null {
  if (kind === 'unavailable' && (type === 'not_found_error' || code === 'model_not_found'))
    return 'model_not_found'
  return kind === 'rejected' && /^[a-z][a-z_]{2,63}$/.test(code) ? code : null
}

/** Anthropic's accounts have credit, and no quota beside it. */
const own = {
  quota: {
    what: "The vendor's account has no credit left",
    remedy: 'Raise its limit, or use another vendor.',
  },
}
