/** What comes of asking an MCP server something. */

import { type Failure, failure } from '../domain/failure.ts'

export type Asked =
  | { readonly kind: 'result'; readonly result: Readonly<Record<string, unknown>> }
  /** The server's own refusal, which is the client's to see as it is. */
  | { readonly kind: 'error'; readonly error: RpcError }
  /** No answer that can be used. */
  | { readonly kind: 'failed'; readonly failure: Failure }

/** An error of JSON-RPC; thrown at the SDK's door, which makes a response of it. */
export class RpcError extends Error {
  override readonly name = 'RpcError'
  readonly code: number
  readonly data: unknown

  constructor(code: number, message: string, data?: unknown) {
    super(message)
    this.code = code
    this.data = data
  }
}

export const invalidParams = (message: string): RpcError => new RpcError(-32602, message)
export const methodNotFound = (message: string): RpcError => new RpcError(-32601, message)

/** A failure where a result of a tool can't tell it. */
export const failureError = ({ kind, code, message }: Failure): RpcError =>
  new RpcError(-32000, message, { kind, code })

export const failedWith = (...parts: Parameters<typeof failure>): Asked => ({
  kind: 'failed',
  failure: failure(...parts),
})
