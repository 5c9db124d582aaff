/** From the body of a request to what the gateway takes, as the HTTP server does it. */

import { type Failure, failure } from '../domain/failure.ts'
import type { RoutingOptions } from '../domain/routing-options.ts'
import type { WireFormatName } from '../domain/vendor.ts'
import type { Incoming } from '../gateway/gateway.ts'
import { withRoutingHeaders } from '../http/routing-headers.ts'
import { wireFormat, wireFormats } from '../wire/index.ts'
import { FairleadError } from './fairlead-error.ts'
import type { CallOptions } from './options.ts'

export type RequestFormat = WireFormatName

/** @throws FairleadError of kind `rejected`, which names the field at fault */
export function incomingFrom(
  format: RequestFormat,
  body: object,
  options: CallOptions,
  headersRead: readonly string[],
): Incoming {
  if (!wireFormats.some(({ name }) => name === format)) throw rejection(unknownFormat(format))
  const text = JSON.stringify(body)
  // What JSON leaves out of it is no part of the request.
  const written: unknown = text === undefined ? undefined : JSON.parse(text)
  if (format === 'openai-responses' && goesOn(written)) throw rejection(nothingStored())
  const codec = wireFormat(format)
  const decoded = codec.decodeRequest(written)
  if (decoded.kind === 'failed') throw rejection(decoded.failure)
  const routing = routingWith(decoded.value.options, options, headersRead)
  const headers = defined(options.headers)
  const handedOn = (codec.clientHeaders ?? []).filter((name) => headers[name] !== undefined)
  return {
    format: codec,
    text,
    asked: { ...decoded.value, options: routing },
    ...(handedOn.length > 0 && {
      headers: Object.fromEntries(handedOn.map((name) => [name, headers[name]!])),
    }),
  }
}

/** What the body says, and over it what the headers say. @throws FairleadError */
export function routingWith(
  options: RoutingOptions,
  { headers }: CallOptions,
  headersRead: readonly string[],
): RoutingOptions {
  const routing = withRoutingHeaders(options, defined(headers), headersRead)
  if ('kind' in routing) throw rejection(routing)
  return routing
}

const rejection = (problem: Failure): FairleadError => new FairleadError(problem)

const defined = (headers: CallOptions['headers'] = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), value] as const],
    ),
  )

const goesOn = (body: unknown): boolean =>
  typeof body === 'object' &&
  body !== null &&
  'previous_response_id' in body &&
  body.previous_response_id !== null

const unknownFormat = (format: unknown): Failure =>
  failure(
    'rejected',
    `There is no format ${JSON.stringify(format)}. Use ${wireFormats.map(({ name }) => name).join(', ')}.`,
    { param: 'format' },
  )

const nothingStored = (): Failure =>
  failure(
    'rejected',
    'In process no responses are stored to go on from. Send the whole conversation in `input`, or use the HTTP endpoint that `listen` opens.',
    { code: 'previous_response_not_found', param: 'previous_response_id' },
  )
