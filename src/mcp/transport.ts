/** A wire to one MCP server, by the SDK's transports. */

import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { Dispatcher } from 'undici'
import type { Secret } from '../domain/secret.ts'
import { unreachable } from '../domain/unreachable.ts'
import { boundedFetch } from './bounded-fetch.ts'
import type { McpReach } from './settings.ts'

export type Wire = {
  readonly transport: Transport
  /** The last words of a program on standard error, without its secrets; for the person who runs the gateway. */
  readonly lastWords: () => string
  /** Takes the server's secrets out of a text: what it says may quote them. */
  readonly withoutSecrets: (text: string) => string
  /** Ends a program at once: one that floods is not asked politely. */
  readonly cut: () => void
  /** Says goodbye, where the server keeps a session. */
  readonly leave: () => Promise<void>
}

export type WireOptions = {
  /** To servers over HTTP, shared by all that is opened to one of them. */
  readonly connections: Dispatcher
  readonly maxMessageBytes: number
  readonly authProvider: OAuthClientProvider | null
  readonly onStreamEnd: (messageId: unknown) => void
}

const leaveMs = 1_000

export function openWire(reach: McpReach, options: WireOptions): Wire {
  switch (reach.kind) {
    case 'stdio':
      return openStdio(reach, options)
    case 'http':
      return reach.transport === 'sse' ? openSse(reach, options) : openStreamable(reach, options)
    default:
      return unreachable(reach)
  }
}

function openStdio(
  { command, args, environment, folder }: McpReach & { kind: 'stdio' },
  { maxMessageBytes }: WireOptions,
): Wire {
  const transport = new StdioClientTransport({
    command,
    args: args.map((argument) => argument.reveal()),
    env: revealed(environment),
    ...(folder !== null && { cwd: folder }),
    // Read and dropped: a pipe that nobody reads would bring the program to a halt.
    stderr: 'pipe',
    maxBufferSize: maxMessageBytes,
  })
  let tail = ''
  transport.stderr?.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString('utf8')).slice(-2_000)
  })
  const secrets = [...Object.values(environment), ...args]
  return {
    transport: transport as Transport,
    lastWords: () => withoutSecrets(tail.trim().split('\n').slice(-3).join(' | '), secrets),
    withoutSecrets: (text) => withoutSecrets(text, secrets),
    cut: () => {
      try {
        if (transport.pid !== null) process.kill(transport.pid, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
    },
    leave: async () => {},
  }
}

/** Short values stand in plain words too, and are no secrets. */
const withoutSecrets = (text: string, secrets: readonly Secret[]): string =>
  secrets
    .map((secret) => secret.reveal())
    .filter(({ length }) => length >= 8)
    .reduce((safe, value) => safe.replaceAll(value, '[secret]'), text)

function openStreamable(
  { url, headers }: McpReach & { kind: 'http' },
  { authProvider, ...bounds }: WireOptions,
): Wire {
  const transport = new StreamableHTTPClientTransport(new URL(url.reveal()), {
    fetch: boundedFetch(bounds),
    requestInit: { headers: revealed(headers) },
    ...(authProvider !== null && { authProvider }),
    // The stream of what a server says unasked comes back for as long as the connection is wanted.
    reconnectionOptions: {
      initialReconnectionDelay: 1_000,
      maxReconnectionDelay: 30_000,
      reconnectionDelayGrowFactor: 2,
      maxRetries: Number.MAX_SAFE_INTEGER,
    },
  })
  return {
    transport: transport as Transport,
    lastWords: () => '',
    withoutSecrets: (text) => withoutSecrets(text, [url, ...Object.values(headers)]),
    cut: () => {},
    leave: () => withinTime(transport.terminateSession()),
  }
}

function openSse(
  { url, headers }: McpReach & { kind: 'http' },
  { authProvider, ...bounds }: WireOptions,
): Wire {
  const transport = new SSEClientTransport(new URL(url.reveal()), {
    fetch: boundedFetch(bounds),
    requestInit: { headers: revealed(headers) },
    ...(authProvider !== null && { authProvider }),
  })
  return {
    transport: transport as Transport,
    lastWords: () => '',
    withoutSecrets: (text) => withoutSecrets(text, [url, ...Object.values(headers)]),
    cut: () => {},
    leave: async () => {},
  }
}

async function withinTime(leaving: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, leaveMs)
  })
  await Promise.race([leaving.catch(() => {}), late])
  clearTimeout(timer)
}

const revealed = (secrets: Readonly<Record<string, Secret>>): Record<string, string> =>
  Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()]))
