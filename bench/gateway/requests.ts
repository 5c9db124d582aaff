/** What the benches of failures send, and the configuration that they send it to. */

export type ChatRequest = { readonly port: number; readonly model: string; readonly stream: boolean }

export function chatRequest({ port, model, stream }: ChatRequest): Buffer {
  const messages = [{ role: 'user', content: `What is ${Math.floor(Math.random() * 1000)} * 23?` }]
  const body = JSON.stringify({ model, stream, messages })
  return Buffer.from(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** The model that fails first, the one that does not after it. */
export const faultyConfig = (upstreamPort: number) => ({
  vendors: { acme: { baseUrl: `http://127.0.0.1:${upstreamPort}/v1`, apiKey: 'env:ACME_KEY' } },
  models: [model('faulty'), model('steady')],
  policies: { auto: { strategy: 'fixed', model: 'acme/faulty', fallbacks: ['acme/steady'] } },
  server: { shutdownGraceMs: 60_000 },
})

/** Two vendors at one address, so that what is known of one says nothing of the other. */
export const outageConfig = (upstreamPort: number) => {
  const vendor = { baseUrl: `http://127.0.0.1:${upstreamPort}/v1`, apiKey: 'env:ACME_KEY' }
  return {
    vendors: { first: vendor, second: vendor },
    models: [model('primary', 'first'), model('backup', 'second')],
    policies: { auto: { strategy: 'fixed', model: 'first/primary', fallbacks: ['second/backup'] } },
  }
}

const model = (name: string, vendor = 'acme') => ({
  id: `${vendor}/${name}`,
  prices: { input: 1, output: 4 },
  contextWindow: 128_000,
  maxOutputTokens: 8_000,
})
