import { once } from 'node:events'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AdminAnswer } from '../gateway/admin/call.ts'

/** Comments this often keep whoever stands between from taking the connection for dead. */
const keepAliveMs = 15_000

/** Server-sent events until the client leaves. A reader that is slow is waited for; who tells of events drops what it can't wait with. */
export async function sendEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  { open }: Extract<AdminAnswer, { kind: 'events' }>,
): Promise<void> {
  const { raw } = reply.hijack()
  const { events, close } = open()
  raw.once('close', close)
  // A client that left while this was being opened is told of by no later event.
  if (request.raw.destroyed) return close()
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  raw.write('retry: 2000\n\n')
  const timer = setInterval(() => raw.write(': still here\n\n'), keepAliveMs)
  try {
    for await (const { id, event, data } of events) {
      if (!raw.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`))
        await Promise.race([once(raw, 'drain'), once(raw, 'close')])
      if (raw.destroyed) break
    }
  } finally {
    clearInterval(timer)
    close()
    if (!raw.writableEnded) raw.end()
  }
}
