/** What a configuration says of MCP servers, with nothing left to look up. */

import type { Secret } from '../domain/secret.ts'
import type { BreakerRules } from '../engine/health/breaker.ts'

/** How a server is reached. Commands come from the configuration alone: nothing that arrives over a network can name one. */
export type McpReach =
  | {
      readonly kind: 'stdio'
      readonly command: string
      readonly args: readonly Secret[]
      /** Beside the few variables that every program needs (HOME, PATH…): keys of the gateway are not handed on. */
      readonly environment: Readonly<Record<string, Secret>>
      readonly folder: string | null
    }
  | {
      readonly kind: 'http'
      readonly url: Secret
      readonly headers: Readonly<Record<string, Secret>>
      readonly oauth: McpOAuth | null
      /** Streamable HTTP, or the older transport over server-sent events that it replaced. */
      readonly transport: 'streamable' | 'sse'
    }

export type McpOAuth = {
  readonly clientId: string
  readonly clientSecret: Secret | null
  /** The authorization server that may see these credentials; no other does, whatever the MCP server advertises. */
  readonly issuer: string
  readonly scope: string | null
  readonly grant:
    | { readonly kind: 'client-credentials' }
    | { readonly kind: 'refresh-token'; readonly token: Secret }
}

/** `shared`: one connection for everybody. `per-session`: one for each session that calls a tool of it. */
export type McpSharing = 'shared' | 'per-session'

/** Who answers when a server asks for a model's answer. */
export type McpSampling = 'client' | 'client-or-fairlead' | 'refuse'

/** Which folders a server hears of: none, those that clients name, or those of the configuration. */
export type McpRoots =
  | { readonly kind: 'none' }
  | { readonly kind: 'client' }
  | { readonly kind: 'fixed'; readonly uris: readonly string[] }

export type McpServerSettings = {
  /** Lower-case letters, digits and dashes: it begins names of tools and URIs. */
  readonly name: string
  readonly reach: McpReach
  readonly sharing: McpSharing
  /** Connections for sessions of their own at one time. */
  readonly maxConnections: number
  readonly connectTimeoutMs: number
  /** From a call, or its last sign of progress, to its result; what the server asks the client meanwhile is not counted. */
  readonly timeoutMs: number
  /** From a call to its result, however much progress it reports. */
  readonly maxTimeoutMs: number
  /** Of one result: texts beyond it are cut, anything else is refused. */
  readonly maxResultBytes: number
  /** Of one message: a server that sends a larger one is disconnected. */
  readonly maxMessageBytes: number
  readonly breaker: BreakerRules
  readonly sampling: McpSampling
  readonly elicitation: 'client' | 'refuse'
  readonly roots: McpRoots
}

export type McpToolSelection =
  | { readonly mode: 'all' }
  /** Clients see tools that are always kept, and a tool that finds the others. */
  | { readonly mode: 'find'; readonly keep: readonly string[]; readonly limit: number }

export type McpSettings = {
  readonly servers: readonly McpServerSettings[]
  readonly sessions: {
    /** Open at one time. */
    readonly max: number
    /** Without a request or an open stream. */
    readonly idleMs: number
    /** Calls of one session at one time. */
    readonly maxCalls: number
  }
  readonly maxRequestBytes: number
  /** Host names, beside those of this machine, by which clients may reach a gateway that listens on loopback. */
  readonly allowedHosts: readonly string[]
  /** Origins of web pages that may use it, beside pages of this machine. */
  readonly allowedOrigins: readonly string[]
  readonly toolSelection: McpToolSelection
  /** Arguments of calls in audit rows. */
  readonly auditArguments: boolean
}

/** What holds for a server unless it says otherwise. */
export const mcpServerDefaults = {
  connectTimeoutMs: 15_000,
  timeoutMs: 60_000,
  maxTimeoutMs: 600_000,
  maxResultBytes: 1_000_000,
  maxMessageBytes: 10_000_000,
  breaker: { allowedFails: 3, windowMs: 30_000, failureShare: 0.5, cooldownMs: 5_000, maxCooldownMs: 60_000 },
  sampling: 'client',
  elicitation: 'client',
  roots: { kind: 'none' },
} as const satisfies Partial<McpServerSettings>

/**
 * A program is shared unless told otherwise, or a thousand sessions would be a thousand processes. A server over HTTP keeps
 * sessions apart by itself, and a session there costs little.
 */
export const defaultSharing = ({ kind }: McpReach): { sharing: McpSharing; maxConnections: number } =>
  kind === 'stdio'
    ? { sharing: 'shared', maxConnections: 16 }
    : { sharing: 'per-session', maxConnections: 2_000 }

export const mcpDefaults: McpSettings = {
  servers: [],
  sessions: { max: 2_000, idleMs: 30 * 60_000, maxCalls: 32 },
  maxRequestBytes: 4_000_000,
  allowedHosts: [],
  allowedOrigins: [],
  toolSelection: { mode: 'all' },
  auditArguments: false,
}
