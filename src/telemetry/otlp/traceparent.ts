/** The place of a span in a trace, as W3C Trace Context has it: https://www.w3.org/TR/trace-context/ */
export type TraceParent = {
  /** 32 hex digits. */
  readonly traceId: string
  /** 16 hex digits. */
  readonly spanId: string
  readonly sampled: boolean
}

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const onlyZeros = /^0+$/
/** A later version may have more fields, but no client of sense sends as many. */
const longest = 512

/** `null`: there is none, or none that may be used; then a trace begins here. */
export function parseTraceparent(header: string | null | undefined): TraceParent | null {
  if (!header || header.length > longest) return null
  const parts = form.exec(header.trim())
  if (parts === null) return null
  const [, version, traceId, spanId, flags, more] = parts as unknown as [
    string,
    string,
    string,
    string,
    string,
    string?,
  ]
  // `ff` is forbidden, and version 00 has four fields and no more.
  if (version === 'ff' || (version === '00' && more !== undefined)) return null
  if (onlyZeros.test(traceId) || onlyZeros.test(spanId)) return null
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}
