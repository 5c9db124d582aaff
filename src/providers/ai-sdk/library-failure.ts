/** Names what a provider package throws. Its errors are known by their names: the package may have a copy of its own of them. */

import { type Failure, failure } from '../../domain/failure.ts'
import type { Exchange } from '../../domain/transport.ts'
import type { Target, VendorLibrary } from '../../domain/vendor.ts'
import { asObject, asText, isObject } from '../../wire/lenient.ts'
import { failureOfError } from '../../wire/openai/decode-failure.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'
import { bodyFailure, sendFailure } from '../network-failure.ts'

/** A failure that has its name already, on its way out of a body. */
export class LibraryFailure extends Error {
  override readonly name = 'LibraryFailure'
  readonly failure: Failure

  constructor(named: Failure) {
    super(named.message)
    this.failure = named
  }
}

/** Before any reply: a vendor's refusal is a reply with its status, its own body and headers. */
export function exchangeOfError(error: unknown, target: Target, library: VendorLibrary): Exchange {
  const { statusCode, responseBody, responseHeaders } = asObject(error)
  if (nameOf(error) !== 'APICallError' || typeof statusCode !== 'number' || statusCode < 400)
    return { kind: 'failed', failure: failureOfThrown(error, target, library) }
  const body = asText(responseBody) || JSON.stringify({ error: { message: messageOf(error) } })
  return errorReply(statusCode, withoutSecrets(body, library), lowerCase(responseHeaders))
}

export const errorReply = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Extract<Exchange, { kind: 'replied' }> => ({
  kind: 'replied',
  status,
  headers: { ...headers, 'content-type': 'application/json' },
  body: once(body),
})

export async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

/** Of an error that was thrown, or that a stream reports. */
export function failureOfThrown(error: unknown, target: Target, library: VendorLibrary): Failure {
  const named = error instanceof LibraryFailure ? error.failure : namedFailure(error, target, library)
  return { ...named, message: withoutSecrets(named.message, library) }
}

function namedFailure(error: unknown, target: Target, library: VendorLibrary): Failure {
  const { title } = target.vendor
  const said = messageOf(error)
  switch (nameOf(error)) {
    case 'APICallError':
      return callFailure(error, target)
    case 'LoadAPIKeyError':
    case 'LoadSettingError':
      return failure(
        'credential',
        `${library.package} lacks a setting: ${said} Write it under vendors.${target.vendor.name}.`,
      )
    case 'NoSuchModelError':
      return failure('unavailable', `${title} has no such model: ${said}`, { code: 'model_not_found' })
    case 'UnsupportedFunctionalityError':
    case 'InvalidPromptError':
    case 'InvalidArgumentError':
      return failure('rejected', `${library.package} can't ask this of ${title}: ${said}`)
    case 'JSONParseError':
    case 'TypeValidationError':
    case 'InvalidResponseDataError':
    case 'EmptyResponseBodyError':
    case 'NoContentGeneratedError':
      return failure(
        'unreadable',
        `${library.package} could not read ${title}'s answer: ${said.slice(0, 300)}`,
      )
    default:
      return unnamed(error, target, library)
  }
}

function callFailure(error: unknown, target: Target): Failure {
  const { statusCode, responseBody, responseHeaders, url, cause } = asObject(error)
  const status = typeof statusCode === 'number' ? statusCode : null
  // A stream's error event has a body without a status.
  if (status !== null && status >= 400) {
    const body = asText(responseBody) || messageOf(error)
    return openaiChat.decodeFailure({ status, headers: lowerCase(responseHeaders), body })
  }
  if (status !== null)
    return networkCode(cause) === ''
      ? failure('unreadable', `${target.vendor.title} sent an answer that can't be read: ${messageOf(error)}`)
      : bodyFailure(cause, target)
  return sendFailure(cause ?? error, peerOf(target, url))
}

/** Where the library really went: only it knows the base URL that it has by default. */
const peerOf = (target: Target, url: unknown): Target =>
  URL.canParse(asText(url)) ? { ...target, baseUrl: new URL(asText(url)).origin } : target

function unnamed(error: unknown, target: Target, library: VendorLibrary): Failure {
  if (networkCode(error) !== '') return bodyFailure(error, target)
  if (!(error instanceof Error)) return failureOfError(isObject(error) ? error : String(error))
  return failure('unavailable', `${library.package} failed: ${error.message}`)
}

/** `AI_APICallError` and its kind, without the prefix. */
const nameOf = (error: unknown): string => {
  const name = error instanceof Error ? error.name : ''
  return name.startsWith('AI_') ? name.slice('AI_'.length) : ''
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Node's code of an error or of what caused it; `fetch` says `terminated` of a connection that broke. */
function networkCode(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.message === 'terminated' ? 'UND_ERR_SOCKET' : networkCode(error.cause)
}

export const lowerCase = (headers: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(asObject(headers)).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name.toLowerCase(), value]] : [],
    ),
  )

/** A setting as short as this is no secret, and its letters may stand in any message. */
const shortestSecret = 6

function withoutSecrets(text: string, { secrets }: VendorLibrary): string {
  let clean = text
  for (const secret of secrets) {
    const value = secret.reveal()
    if (value.length >= shortestSecret) clean = clean.replaceAll(value, '[secret]')
  }
  return clean
}
