import type { FastifyReply } from 'fastify'
import type { Prometheus } from '../telemetry/prometheus/index.ts'

/** `GET /metrics`, as Prometheus reads it. Who may read it is decided before. */
export async function serveMetrics(
  { render }: Pick<Prometheus, 'render'>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { contentType, text } = await render()
  return reply.header('content-type', contentType).header('cache-control', 'no-store').send(text)
}
