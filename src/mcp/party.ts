/** A client, as MCP servers behind the gateway meet it. */

import type { ClientCapabilities } from '@modelcontextprotocol/sdk/types.js'
import type { McpCaller } from './host.ts'

export type Party = {
  /** Of the session; a request without one has an id of its own. */
  readonly id: string
  /** `false`: one request and no more. Nothing can be asked of it, and nothing is kept for it. */
  readonly lasting: boolean
  readonly caller: () => McpCaller
  readonly capabilities: () => ClientCapabilities
  /** Asks the client, on the stream of its call `during` where that is known. @throws what the client answered as an error */
  readonly ask: (
    method: string,
    params: Readonly<Record<string, unknown>>,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number; readonly during: RequestId | null },
  ) => Promise<Record<string, unknown>>
  /** Whether it asked for messages of a server's log at this level; one that has not said gets all. */
  readonly hears: (level: unknown) => boolean
  /** Dropped where the client does not keep up. */
  readonly tell: (
    method: string,
    params: Readonly<Record<string, unknown>> | undefined,
    during?: RequestId | null,
  ) => void
}

export type RequestId = string | number
