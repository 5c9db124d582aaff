/** One client's conversation with the gateway, whatever brings its messages: the SDK's server, with Fairlead's answers. */

import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { type Implementation, SetLevelRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { methodNotFound, RpcError } from './asked.ts'
import { noValidator } from './dial.ts'
import type { McpCaller, McpHost } from './host.ts'
import { type LogLevel, logLevels } from './log-levels.ts'
import type { Methods } from './methods.ts'
import type { Party, RequestId } from './party.ts'
import type { Servers } from './servers.ts'
import type { McpSettings } from './settings.ts'

/** What the answers of one request are made of. */
export type Exchange = {
  readonly id: RequestId
  readonly params: Readonly<Record<string, unknown>>
  readonly signal: AbortSignal
  /** There where the client asked to hear of progress. */
  readonly onProgress: ((progress: Readonly<Record<string, unknown>>) => void) | undefined
}

export type Conversation = {
  readonly party: Party
  readonly settings: McpSettings
  readonly servers: Servers
  readonly host: McpHost
  readonly connect: (transport: Transport) => Promise<void>
  readonly callsUnderWay: () => number
  readonly close: () => Promise<void>
}

export type ConversationOptions = {
  readonly id: string
  readonly lasting: boolean
  readonly caller: () => McpCaller
  readonly settings: McpSettings
  readonly servers: Servers
  readonly host: McpHost
  readonly implementation: Implementation
  readonly methods: Methods
  /** The client does not read what it is sent: what can be left out is. */
  readonly isBehind: () => boolean
  readonly onClose: (conversation: Conversation) => void
}

const anyResult = z.looseObject({})

export function createConversation(options: ConversationOptions): Conversation {
  const { id, lasting, caller, settings, servers, host, methods } = options
  const server = new Server(options.implementation, {
    capabilities: {
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { listChanged: true, subscribe: true },
      completions: {},
      logging: {},
    },
    instructions: instructionsOf(servers, caller(), host),
    jsonSchemaValidator: noValidator,
  })
  let logLevel: LogLevel | null = null
  let underWay = 0
  let closed = false

  const party: Party = {
    id,
    lasting,
    caller,
    capabilities: () => server.getClientCapabilities() ?? {},
    hears: (level) =>
      logLevel === null || logLevels.indexOf(level as LogLevel) >= logLevels.indexOf(logLevel),
    ask: (method, params, { signal, timeoutMs, during }) =>
      server.request({ method, params } as Parameters<Server['request']>[0], anyResult, {
        signal,
        timeout: timeoutMs,
        ...(during !== null && { relatedRequestId: during }),
      }),
    tell: (method, params, during = null) => {
      if (closed || options.isBehind()) return
      const message = { method, ...(params && { params }) } as Parameters<Server['notification']>[0]
      void server
        .notification(message, during === null ? {} : { relatedRequestId: during })
        // A client that has left, or that has been answered by now, hears nothing.
        .catch(() => {})
    },
  }

  const conversation: Conversation = {
    party,
    settings,
    servers,
    host,
    connect: (transport) => server.connect(transport),
    callsUnderWay: () => underWay,
    close: () => server.close(),
  }

  server.fallbackRequestHandler = async ({ method, params }, { requestId, signal }) => {
    const answer = Object.hasOwn(methods, method) ? methods[method] : undefined
    if (answer === undefined) throw methodNotFound(`${method.slice(0, 100)} is not supported.`)
    if (underWay >= settings.sessions.maxCalls)
      throw new RpcError(-32000, `${underWay} requests of this session are under way. Wait for one of them.`)
    underWay++
    try {
      const onProgress = progressOf(party, requestId, params)
      return { ...(await answer(conversation, { id: requestId, params: params ?? {}, signal, onProgress })) }
    } finally {
      underWay--
    }
  }
  server.setRequestHandler(SetLevelRequestSchema, async ({ params: { level } }) => {
    logLevel = level
    for (const upstream of servers.all) upstream.wantLogLevel(level)
    return {}
  })
  server.fallbackNotificationHandler = async ({ method }) => {
    if (method === 'notifications/roots/list_changed')
      for (const upstream of servers.all)
        if (upstream.settings.roots.kind === 'client') upstream.tellOwn(party, method)
  }
  server.onclose = () => {
    if (closed) return
    closed = true
    for (const upstream of servers.all) upstream.leave(party)
    options.onClose(conversation)
  }
  return conversation
}

function progressOf(party: Party, id: RequestId, params: Readonly<Record<string, unknown>> | undefined) {
  const token = (params?._meta as { progressToken?: unknown } | undefined)?.progressToken
  if (typeof token !== 'string' && typeof token !== 'number') return undefined
  return (progress: Readonly<Record<string, unknown>>) =>
    party.tell('notifications/progress', { ...progress, progressToken: token }, id)
}

/** Of what servers tell of themselves. */
const maxInstructions = 2_000

function instructionsOf({ all }: Servers, caller: McpCaller, host: McpHost): string {
  const told = all
    .filter(({ settings }) => host.mayUse(caller, settings.name, null))
    .flatMap((upstream) => {
      const text = upstream.instructions()
      return text === null ? [] : [`${upstream.settings.name}: ${text.slice(0, maxInstructions)}`]
    })
  return [
    'Several MCP servers as one: the names of tools and prompts begin with the name of their server and two underscores.',
    ...told,
  ].join('\n\n')
}
