/**
 * One connection to one MCP server, which comes back by itself: what is asked while it is down fails at once and says so,
 * what is asked while it opens waits for it.
 */

import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type {
  ClientCapabilities,
  Implementation,
  ServerCapabilities,
} from '@modelcontextprotocol/sdk/types.js'
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js'
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import type { Dispatcher } from 'undici'
import { z } from 'zod'
import { type Asked, failedWith } from './asked.ts'
import { classify } from './classify.ts'
import type { Live } from './dial.ts'
import { createLifeline, type Lifeline } from './lifeline.ts'
import type { McpServerSettings } from './settings.ts'

export type ConnectionState = 'new' | 'opening' | 'open' | 'down' | 'closed'

export type AskOptions = {
  readonly signal?: AbortSignal
  readonly onProgress?: ((progress: Readonly<Record<string, unknown>>) => void) | undefined
}

export type ConnectionEvents = {
  readonly onOpen: (connection: Connection) => void
  readonly onDown: (reason: string) => void
  /** What the server asks of its client. Throws what the server is to get as an error. */
  readonly onRequest: (
    method: string,
    params: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ) => Promise<Record<string, unknown>>
  readonly onNotification: (method: string, params: Readonly<Record<string, unknown>>) => void
}

export type Connection = {
  readonly state: () => ConnectionState
  /** Why it is down; `null`: it is not. */
  readonly trouble: () => string | null
  /** What the server can do, as it said when it was last connected to. */
  readonly abilities: () => ServerCapabilities | null
  readonly instructions: () => string | null
  /** Connects where it is not connected. Resolves to `false` where that can't be. */
  readonly open: () => Promise<boolean>
  readonly ask: (method: string, params: object, options: AskOptions) => Promise<Asked>
  readonly tell: (method: string, params?: Record<string, unknown>) => void
  /** Asks for a sign of life, and connects anew where there is none. */
  readonly check: () => Promise<void>
  readonly close: () => Promise<void>
}

export type ConnectionOptions = {
  readonly settings: McpServerSettings
  readonly capabilities: ClientCapabilities
  readonly connections: Dispatcher
  readonly authProvider: OAuthClientProvider | null
  /** Comes back without being asked for anything, and is asked for signs of life. */
  readonly standing: boolean
  readonly events: ConnectionEvents
  readonly implementation: Implementation
}

const pingEveryMs = 30_000
const pingMs = 5_000

/** Nothing is checked by it: results are handed on as they are. */
const anyResult = z.looseObject({})

export function createConnection(options: ConnectionOptions): Connection {
  const { settings, events, standing } = options
  let known: { abilities: ServerCapabilities | null; instructions: string | null } | null = null
  let checking: Promise<void> | null = null
  let pinging: NodeJS.Timeout | null = null
  /** Questions of the server that its client has not answered yet: so long a call waits for us, not for the server. */
  let questions = 0
  const onRequest: ConnectionEvents['onRequest'] = async (...question) => {
    questions++
    try {
      return await events.onRequest(...question)
    } finally {
      questions--
    }
  }
  const line = createLifeline({ ...options, events: { ...events, onRequest } }, ({ client }) => {
    known = {
      abilities: client.getServerCapabilities() ?? null,
      instructions: client.getInstructions() ?? null,
    }
    if (standing && pinging === null) {
      pinging = setInterval(() => void connection.check(), pingEveryMs)
      pinging.unref()
    }
    events.onOpen(connection)
  })
  const askOnce = async (to: Live, method: string, params: object, asking: AskOptions) => {
    try {
      return {
        kind: 'result',
        result: await request(to, settings, method, params, asking, () => questions > 0),
      } as const
    } catch (error) {
      const cancelled = asking.signal?.aborted === true
      return classify(error, { server: settings.name, method, cancelled, gone: line.live() !== to })
    }
  }
  const connection: Connection = {
    state: line.state,
    trouble: line.trouble,
    abilities: () => known?.abilities ?? null,
    instructions: () => known?.instructions ?? null,
    open: async () => (await line.connected()) !== null,
    ask: async (method, params, asking) => {
      const to = await line.connected()
      if (to === null) return down(settings.name, line)
      const asked = await askOnce(to, method, params, asking)
      if (asked.kind === 'lost') {
        line.drop(to, { reason: asked.failure.message, details: '' })
        // A server that knows nothing of the session has done nothing either: the call may be made once more.
        const anew = asked.untouched ? await line.connected() : null
        if (anew === null) return { kind: 'failed', failure: asked.failure }
        const again = await askOnce(anew, method, params, asking)
        return again.kind === 'lost' ? { kind: 'failed', failure: again.failure } : again
      }
      if (asked.kind === 'failed' && asked.failure.kind !== 'cancelled') void connection.check()
      return asked
    },
    tell: (method, params) => {
      const message = { method, ...(params && { params }) }
      void line
        .live()
        ?.client.notification(message as Parameters<Client['notification']>[0])
        .catch(() => {})
    },
    check: () => {
      checking ??= ping(line, settings.name).finally(() => {
        checking = null
      })
      return checking
    },
    close: () => {
      if (pinging !== null) clearInterval(pinging)
      return line.close()
    },
  }
  return connection
}

/** The limits are kept here: the SDK knows nothing of questions that are waited for meanwhile. */
async function request(
  to: Live,
  { timeoutMs, maxTimeoutMs }: McpServerSettings,
  method: string,
  params: object,
  { signal, onProgress }: AskOptions,
  isAsked: () => boolean,
): Promise<Readonly<Record<string, unknown>>> {
  const ending = new AbortController()
  const cancel = () => ending.abort(signal?.reason)
  signal?.addEventListener('abort', cancel)
  const timer = setTimeout(() => {
    if (isAsked()) timer.refresh()
    else ending.abort(McpError.fromError(ErrorCode.RequestTimeout, 'Request timed out'))
  }, timeoutMs)
  const send = () =>
    to.client.request({ method, params } as Parameters<Client['request']>[0], anyResult, {
      signal: ending.signal,
      timeout: maxTimeoutMs,
      // Who hears of it is another's work; this makes the SDK ask for it.
      ...(onProgress && { onprogress: () => {} }),
    })
  try {
    if (signal?.aborted) cancel()
    if (onProgress === undefined) return await send()
    return await to.progress.during(send, (progress) => {
      timer.refresh()
      onProgress(progress)
    })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', cancel)
  }
}

function down(server: string, line: Lifeline): Asked {
  const seconds = Math.ceil(line.waitMs() / 1_000)
  const when = line.state() === 'closed' ? 'The gateway is closing.' : `It is tried again in ${seconds} s.`
  const message = `The MCP server ${server} can't be reached (${line.trouble() ?? 'not connected'}). ${when}`
  return failedWith('unavailable', message, { code: 'mcp_server_down' })
}

async function ping(line: Lifeline, server: string): Promise<void> {
  const asked = line.live()
  if (asked === null) return
  try {
    await asked.client.ping({ timeout: pingMs })
  } catch (error) {
    const found = classify(error, { server, method: 'ping', cancelled: false, gone: false })
    // A server that refuses to be pinged is alive.
    if (found.kind !== 'error')
      line.drop(asked, { reason: 'it gave no sign of life', details: asked.wire.lastWords() })
  }
}
