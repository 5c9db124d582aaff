/** What the MCP gateway needs of whoever runs it: who is asking, what they may use, what is written down. */

import type { IncomingHttpHeaders } from 'node:http'
import type { CreateMessageRequest, CreateMessageResult, Tool } from '@modelcontextprotocol/sdk/types.js'
import type { FailureKind } from '../domain/failure.ts'

/** Whoever makes requests: a key, a user of this machine. A session belongs to one caller. */
export type McpCaller = { readonly id: string }

export type McpAdmission =
  | { readonly kind: 'admitted'; readonly caller: McpCaller }
  /** `status` is HTTP's: 401 for a key that is missing or wrong, 403, 429… */
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }

/** A row for every call of a tool, every read of a resource and every prompt. Arguments only where the configuration asks for them. */
export type McpAuditRow = {
  /** ISO 8601, UTC. */
  readonly time: string
  readonly caller: string
  /** `null`: a request without a session. */
  readonly session: string | null
  readonly server: string
  readonly method: string
  /** By the server's own name: a tool, a prompt, or the URI of a resource. */
  readonly item: string
  /** `tool-error`: the server answered that it could not. */
  readonly outcome: 'ok' | 'tool-error' | FailureKind
  readonly latencyMs: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly arguments: unknown
}

/** What Fairlead's own tools get beside their arguments. */
export type OwnToolCall = { readonly caller: McpCaller; readonly signal: AbortSignal }

export type OwnToolResult =
  | { readonly kind: 'answer'; readonly value: Readonly<Record<string, unknown>> }
  /** What the model that called it should do instead. */
  | { readonly kind: 'refused'; readonly message: string }

/** A tool of Fairlead's own. Its name goes without a prefix here. */
export type OwnTool = {
  readonly definition: Tool
  readonly call: (arguments_: Readonly<Record<string, unknown>>, call: OwnToolCall) => Promise<OwnToolResult>
}

/** Names of the tools that suit a query best, at most `limit`, best first. */
export type SelectTools = (
  query: string,
  tools: readonly Tool[],
  limit: number,
) => Promise<readonly string[]> | readonly string[]

export type McpHost = {
  readonly authorize: (headers: IncomingHttpHeaders) => Promise<McpAdmission> | McpAdmission
  /** `tool` is the server's own name; `null` asks for what has no list of its own: resources, prompts and completions. */
  readonly mayUse: (caller: McpCaller, server: string, tool: string | null) => boolean
  readonly record: (row: McpAuditRow) => void
  /** What the person who runs the gateway should hear of; never holds a secret. */
  readonly onProblem?: (problem: { readonly server: string; readonly message: string }) => void
  /** A model of the gateway's own, for servers that ask for an answer where the client has none. */
  readonly sample?: (
    params: CreateMessageRequest['params'],
    caller: McpCaller,
    signal: AbortSignal,
  ) => Promise<CreateMessageResult>
  readonly ownTools: readonly OwnTool[]
  readonly selectTools?: SelectTools
}

/** A gateway without keys: everybody who reaches it may use everything, and nothing is written down. */
export const openHost = (ownTools: readonly OwnTool[] = []): McpHost => ({
  authorize: () => ({ kind: 'admitted', caller: { id: 'anyone' } }),
  mayUse: () => true,
  record: () => {},
  ownTools,
})
