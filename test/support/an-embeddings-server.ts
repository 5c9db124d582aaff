import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export type EmbeddingsRequest = {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly input: readonly string[]
  readonly body: Readonly<Record<string, unknown>>
}

export type EmbeddingsReply =
  | { readonly kind: 'json'; readonly body: unknown }
  | {
      readonly kind: 'status'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly message?: string
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'never' }
  | { readonly kind: 'cut' }

/** A vector that tells the text: its length and first character. */
export const vectorOf = (text: string): number[] => [text.length, text.charCodeAt(0) || 0, 1]

/** The reply of an endpoint that works. */
export const vectorsFor = ({ input }: EmbeddingsRequest): EmbeddingsReply => ({
  kind: 'json',
  body: { data: input.map((text, index) => ({ index, embedding: vectorOf(text) })) },
})

/** `POST /v1/embeddings` over real HTTP, which answers its nth request as told; the last way stays. Closed with the test. */
export async function anEmbeddingsServer(
  ...replies: readonly ((request: EmbeddingsRequest) => EmbeddingsReply)[]
): Promise<{ readonly baseUrl: string; readonly seen: readonly EmbeddingsRequest[] }> {
  const seen: EmbeddingsRequest[] = []
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    const request = { path: incoming.url ?? '', headers: incoming.headers, input: body.input, body }
    seen.push(request)
    const reply = (replies[Math.min(seen.length, replies.length) - 1] ?? vectorsFor)(request)
    switch (reply.kind) {
      case 'json':
        outgoing.setHeader('content-type', 'application/json').end(JSON.stringify(reply.body))
        return
      case 'status':
        outgoing.writeHead(reply.status, reply.headers)
        outgoing.end(JSON.stringify({ error: { message: reply.message ?? 'no' } }))
        return
      case 'text':
        outgoing.end(reply.text)
        return
      case 'cut':
        outgoing.writeHead(200, { 'content-length': '1000' })
        outgoing.write('{"data": [')
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
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, seen }
}
