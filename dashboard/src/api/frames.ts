/** Server-sent events (HTML standard, 9.2.6), of which the gateway uses `event` and `data`. `EventSource` can show no token. */

export type Frame = { readonly event: string; readonly data: string }

export async function* readFrames(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader()
  let rest = ''
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      const parts = (rest + value).split(/\r?\n\r?\n/)
      rest = parts.pop() ?? ''
      for (const part of parts) {
        const frame = frameOf(part)
        if (frame !== null) yield frame
      }
    }
  } finally {
    void reader.cancel().catch(() => {})
  }
}

/** `null`: a comment, or nothing that carries data. */
export function frameOf(text: string): Frame | null {
  let event = 'message'
  const data: string[] = []
  for (const line of text.split(/\r?\n/)) {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? []
    if (name === 'event') event = value
    else if (name === 'data') data.push(value)
  }
  return data.length === 0 ? null : { event, data: data.join('\n') }
}
