/** What an error of the SDK's client means. Texts of servers are not repeated, except their own JSON-RPC errors. */

import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { OAuthError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { McpError } from '@modelcontextprotocol/sdk/types.js'
import { type Failure, type FailureKind, failure } from '../domain/failure.ts'
import { type Asked, RpcError } from './asked.ts'
import { MessageTooLarge } from './bounded-fetch.ts'

/** Stands as `data` in an answer that is made up where a stream ended without one. */
export const streamEnded = 'fairlead:stream-ended'

export type Circumstances = {
  readonly server: string
  readonly method: string
  readonly cancelled: boolean
  /** The connection has ended by now. */
  readonly gone: boolean
}

export type Classified =
  | Exclude<Asked, { readonly kind: 'result' }>
  /** The connection is of no use any more. `untouched`: the server can't have begun with what it was asked. */
  | { readonly kind: 'lost'; readonly failure: Failure; readonly untouched: boolean }

export function classify(error: unknown, circumstances: Circumstances): Classified {
  const { server, method, cancelled, gone } = circumstances
  const failed = (kind: FailureKind, what: string, code?: string): Classified => ({
    kind: 'failed',
    failure: failure(kind, `The MCP server ${server} ${what}.`, code === undefined ? {} : { code }),
  })
  const lost = (what: string, untouched: boolean): Classified => ({
    kind: 'lost',
    failure: failure('unavailable', `The MCP server ${server} ${what}.`, { code: 'mcp_server_lost' }),
    untouched,
  })
  if (cancelled) return failed('cancelled', `was told that ${method} is not wanted any more`)
  if (error instanceof McpError) return ofProtocol(error, circumstances, failed)
  if (error instanceof StreamableHTTPError) return ofStatus(error, method, failed, lost)
  if (error instanceof UnauthorizedError || error instanceof OAuthError)
    return failed(
      'credential',
      'refuses the credentials that it is configured with. Check its oauth or headers',
    )
  if (isUnreadable(error)) return failed('unreadable', 'sent what is no message of the protocol')
  if (error instanceof MessageTooLarge || causeOf(error) instanceof MessageTooLarge)
    return failed(
      'unreadable',
      'sent a message that is too large. Raise maxMessageBytes of it, or ask for less',
    )
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'EACCES')
    return failed('unavailable', `can't be started (${code}). Check its command and cwd`)
  if (gone) return failed('unavailable', `ended its connection during ${method}`, 'mcp_server_lost')
  if (error instanceof Error && error.message === 'Not connected') return lost('is not connected', true)
  return lost(`can't be reached${code === null ? '' : ` (${code})`}`, code === 'ECONNREFUSED')
}

type Failed = (kind: FailureKind, what: string, code?: string) => Classified

function ofProtocol(error: McpError, { method, gone }: Circumstances, failed: Failed): Classified {
  const message = error.message.replace(/^MCP error -?\d+: /, '')
  if (error.data === streamEnded)
    return failed('unavailable', `ended its answer to ${method} before it was whole`, 'mcp_server_lost')
  if (error.code === -32000 && (gone || message === 'Connection closed'))
    return failed('unavailable', `ended its connection during ${method}`, 'mcp_server_lost')
  if (error.code === -32001 && /^(Request timed out|Maximum total timeout exceeded)$/.test(message)) {
    const limit = method === 'initialize' ? 'connectTimeoutMs of it' : 'timeoutMs of it, or ask for less'
    return failed('timed-out', `did not answer ${method} in time. Raise ${limit}`)
  }
  return { kind: 'error', error: new RpcError(error.code, message, error.data) }
}

function ofStatus(
  { code, message }: StreamableHTTPError,
  method: string,
  failed: Failed,
  lost: (what: string, untouched: boolean) => Classified,
): Classified {
  // Servers that restarted know nothing of a session. The protocol says 404; many say 400.
  if (method !== 'initialize' && (code === 404 || (code === 400 && /session/i.test(message))))
    return lost('has forgotten the session', true)
  if (code === 401 || code === 403)
    return failed(
      'credential',
      `refuses the credentials that it is configured with (HTTP ${code}). Check its oauth or headers`,
    )
  if (code === 429) return failed('rate-limited', 'is asked too often (HTTP 429)')
  if (code === -1 || code === undefined)
    return failed('unreadable', 'sent what is no message of the protocol')
  return failed('unavailable', `answered with HTTP ${code}`)
}

const isUnreadable = (error: unknown): boolean =>
  error instanceof SyntaxError || (error instanceof Error && /^\$?ZodError$/.test(error.name))

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined)

function codeOf(error: unknown): string | null {
  for (const at of [error, causeOf(error)]) {
    const code = (at as { code?: unknown } | undefined)?.code
    if (typeof code === 'string') return code
  }
  return null
}
