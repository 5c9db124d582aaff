/**
 * Keeps web pages from using the gateway through their visitors' browsers: by DNS rebinding (a page's own host name that
 * suddenly means this machine) or by plain requests across origins. Programs send no Origin and name the host they mean.
 */

import type { IncomingHttpHeaders } from 'node:http'

export type OriginRules = {
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
}

export type Visitor = {
  readonly headers: IncomingHttpHeaders
  /** The address of this machine that the connection came in on. */
  readonly localAddress: string | undefined
}

/** What is wrong; `null`: nothing is. */
export function originFault({ headers, localAddress }: Visitor, rules: OriginRules): string | null {
  const host = hostName(headers.host ?? '')
  if (host === null) return 'The Host header is missing or is none.'
  const mustBeNamed = isLoopbackAddress(localAddress ?? '')
  if (mustBeNamed && !isLoopbackName(host) && !rules.allowedHosts.includes(host))
    return `The host ${host} is not allowed. Add it to mcp.allowedHosts, if it is a name of this gateway.`
  const { origin } = headers
  if (origin === undefined || rules.allowedOrigins.includes(origin)) return null
  const page = URL.canParse(origin) ? new URL(origin).hostname : ''
  if (isLoopbackName(page) && isLoopbackName(host)) return null
  return `Pages of ${origin.slice(0, 200)} may not use this gateway. Add the origin to mcp.allowedOrigins, if they should.`
}

/** Headers by which a browser lets an allowed page read the answer. */
export const corsHeaders = (origin: string): Readonly<Record<string, string>> => ({
  'access-control-allow-origin': origin,
  'access-control-allow-methods': 'GET, POST, DELETE',
  'access-control-allow-headers':
    'authorization, content-type, accept, last-event-id, mcp-session-id, mcp-protocol-version',
  'access-control-expose-headers': 'mcp-session-id, www-authenticate',
  vary: 'origin',
})

function hostName(host: string): string | null {
  // What a URL takes for more than a host is none.
  if (host === '' || /[/?#@\\]/.test(host) || !URL.canParse(`http://${host}`)) return null
  return new URL(`http://${host}`).hostname
}

const isLoopbackName = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name)

const isLoopbackAddress = (address: string): boolean => address === '::1' || /^(::ffff:)?127\./.test(address)
