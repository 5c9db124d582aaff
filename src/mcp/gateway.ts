/** Many MCP servers as one. */

import { randomUUID } from 'node:crypto'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { Implementation } from '@modelcontextprotocol/sdk/types.js'
import type { ListKind } from './catalogue.ts'
import { type Conversation, createConversation } from './conversation.ts'
import type { McpCaller, McpHost } from './host.ts'
import { createHttpDoor, type HttpExchange } from './http-door.ts'
import { createHttpSessions, type OpenConversation, type OpenSession } from './http-sessions.ts'
import { methods } from './methods.ts'
import type { Party, RequestId } from './party.ts'
import { createServers } from './servers.ts'
import type { McpSettings } from './settings.ts'
import { createUpstream, type Upstream, type UpstreamStatus } from './upstream.ts'
import { exposedUri } from './uris.ts'

export type McpStatus = {
  /** Conversations: sessions, and requests without one that are under way. */
  readonly sessions: number
  /** Of those over HTTP, and how many of them there may be. */
  readonly http: { readonly open: number; readonly max: number; readonly oldest: readonly OpenSession[] }
  readonly servers: readonly UpstreamStatus[]
}

const mostShownSessions = 50

/** A value: two of them can live in one process. */
export type McpGateway = {
  /** Answers a request to the endpoint, whatever it holds. */
  readonly handle: (exchange: HttpExchange) => Promise<void>
  /** Serves one client over a transport of its own, such as standard input and output, until that is closed. */
  readonly serve: (transport: Transport, caller: McpCaller) => Promise<void>
  readonly status: () => McpStatus
  /** Ends streams that only wait for something to be told, so that a server that closes waits for calls alone. */
  readonly endStreams: () => void
  readonly close: () => Promise<void>
}

/** Begins to connect to every server, and waits for none. */
export function openMcp(
  settings: McpSettings,
  host: McpHost,
  implementation: Implementation = { name: 'fairlead', version: '0.0.0' },
): McpGateway {
  const conversations = new Set<Conversation>()
  const tellAll = announcer(conversations)
  const upstreams: readonly Upstream[] = settings.servers.map((server) =>
    createUpstream({
      settings: server,
      host,
      implementation,
      onListsChanged: tellAll,
      onNotification: (name, method, params, party, during) =>
        passOn(upstreams, { name, method, params, party, during }),
    }),
  )
  const servers = createServers(upstreams, host)
  const openConversation: OpenConversation = (options) => {
    const conversation = createConversation({
      ...options,
      settings,
      servers,
      host,
      implementation,
      methods,
      onClose: (closed) => conversations.delete(closed),
    })
    conversations.add(conversation)
    return conversation
  }
  const sessions = createHttpSessions(settings, openConversation)
  for (const upstream of upstreams) void upstream.known()
  return {
    handle: createHttpDoor(settings, host, sessions),
    serve: async (transport, caller) => {
      const conversation = openConversation({
        id: randomUUID(),
        lasting: true,
        caller: () => caller,
        isBehind: () => false,
      })
      const closed = new Promise<void>((resolve) => {
        transport.onclose = resolve
      })
      await conversation.connect(transport)
      await closed
    },
    status: () => ({
      sessions: conversations.size,
      http: {
        open: sessions.count(),
        max: settings.sessions.max,
        oldest: sessions.oldest(mostShownSessions),
      },
      servers: upstreams.map((upstream) => upstream.status()),
    }),
    endStreams: sessions.endStreams,
    close: async () => {
      await sessions.close()
      await Promise.all([...conversations].map((conversation) => conversation.close()))
      await Promise.all(upstreams.map((upstream) => upstream.close()))
    },
  }
}

/** Lists that change in one go are told of once. */
const togetherMs = 50

function announcer(conversations: ReadonlySet<Conversation>): (lists: ReadonlySet<ListKind>) => void {
  let due = new Set<ListKind>()
  return (lists) => {
    if (due.size === 0)
      setTimeout(() => {
        const told = due
        due = new Set()
        for (const { party } of conversations)
          if (party.lasting)
            for (const list of told) party.tell(`notifications/${list}/list_changed`, undefined)
      }, togetherMs).unref()
    for (const list of lists) due.add(list)
  }
}

type Told = {
  readonly name: string
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
  readonly party: Party | null
  readonly during: RequestId | null
}

/** What a server says goes to whom it is meant for, and to nobody where that can't be known: it may be about somebody's call. */
function passOn(upstreams: readonly Upstream[], { name, method, params, party, during }: Told): void {
  if (method === 'notifications/resources/updated' && typeof params.uri === 'string') {
    const upstream = upstreams.find(({ settings }) => settings.name === name)
    for (const subscriber of upstream?.subscriptions.subscribers(params.uri) ?? [])
      subscriber.tell(method, { ...params, uri: exposedUri(name, params.uri) })
    return
  }
  if (party === null) return
  if (method === 'notifications/message') {
    if (!party.hears(params.level)) return
    const logger = typeof params.logger === 'string' ? `${name}/${params.logger}` : name
    party.tell(method, { ...params, logger }, during)
  } else if (method === 'notifications/elicitation/complete') party.tell(method, params)
}
