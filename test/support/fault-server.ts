/** A vendor that speaks `openai-chat` over real HTTP and fails as it is told; it keeps what it saw. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'

/** What the server does with one request. */
export type Behaviour =
  /** Answers as asked, buffered or streaming. */
  | { readonly kind: 'answer'; readonly text?: string; readonly usage?: boolean; readonly delayMs?: number }
  | {
      readonly kind: 'status'
      readonly status: number
      readonly body: unknown
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly kind: 'reset-before-headers' }
  | { readonly kind: 'reset-after-headers' }
  | { readonly kind: 'never-answer' }
  /** A streamed answer of `words` that ends, without a finish reason, after so many of them. */
  | { readonly kind: 'cut'; readonly afterWords: number; readonly how: 'close' | 'reset' }
  | { readonly kind: 'stall'; readonly afterWords: number }
  | { readonly kind: 'malformed-event'; readonly afterWords: number }
  | { readonly kind: 'error-event'; readonly afterWords: number; readonly message?: string }
  /** Whole but for `data: [DONE]`; `hold` keeps the connection open. */
  | { readonly kind: 'no-end-marker'; readonly hold: boolean }
  /** `data: [DONE]` without any finish reason. */
  | { readonly kind: 'no-finish' }
  | { readonly kind: 'raw'; readonly contentType: string | null; readonly body: string }
  | { readonly kind: 'gzip' }

export type Seen = {
  readonly model: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly text: string
  /** Settles when the connection is closed or the reply is out; says whether it was cut short by the client. */
  readonly over: Promise<'finished' | 'aborted'>
}

export type FaultServer = {
  readonly baseUrl: string
  readonly seen: readonly Seen[]
  /** Resolves as soon as so many requests have been seen. */
  readonly whenSeen: (count: number) => Promise<void>
}

/** Every answer is these words, in as many events. */
export const words = ['One ', 'two ', 'three ', 'four ', 'five.']
export const wholeText = words.join('')
export const reportedUsage = {
  prompt_tokens: 40,
  completion_tokens: 10,
  total_tokens: 50,
  prompt_tokens_details: { cached_tokens: 8 },
}

/** `script`: for each model name the behaviours of its first request, its second…; the last one stays. Closed with the test. */
export async function aFaultServer(
  script: Readonly<Record<string, readonly Behaviour[]>>,
): Promise<FaultServer> {
  const seen: Seen[] = []
  const waiting: { readonly count: number; readonly resolve: () => void }[] = []
  const server = createServer((request, response) => {
    void readText(request).then((text) => {
      const body = JSON.parse(text)
      const behaviours = script[body.model] ?? []
      const earlier = seen.filter(({ model }) => model === body.model).length
      const behaviour = behaviours[Math.min(earlier, behaviours.length - 1)]
      if (!behaviour) throw new Error(`the fault server has no behaviour for ${body.model}`)
      const { url: path = '', headers } = request
      seen.push({ model: body.model, path, headers, text, over: overOf(response) })
      for (const { count, resolve } of waiting) if (seen.length >= count) resolve()
      behave(behaviour, body, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    whenSeen: (count) =>
      new Promise((resolve) => {
        if (seen.length >= count) resolve()
        else waiting.push({ count, resolve })
      }),
  }
}

/** A base URL at which nobody listens. */
export async function aRefusedUrl(): Promise<string> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}/v1`
}

type Asked = { readonly model: string; readonly stream?: boolean }

function behave(behaviour: Behaviour, asked: Asked, response: ServerResponse): void {
  switch (behaviour.kind) {
    case 'answer':
      setTimeout(answer, behaviour.delayMs ?? 0, response, asked, behaviour.text, behaviour.usage ?? true)
      return
    case 'status':
      response.writeHead(behaviour.status, { 'content-type': 'application/json', ...behaviour.headers })
      response.end(JSON.stringify(behaviour.body))
      return
    case 'reset-before-headers':
      response.socket?.resetAndDestroy()
      return
    case 'reset-after-headers':
      begin(response, asked)
      response.write(asked.stream ? ': hello\n\n' : '{"id":', () => response.socket?.resetAndDestroy())
      return
    case 'never-answer':
      return
    case 'cut':
      writeWords(response, asked, behaviour.afterWords)
      later(() => (behaviour.how === 'close' ? response.end() : response.socket?.resetAndDestroy()))
      return
    case 'stall':
      writeWords(response, asked, behaviour.afterWords)
      return
    case 'malformed-event':
      writeWords(response, asked, behaviour.afterWords)
      later(() => response.write('data: {"choices": [{"delta": \n\n'))
      return
    case 'error-event':
      writeWords(response, asked, behaviour.afterWords)
      later(() => response.write(`data: ${JSON.stringify({ error: overload(behaviour.message) })}\n\n`))
      return
    case 'no-end-marker':
      writeWords(response, asked, words.length)
      response.write(event(asked, {}, 'stop'))
      if (!behaviour.hold) response.end()
      return
    case 'no-finish':
      writeWords(response, asked, words.length)
      response.end('data: [DONE]\n\n')
      return
    case 'raw':
      response.writeHead(200, behaviour.contentType === null ? {} : { 'content-type': behaviour.contentType })
      response.end(behaviour.body)
      return
    case 'gzip':
      response.setHeader('content-encoding', 'gzip')
      begin(response, asked)
      response.end(
        gzipSync(asked.stream ? wholeStream(asked, undefined, true) : wholeBody(asked, undefined, true)),
      )
  }
}

const overload = (message = 'The server is overloaded') => ({ message, code: 503 })

/** After the client has read what was sent: a reset would take away what it has not. */
const later = (act: () => unknown): unknown => setTimeout(act, 100)

function answer(response: ServerResponse, asked: Asked, text: string | undefined, usage: boolean): void {
  begin(response, asked)
  response.end(asked.stream ? wholeStream(asked, text, usage) : wholeBody(asked, text, usage))
}

const begin = (response: ServerResponse, { stream }: Asked): unknown =>
  response.writeHead(200, {
    'content-type': stream ? 'text/event-stream; charset=utf-8' : 'application/json',
  })

function writeWords(response: ServerResponse, asked: Asked, count: number): void {
  begin(response, asked)
  response.flushHeaders()
  response.write(event(asked, { role: 'assistant', content: '' }, null))
  for (const word of words.slice(0, count)) response.write(event(asked, { content: word }, null))
}

const wholeBody = ({ model }: Asked, text = wholeText, usage: boolean): string =>
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    ...(usage && { usage: reportedUsage }),
    vendor_extra: 'kept',
  })

const wholeStream = (asked: Asked, text: string | undefined, usage: boolean): string =>
  [
    event(asked, { role: 'assistant', content: '' }, null),
    ...(text === undefined ? words : [text]).map((content) => event(asked, { content }, null)),
    event(asked, {}, 'stop'),
    usage ? `data: ${JSON.stringify({ ...head(asked), choices: [], usage: reportedUsage })}\n\n` : '',
    'data: [DONE]\n\n',
  ].join('')

const head = ({ model }: Asked) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model,
})

const event = (asked: Asked, delta: unknown, finish: string | null): string =>
  `data: ${JSON.stringify({ ...head(asked), choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

const overOf = (response: ServerResponse): Promise<'finished' | 'aborted'> =>
  new Promise((resolve) => {
    response.once('close', () => resolve(response.writableFinished ? 'finished' : 'aborted'))
  })

async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}
