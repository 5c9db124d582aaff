/** Names what goes wrong between this process and a vendor, and says what to do about it. */

import { type Failure, failure } from '../domain/failure.ts'
import type { Target, Vendor } from '../domain/vendor.ts'

/** What is told of the other side. */
type Peer = Pick<Target, 'baseUrl'> & { readonly vendor: Pick<Vendor, 'name' | 'title' | 'local'> }

/** An error before any reply. */
export function sendFailure(error: unknown, target: Peer): Failure {
  const code = codeOf(error)
  const { title, name, local } = target.vendor
  // Not the base URL as it was written: that may hold a password.
  const { origin, pathname, host } = new URL(target.baseUrl)
  const reach = `could not reach ${title} at ${origin}${pathname}`
  switch (code) {
    case 'ECONNREFUSED':
      return failure(
        'unavailable',
        `${reach} (connection refused): ${local ? `is ${title} running` : 'is the base URL right'}?`,
      )
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return failure(
        'unavailable',
        `${reach}: the name ${host} does not resolve. Check the base URL of ${name} and the DNS.`,
      )
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return failure('unavailable', `${reach}: there is no route to ${host}. Check the network.`)
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return failure(
        'timed-out',
        `${reach}: no connection in time. Check the network and the base URL of ${name}.`,
      )
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return failure(
        'unavailable',
        `${title} closed the connection before it answered. Trying again may help.`,
      )
    case 'UND_ERR_INVALID_ARG':
      return failure(
        'credential',
        `the request to ${title} could not be built: its key or a header of ${name} may hold a line break.`,
      )
    default:
      return otherFailure(code, error, reach, title)
  }
}

/** An error while a reply was read. */
export function bodyFailure(error: unknown, target: Pick<Peer, 'vendor'>): Failure {
  const code = codeOf(error)
  const { title } = target.vendor
  if (code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR_PADDING'))
    return failure('unreadable', `${title} sent a compressed answer that can't be unpacked (${code})`)
  if (code === parserCode) return failure('unreadable', `${title} sent an answer that is no valid HTTP`)
  return failure(
    'truncated',
    `${title} closed the connection before its answer was complete${code && ` (${code})`}`,
  )
}

function otherFailure(code: string, error: unknown, reach: string, title: string): Failure {
  if (code === parserCode || code === 'UND_ERR_HEADERS_OVERFLOW')
    return failure('unreadable', `${title} did not answer in HTTP. Check its base URL.`)
  if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return failure('unavailable', `${reach}: it does not speak TLS there. Is the base URL's https:// right?`)
  if (certificateCode.test(code))
    return failure(
      'unavailable',
      `${reach}: its TLS certificate is not trusted (${code}). Add its authority with NODE_EXTRA_CA_CERTS.`,
    )
  return failure(
    'unavailable',
    `${reach}: ${code || (error instanceof Error ? error.message : String(error))}`,
  )
}

const parserCode = 'HPE'

const certificateCode = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS_/

/** Node's code of an error, of its cause, or of the first of several addresses that were tried. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  // undici's parser errors have a code only sometimes.
  if ('name' in error && error.name === 'HTTPParserError') return parserCode
  if ('code' in error && typeof error.code === 'string') return error.code
  if ('cause' in error && error.cause !== undefined) return codeOf(error.cause)
  return error instanceof AggregateError ? codeOf(error.errors[0]) : ''
}
