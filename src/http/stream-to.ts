import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'

/**
 * Writes whole server-sent events to the client as they come. A slow client holds the loop up, and with it the vendor: nothing
 * piles up in between. A client that leaves ends the loop; the generator's `return` lets go of the vendor.
 */
export async function streamTo(reply: FastifyReply, frames: AsyncIterable<Uint8Array>): Promise<void> {
  reply.hijack()
  const { raw } = reply
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    // Tells nginx not to collect the events.
    'x-accel-buffering': 'no',
  })
  try {
    for await (const frame of frames) {
      if (raw.destroyed) break
      if (!raw.write(frame)) await drained(raw)
    }
    raw.end()
  } catch (error) {
    // A stream that just ended would pass for a whole one.
    raw.destroy()
    throw error
  }
}

/** Resolves when there is room again, or when nobody reads any more. */
const drained = (raw: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      raw.off('drain', done)
      raw.off('close', done)
      resolve()
    }
    raw.on('drain', done)
    raw.on('close', done)
  })
