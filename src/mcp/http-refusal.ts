import type { ServerResponse } from 'node:http'

/** A request that is answered with an error before it reaches a session's conversation. `code` is JSON-RPC's. */
export type HttpRefusal = {
  readonly status: number
  readonly code: number
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

export function refuse(response: ServerResponse, { status, code, message, headers = {} }: HttpRefusal): void {
  const text = JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null })
  response
    .writeHead(status, {
      ...headers,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    })
    .end(text)
}
