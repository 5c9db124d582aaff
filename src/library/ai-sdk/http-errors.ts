import { consequences, type FailureKind } from '../../domain/failure.ts'
import { asObject, asText, parsedJson } from '../../wire/lenient.ts'
import { callError, isPassing } from './call-error.ts'
import type { Sent } from './over-http.ts'

/** Fairlead's codes name the kind of failure, where it knows no more exact one. */
const kindOfCode: ReadonlyMap<string, FailureKind> = new Map(
  Object.entries(consequences).map(([kind, { code }]) => [code, kind as FailureKind]),
)

/** Codes and statuses of what waiting may mend; also those of proxies in between. */
function mayPass(code: string, status: number | undefined): boolean {
  const kind = kindOfCode.get(code)
  if (kind !== undefined) return isPassing(kind)
  return status !== undefined && (status === 408 || status === 409 || status === 429 || status >= 500)
}

export function failedReply({ url, body, response, headers }: Sent, text: string): Error {
  const { message, code, param } = asObject(asObject(parsedJson(text)).error)
  return callError({
    message: asText(message) || `${url} answered with ${response.status}.`,
    url,
    requestBodyValues: body,
    statusCode: response.status,
    responseHeaders: headers,
    responseBody: text,
    isRetryable: mayPass(asText(code), response.status),
    data: { kind: kindOfCode.get(asText(code)) ?? null, code: code ?? null, param: param ?? null },
  })
}

/** Of a stream that had begun. */
export const streamError = ({ url, body, response, headers }: Sent, message: string, code: string): Error =>
  callError({
    message,
    url,
    requestBodyValues: body,
    statusCode: response.status,
    responseHeaders: headers,
    isRetryable: mayPass(code, undefined),
    data: { kind: kindOfCode.get(code) ?? null, code, param: null },
  })

/** A connection that failed, or the reason why it was aborted. */
export function unreachableError(
  error: unknown,
  { url, body, signal }: { readonly url: string; readonly body: string; readonly signal: AbortSignal },
): unknown {
  if (signal.aborted) return signal.reason
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const why =
    cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : String(cause)
  return callError({
    message: `The connection to Fairlead at ${url} failed: ${why}`,
    url,
    requestBodyValues: body,
    isRetryable: true,
    cause: error,
  })
}
