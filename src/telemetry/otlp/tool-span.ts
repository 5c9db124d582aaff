import { randomBytes } from 'node:crypto'
import type { TelemetryEvent } from '../events.ts'
import { genAi, general } from './names.ts'
import { attributesOf, type Span } from './span.ts'

/** A call of a tool through the gateway, as the conventions' `execute_tool`: a trace of its own. */
export function toolSpan(
  { server, tool, ok, latencyMs }: Extract<TelemetryEvent, { kind: 'tool-call' }>,
  endedAtMs: number,
): Span {
  const name = `${server}/${tool}`
  return {
    name: `execute_tool ${name}`,
    kind: 'internal',
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    parent: null,
    startMs: endedAtMs - latencyMs,
    endMs: endedAtMs,
    attributes: attributesOf({
      [genAi.operation]: 'execute_tool',
      [genAi.toolName]: name,
      [genAi.toolType]: 'extension',
      [general.errorType]: ok ? null : '_OTHER',
    }),
    error: ok ? null : 'the tool failed',
    events: [],
  }
}
