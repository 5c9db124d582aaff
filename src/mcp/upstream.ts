/** One MCP server behind the gateway: its connections, what it offers, its breaker. */

import type { Implementation } from '@modelcontextprotocol/sdk/types.js'
import {
  beginProbe,
  type Breaker,
  closedBreaker,
  endProbe,
  mayPass,
  noteFailure,
  noteSuccess,
  phaseOf,
} from '../engine/health/breaker.ts'
import { answerServer, offeredCapabilities } from './answer-server.ts'
import { type Asked, failedWith } from './asked.ts'
import {
  type Catalogue,
  changedLists,
  emptyCatalogue,
  type ListKind,
  listKinds,
  readCatalogue,
} from './catalogue.ts'
import { openConnections } from './bounded-fetch.ts'
import { type Connection, type ConnectionState, createConnection } from './connection.ts'
import type { McpHost } from './host.ts'
import { oauthProvider } from './oauth.ts'
import type { Party, RequestId } from './party.ts'
import type { McpServerSettings } from './settings.ts'
import { type SharedCalls, sharedCalls } from './shared-calls.ts'
import { type LogLevel, logLevels } from './log-levels.ts'
import { createSubscriptions, type Subscriptions } from './subscriptions.ts'

export type UpstreamStatus = {
  readonly server: string
  readonly kind: 'stdio' | 'http'
  readonly sharing: McpServerSettings['sharing']
  readonly state: ConnectionState
  /** Why it can't be reached; `null`: it can. */
  readonly trouble: string | null
  readonly tools: number
  readonly hiddenTools: number
  readonly prompts: number
  readonly resources: number
  /** Connections of single sessions. */
  readonly ownConnections: number
  readonly breaker: 'closed' | 'open' | 'half-open'
}

export type UpstreamCall = {
  readonly party: Party
  readonly method: string
  readonly params: object
  readonly signal: AbortSignal
  /** The client's request, so that what the server says meanwhile reaches the client on its stream. */
  readonly during: RequestId | null
  readonly onProgress?: ((progress: Readonly<Record<string, unknown>>) => void) | undefined
}

export type Upstream = {
  readonly settings: McpServerSettings
  /** As last read: a server that is down offers what it offered. */
  readonly catalogue: () => Catalogue
  readonly instructions: () => string | null
  /** Resolves once it was read for the first time, or could not be. */
  readonly known: () => Promise<void>
  /** Reads what it offers anew. */
  readonly refresh: () => Promise<void>
  readonly call: (call: UpstreamCall) => Promise<Asked>
  readonly subscriptions: Subscriptions
  /** The client changed its folders or how much it wants to hear. */
  readonly tellOwn: (party: Party, method: string) => void
  /** The server is told the most talkative level that any client asked for. */
  readonly wantLogLevel: (level: LogLevel) => void
  /** The session is over. */
  readonly leave: (party: Party) => void
  readonly status: () => UpstreamStatus
  readonly close: () => Promise<void>
}

export type UpstreamOptions = {
  readonly settings: McpServerSettings
  readonly host: McpHost
  readonly implementation: Implementation
  readonly onListsChanged: (lists: ReadonlySet<ListKind>) => void
  /** Something to be heard by the one client that it is meant for; `null`: it can't be known which. */
  readonly onNotification: (
    server: string,
    method: string,
    params: Readonly<Record<string, unknown>>,
    party: Party | null,
    during: RequestId | null,
  ) => void
}

/** Failures that say something of the server's health. */
const unhealthy = new Set(['timed-out', 'unavailable', 'unreadable', 'overloaded'])

const listOf: Readonly<Record<string, ListKind>> = {
  'notifications/tools/list_changed': 'tools',
  'notifications/prompts/list_changed': 'prompts',
  'notifications/resources/list_changed': 'resources',
}

export function createUpstream(options: UpstreamOptions): Upstream {
  const { settings, host, implementation } = options
  const { name, reach } = settings
  const authProvider = reach.kind === 'http' && reach.oauth !== null ? oauthProvider(reach.oauth) : null
  const connections = openConnections(settings.connectTimeoutMs)
  const breaker = closedBreaker(settings.breaker)
  const own = new Map<string, Connection>()
  const reader = catalogueReader(name, options.onListsChanged)
  let logLevel: LogLevel | null = null
  let first: Promise<void> | null = null

  const connect = (party: Party | null, calls: SharedCalls): Connection =>
    createConnection({
      settings,
      connections,
      authProvider,
      implementation,
      standing: party === null,
      capabilities: offeredCapabilities(settings, party?.capabilities() ?? null, host),
      events: {
        onOpen: (connection) => {
          // A connection that is made is a sign of health, whatever was before.
          noteSuccess(breaker, performance.now(), performance.now())
          if (logLevel !== null && connection.abilities()?.logging) void setLevel(connection, logLevel)
          if (party !== null) return
          void reader.read(connection, new Set(listKinds))
          subscriptions.renew()
        },
        onDown: (message) => {
          calls.forget()
          host.onProblem?.({ server: name, message })
        },
        onRequest: (method, params, signal) =>
          answerServer({ method, params, signal }, settings, calls.addressee(), host),
        onNotification: (method, params) => {
          const list = listOf[method]
          if (list !== undefined) return void reader.read(shared, new Set([list]))
          const to = calls.addressee()
          options.onNotification(name, method, params, party ?? to?.party ?? null, to?.during ?? null)
        },
      },
    })

  const callsOfAll = sharedCalls(settings.maxTimeoutMs, () => performance.now())
  const shared: Connection = connect(null, callsOfAll)
  const subscriptions = createSubscriptions(name, (method, uri) => shared.ask(method, { uri }, {}))
  /** The calls of a connection that one session has for itself. */
  const ownCalls = new Map<string, SharedCalls>()

  const connectionOf = (party: Party): { connection: Connection; calls: SharedCalls } | null => {
    if (settings.sharing === 'shared' || !party.lasting) return { connection: shared, calls: callsOfAll }
    const found = own.get(party.id)
    if (found === undefined && own.size >= settings.maxConnections) return null
    const calls = ownCalls.get(party.id) ?? sharedCalls(settings.maxTimeoutMs, () => performance.now())
    const connection = found ?? connect(party, calls)
    own.set(party.id, connection)
    ownCalls.set(party.id, calls)
    return { connection, calls }
  }

  return {
    settings,
    catalogue: reader.current,
    instructions: shared.instructions,
    known: () => {
      first ??= shared.open().then((isOpen) => (isOpen ? reader.settled() : undefined))
      return first
    },
    refresh: async () => {
      if (await shared.open()) await reader.read(shared, new Set(listKinds))
    },
    call: (call) => guarded(breaker, settings, () => callOn(connectionOf(call.party), settings, call)),
    subscriptions,
    tellOwn: (party, method) => own.get(party.id)?.tell(method),
    wantLogLevel: (level) => {
      if (logLevel !== null && logLevels.indexOf(level) >= logLevels.indexOf(logLevel)) return
      logLevel = level
      for (const connection of [shared, ...own.values()])
        if (connection.state() === 'open' && connection.abilities()?.logging) void setLevel(connection, level)
    },
    leave: (party) => {
      subscriptions.leave(party)
      const connection = own.get(party.id)
      own.delete(party.id)
      ownCalls.delete(party.id)
      void connection?.close()
    },
    status: () => ({
      server: name,
      kind: reach.kind,
      sharing: settings.sharing,
      state: shared.state(),
      trouble: shared.trouble(),
      tools: reader.current().tools.size,
      hiddenTools: reader.current().hiddenTools,
      prompts: reader.current().prompts.size,
      resources: reader.current().resources.length + reader.current().templates.length,
      ownConnections: own.size,
      breaker: phaseOf(breaker, performance.now()),
    }),
    close: async () => {
      const all = [shared, ...own.values()]
      own.clear()
      await Promise.all(all.map((connection) => connection.close()))
      await connections.destroy()
    },
  }
}

const setLevel = (connection: Connection, level: string) => connection.ask('logging/setLevel', { level }, {})

async function callOn(
  place: { readonly connection: Connection; readonly calls: SharedCalls } | null,
  { name, maxConnections }: McpServerSettings,
  { party, method, params, signal, during, onProgress }: UpstreamCall,
): Promise<Asked> {
  if (place === null)
    return failedWith(
      'overloaded',
      `All ${maxConnections} connections to the MCP server ${name} are taken by other sessions. Try later, or raise maxConnections of it.`,
    )
  const end = place.calls.begin(party, during)
  const asked = await place.connection.ask(method, params, { signal, onProgress })
  end(asked.kind !== 'failed')
  return asked
}

/** Leaves a server alone that has failed often, but for a call now and then that tries it. */
async function guarded(
  breaker: Breaker,
  { name }: McpServerSettings,
  call: () => Promise<Asked>,
): Promise<Asked> {
  const startedAt = performance.now()
  if (!mayPass(breaker, startedAt)) {
    const seconds = Math.max(1, Math.ceil(((breaker.openUntil ?? startedAt) - startedAt) / 1_000))
    const message = `The MCP server ${name} has failed ${breaker.failuresInRow} times and is left alone. It is tried again in ${seconds} s.`
    return failedWith('unavailable', message, { code: 'mcp_server_left_alone' })
  }
  const probe = beginProbe(breaker, { startedAt })
  try {
    const asked = await call()
    const now = performance.now()
    if (asked.kind !== 'failed') noteSuccess(breaker, startedAt, now)
    // What could not be sent at all is told by the connection's own waits.
    else if (unhealthy.has(asked.failure.kind) && asked.failure.code !== 'mcp_server_down')
      noteFailure(breaker, now, null, now - startedAt)
    return asked
  } finally {
    if (probe !== null) endProbe(breaker, probe)
  }
}

/** Reads lists one reading after another, so that a server that changes them all the time is asked no faster than it answers. */
function catalogueReader(server: string, onChanged: (lists: ReadonlySet<ListKind>) => void) {
  let catalogue = emptyCatalogue
  let reading: Promise<void> | null = null
  let wanted = new Set<ListKind>()
  const readOn = async (connection: Connection): Promise<void> => {
    while (wanted.size > 0) {
      const kinds = wanted
      wanted = new Set()
      const before = catalogue
      const ask = (method: string, params: object) => connection.ask(method, params, {})
      catalogue = await readCatalogue(server, connection.abilities() ?? {}, before, kinds, ask)
      const changed = changedLists(before, catalogue)
      if (changed.size > 0) onChanged(changed)
    }
  }
  return {
    current: () => catalogue,
    settled: () => reading ?? Promise.resolve(),
    read: (connection: Connection, kinds: ReadonlySet<ListKind>): Promise<void> => {
      for (const kind of kinds) wanted.add(kind)
      reading ??= readOn(connection).finally(() => {
        reading = null
      })
      return reading
    },
  }
}
