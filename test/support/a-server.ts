import { onTestFinished } from 'vitest'
import { type RunningServer, type ServerOptions, startServer } from '../../src/http/server.ts'
import { aGateway, type GatewayOptions, type OpenedGateway, readDecisions } from './a-gateway.ts'

export type OpenedServer = Omit<OpenedGateway, 'stored'> & {
  readonly url: string
  readonly cut: () => void
  /** What a bug in Fairlead would have reported. */
  readonly errors: readonly unknown[]
  readonly post: (
    path: string,
    body: string | object | Uint8Array,
    options?: Omit<RequestInit, 'body' | 'method'>,
  ) => Promise<Response>
  readonly stored: OpenedGateway['stored']
}

/** A gateway behind a real server on a free port of 127.0.0.1. */
export async function aServer(
  options: GatewayOptions & { readonly server?: Partial<ServerOptions> } = {},
): Promise<OpenedServer> {
  const opened = await aGateway(options)
  const errors: unknown[] = []
  const server = await startServer(opened.gateway, {
    host: '127.0.0.1',
    port: 0,
    bodyLimitBytes: 100_000,
    shutdownGraceMs: 5_000,
    onError: (error) => errors.push(error),
    ...options.server,
  })
  const close = closeOnce(server)
  onTestFinished(close)
  return {
    ...opened,
    url: server.url,
    cut: server.cut,
    errors,
    close,
    post: (path, body, init = {}) =>
      fetch(`${server.url}${path}`, {
        ...init,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...init.headers },
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
    stored: async () => {
      await close()
      return readDecisions(opened.config.log.path)
    },
  }
}

function closeOnce(server: RunningServer): () => Promise<void> {
  let closing: Promise<void> | null = null
  return () => {
    closing ??= server.close()
    return closing
  }
}

/** The JSON of a reply, to be looked into as a test likes. */
export const jsonOf = async (reply: Response) => JSON.parse(await reply.text())
