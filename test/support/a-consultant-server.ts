import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export type AskedConsultant = {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Readonly<Record<string, unknown>>
}

export type ConsultantReply =
  | { readonly kind: 'json'; readonly body: unknown; readonly afterMs?: number }
  | { readonly kind: 'status'; readonly status: number; readonly text?: string }
  | { readonly kind: 'text'; readonly text: string }
  /** So many bytes, without an end to them until somebody hangs up. */
  | { readonly kind: 'endless' }
  | { readonly kind: 'never' }
  | { readonly kind: 'cut' }

/** A consultant over real HTTP. Closed with the test. */
export async function aConsultantServer(reply: (asked: AskedConsultant) => ConsultantReply): Promise<{
  readonly url: string
  readonly seen: readonly AskedConsultant[]
  /** The most questions that were under way at one time. */
  readonly mostAtOnce: () => number
  readonly hungUp: () => number
}> {
  const seen: AskedConsultant[] = []
  let underWay = 0
  let mostAtOnce = 0
  let hungUp = 0
  const server = createServer(async (incoming, outgoing) => {
    underWay++
    mostAtOnce = Math.max(mostAtOnce, underWay)
    outgoing.on('close', () => {
      underWay--
      if (!outgoing.writableFinished) hungUp++
    })
    const chunks: Uint8Array[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    const asked = { path: incoming.url ?? '', headers: incoming.headers, body }
    seen.push(asked)
    const answer = reply(asked)
    switch (answer.kind) {
      case 'json':
        await new Promise((resolve) => setTimeout(resolve, answer.afterMs ?? 0))
        outgoing.setHeader('content-type', 'application/json').end(JSON.stringify(answer.body))
        return
      case 'status':
        outgoing.writeHead(answer.status, { location: 'http://127.0.0.1:9/' }).end(answer.text ?? '')
        return
      case 'text':
        outgoing.end(answer.text)
        return
      case 'endless': {
        const chunk = Buffer.alloc(65_536, 'x')
        const write = () => {
          while (!outgoing.destroyed && outgoing.write(chunk));
        }
        outgoing.on('drain', write)
        write()
        return
      }
      case 'cut':
        outgoing.writeHead(200, { 'content-length': '1000' })
        outgoing.write('{"score": ')
        setImmediate(() => outgoing.destroy())
        return
      case 'never':
        return
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/check`,
    seen,
    mostAtOnce: () => mostAtOnce,
    hungUp: () => hungUp,
  }
}
