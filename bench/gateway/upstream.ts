/**
 * A vendor that costs as little as it can, a process of its own: `node:http`, one fixed answer, as JSON or as a stream.
 * It is told by message how it streams.
 */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Every how many milliseconds a stream gets its next event; 0: as fast as it is read. */
export type UpstreamPace = { readonly everyMs: number }

/** Events of one streamed answer, its first and its last three included. */
export const eventsPerStream = 204

const contentEvents = eventsPerStream - 4
const usage = { prompt_tokens: 40, completion_tokens: contentEvents, total_tokens: 40 + contentEvents }
const head = { id: 'chatcmpl-bench', created: 1_700_000_000, model: 'mock' }

const event = (choices: readonly object[], more: object = {}): Buffer =>
  Buffer.from(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`)

const delta = (change: object, finish: string | null = null): Buffer =>
  event([{ index: 0, delta: change, finish_reason: finish }])

const events: readonly Buffer[] = [
  delta({ role: 'assistant', content: '' }),
  ...Array.from({ length: contentEvents }, (_, index) => delta({ content: ` word${index % 10}` })),
  delta({}, 'stop'),
  event([], { usage }),
  Buffer.from('data: [DONE]\n\n'),
]

const answer = Buffer.from(
  JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'The answer is 391, by adding 340 and 51. '.repeat(12) },
        finish_reason: 'stop',
      },
    ],
    usage,
  }),
)

const jsonHeaders = { 'content-type': 'application/json', 'content-length': String(answer.length) }
const streamHeaders = { 'content-type': 'text/event-stream; charset=utf-8' }

type Streaming = { readonly response: ServerResponse; sent: number }

let everyMs = 0
let opened = 0
/** Streams by the millisecond of the period in which they are served, so that they are not all written to at once. */
let groups: Set<Streaming>[] = []
let timer: NodeJS.Timeout | null = null

function setPace(pace: UpstreamPace): void {
  everyMs = pace.everyMs
  if (timer !== null) clearInterval(timer)
  groups = Array.from({ length: everyMs }, () => new Set())
  const begun = performance.now()
  let ticks = 0
  timer =
    everyMs === 0
      ? null
      : setInterval(() => {
          // Timers come late; what they missed is made up for.
          for (; ticks < performance.now() - begun; ticks++) writeGroup(groups[ticks % everyMs]!)
        }, 1)
}

function writeGroup(group: Set<Streaming>): void {
  for (const streaming of group) {
    streaming.response.write(events[streaming.sent++])
    if (streaming.sent < events.length) continue
    group.delete(streaming)
    streaming.response.end()
  }
}

function stream(response: ServerResponse): void {
  response.writeHead(200, streamHeaders)
  if (everyMs === 0) {
    writeOn(response, 0)
    return
  }
  const streaming = { response, sent: 0 }
  const group = groups[opened++ % everyMs]!
  group.add(streaming)
  response.once('close', () => group.delete(streaming))
}

function writeOn(response: ServerResponse, from: number): void {
  for (let at = from; at < events.length; at++) {
    if (response.write(events[at])) continue
    response.once('drain', () => writeOn(response, at + 1))
    return
  }
  response.end()
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const [only = Buffer.alloc(0)] = chunks
    const body = chunks.length > 1 ? Buffer.concat(chunks) : only
    if (body.includes('"stream":true')) stream(response)
    else response.writeHead(200, jsonHeaders).end(answer)
  })
})

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', (pace: UpstreamPace) => {
  setPace(pace)
  process.send?.({ paced: true })
})
