/** Errors that the AI SDK knows as its own, by their marks: it need not be installed for them to be made. */

import type { FailureKind } from '../../domain/failure.ts'
import type { FairleadError } from '../fairlead-error.ts'

const mark = (error: Error, name: string, fields: object): Error =>
  Object.assign(error, fields, {
    name,
    [Symbol.for('vercel.ai.error')]: true,
    [Symbol.for(`vercel.ai.error.${name}`)]: true,
  })

export type CallErrorFields = {
  readonly message: string
  readonly url: string
  readonly requestBodyValues: unknown
  readonly statusCode?: number | undefined
  readonly responseHeaders?: Readonly<Record<string, string>> | undefined
  readonly responseBody?: string | undefined
  readonly isRetryable: boolean
  readonly data?: unknown
  readonly cause?: unknown
}

/** An `APICallError`. */
export const callError = ({ message, cause, ...fields }: CallErrorFields): Error =>
  mark(new Error(message, { cause }), 'AI_APICallError', fields)

/** An `UnsupportedFunctionalityError`. */
export const unsupported = (functionality: string, remedy: string): Error =>
  mark(new Error(`${functionality} is not supported. ${remedy}`), 'AI_UnsupportedFunctionalityError', {
    functionality,
  })

/** A `NoSuchModelError`. */
export const noSuchModel = (modelId: string, modelType: string): Error =>
  mark(
    new Error(`Fairlead routes language models, and has no ${modelType} ${modelId}.`),
    'AI_NoSuchModelError',
    {
      modelId,
      modelType,
    },
  )

/** Fairlead has tried again and elsewhere already: another try by the SDK helps only where waiting does. */
const passing: ReadonlySet<FailureKind> = new Set([
  'rate-limited',
  'timed-out',
  'unavailable',
  'overloaded',
  'truncated',
])

/** What went wrong in process; anything but a `FairleadError` (an abort's reason, a bug) stays as it is. */
export function inProcessError(error: unknown, requestBodyValues: unknown): unknown {
  if (!isFairleadError(error)) return error
  const { message, kind, code, param, status, retryAfterMs, decision } = error
  return callError({
    message,
    url: 'fairlead:in-process',
    requestBodyValues,
    statusCode: status,
    // Where the SDK looks for how long to wait.
    responseHeaders: retryAfterMs === null ? {} : { 'retry-after-ms': String(retryAfterMs) },
    isRetryable: passing.has(kind) && code !== 'closed',
    data: { kind, code, param, decision },
    cause: error,
  })
}

// By name: another copy of this package may have made it.
const isFairleadError = (error: unknown): error is FairleadError =>
  error instanceof Error && error.name === 'FairleadError'

export const isPassing = (kind: FailureKind): boolean => passing.has(kind)
