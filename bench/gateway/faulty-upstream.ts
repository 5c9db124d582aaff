/**
 * A vendor that fails by a script, a process of its own. Each model name stands for one way to behave; messages ask what it
 * has seen, and say whether a model is down.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nowMs } from './connection.ts'

/** How a model that is down behaves. */
export const outages = ['503', 'reset', 'silent'] as const
export type Outage = (typeof outages)[number]

export type UpstreamCommand =
  | { readonly kind: 'set-down'; readonly model: string; readonly outage: Outage | null }
  | { readonly kind: 'count' }

export type UpstreamCounts = {
  /** Requests under way, streams included. */
  readonly underWay: number
  readonly connections: number
  /** Replies whose connection the gateway closed before they were whole. */
  readonly cancelled: number
  /** `hrtime` milliseconds of every request, by model, since the last count. */
  readonly requests: Readonly<Record<string, readonly number[]>>
}

/** The gateway lets idle connections go some two seconds before. */
const idleMs = 4_000

/** A streamed answer: so many events, one every so many milliseconds. */
const streamEvents = 20
const eventEveryMs = 10

const down = new Map<string, Outage>()
let requests: Record<string, number[]> = {}
let cancelled = 0
let burstUntil = 0
const underWay = new Set<ServerResponse>()

type Asked = { readonly model: string; readonly stream?: boolean }

function serve(asked: Asked, response: ServerResponse): void {
  const outage = down.get(asked.model)
  if (outage !== undefined) fail(outage, response)
  else if (asked.model === 'faulty') serveWithFaults(asked, response)
  else answer(asked, response, streamEvents)
}

function fail(outage: Outage, response: ServerResponse): void {
  switch (outage) {
    case '503':
      refuse(response, 503, {})
      return
    case 'reset':
      response.socket?.resetAndDestroy()
      return
    case 'silent':
      return
  }
}

/** Two faults at once: in bursts everything is refused with 429, and at all times streams are cut or stall. */
function serveWithFaults(asked: Asked, response: ServerResponse): void {
  const now = performance.now()
  if (now > burstUntil && Math.random() < 0.002) burstUntil = now + 300
  if (now < burstUntil) {
    refuse(response, 429, { 'retry-after': '1' })
    return
  }
  const share = Math.random()
  if (share < 0.15) cut(asked, response)
  else if (share < 0.3) stall(asked, response)
  else answer(asked, response, streamEvents)
}

function refuse(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify({ error: { message: 'not now', type: 'server_error', code: null } }))
}

function cut(asked: Asked, response: ServerResponse): void {
  if (asked.stream)
    sendEvents(asked, response, Math.ceil(Math.random() * streamEvents), () =>
      response.socket?.resetAndDestroy(),
    )
  else response.socket?.resetAndDestroy()
}

/** Nothing more comes until the gateway goes away, or half a minute has passed. */
function stall(asked: Asked, response: ServerResponse): void {
  const timer = setTimeout(() => response.socket?.destroy(), 30_000)
  response.once('close', () => clearTimeout(timer))
  if (asked.stream) sendEvents(asked, response, Math.ceil(Math.random() * streamEvents), () => {})
}

function answer(asked: Asked, response: ServerResponse, events: number): void {
  if (!asked.stream) {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(wholeAnswer(asked))
    return
  }
  sendEvents(asked, response, events, () => {
    response.write(event(asked, {}, 'stop'))
    response.end('data: [DONE]\n\n')
  })
}

function sendEvents(asked: Asked, response: ServerResponse, events: number, then: () => void): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  const text = event(asked, { content: 'word ' }, null)
  let sent = 0
  const timer = setInterval(() => {
    if (response.destroyed) {
      clearInterval(timer)
      return
    }
    response.write(text)
    if (++sent < events) return
    clearInterval(timer)
    then()
  }, eventEveryMs)
}

const head = ({ model }: Asked) => ({ id: 'chatcmpl-1', created: 1_700_000_000, model })

const event = (asked: Asked, delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({ ...head(asked), object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

const wholeAnswer = (asked: Asked): string =>
  JSON.stringify({
    ...head(asked),
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: 'word' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 },
  })

function note(response: ServerResponse, model: string): void {
  const seen = requests[model] ?? []
  seen.push(nowMs())
  requests[model] = seen
  underWay.add(response)
  response.once('close', () => {
    underWay.delete(response)
    if (!response.writableFinished) cancelled++
  })
}

async function bodyOf(request: IncomingMessage): Promise<Asked> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return JSON.parse(text)
}

const server = createServer({ keepAliveTimeout: idleMs }, (request, response) => {
  bodyOf(request).then(
    (asked) => {
      note(response, asked.model)
      serve(asked, response)
    },
    // The gateway left while it was sending.
    () => response.destroy(),
  )
})

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', (command: UpstreamCommand) => {
  if (command.kind === 'set-down') {
    if (command.outage === null) down.delete(command.model)
    else down.set(command.model, command.outage)
    process.send?.({ done: true })
    return
  }
  server.getConnections((_error, connections) => {
    process.send?.({ underWay: underWay.size, connections, cancelled, requests } satisfies UpstreamCounts)
    requests = {}
  })
})
