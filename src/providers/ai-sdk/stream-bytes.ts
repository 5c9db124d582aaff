import { type Failure, failure } from '../../domain/failure.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { asObject, isObject, parsedJson } from '../../wire/lenient.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'
import type { Envelope, StreamEncoder } from '../../wire/wire-format.ts'
import { LibraryFailure } from './library-failure.ts'
import { type PartRead, readPart, startStream, type StreamState } from './stream-parts.ts'
import { untilAborted } from './until-aborted.ts'

export type StreamBytesOptions = {
  readonly signal: AbortSignal
  readonly warnings: readonly string[]
  /** Of the vendor's id and name of the model, each '' where it gave none. */
  readonly envelope: (id: string, model: string) => Envelope
  readonly asFailure: (error: unknown) => Failure
}

/** A language model's stream as server-sent events of the format `openai-chat`. Throws where it fails or is cut: nothing then looks like its end. */
export async function* streamBytes(
  stream: ReadableStream<unknown>,
  options: StreamBytesOptions,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  let state = startStream(options.warnings)
  let encoder: StreamEncoder | null = null
  try {
    for (;;) {
      const { done, value } = await untilAborted(reader.read(), options.signal)
      if (done) throw new LibraryFailure(cut())
      const read = readPart(state, asObject(value))
      state = read.state
      if (read.parts.length > 0) encoder ??= encoderFor(state, options)
      const text = encoder === null ? '' : written(encoder, read)
      if (text !== '') yield Buffer.from(text)
      if (isOver(read, options)) return
    }
  } catch (error) {
    throw error instanceof LibraryFailure ? error : new LibraryFailure(options.asFailure(error))
  } finally {
    // Also where the reader of these bytes has gone: the package then closes its connection.
    void reader.cancel().catch(() => {})
  }
}

const cut = (): Failure =>
  failure('truncated', "The vendor's stream ended without a word on whether the answer is whole. Try again.")

/** The first content comes after what the vendor says of itself. */
const encoderFor = ({ id, model }: StreamState, { envelope }: StreamBytesOptions): StreamEncoder =>
  openaiChat.encodeStream(envelope(id, model), { usage: true })

function written(encoder: StreamEncoder, { state, parts, end }: PartRead): string {
  const text = parts.map((part) => encoder.part(part)).join('')
  return end?.kind === 'finished' ? withWarnings(text, state.warnings) + encoder.end() : text
}

/** @throws LibraryFailure where the part says that the stream has failed */
function isOver({ end }: PartRead, { asFailure }: StreamBytesOptions): boolean {
  if (end === null) return false
  switch (end.kind) {
    case 'finished':
      return true
    case 'cut':
      throw new LibraryFailure(cut())
    case 'error':
      throw new LibraryFailure(asFailure(end.error))
    default:
      return unreachable(end)
  }
}

/** The event that has the finish reason says what was left out, as a whole answer does. */
function withWarnings(events: string, warnings: readonly string[]): string {
  if (warnings.length === 0) return events
  return events.replace(/^data: (\{.*"finish_reason":"[^"]*".*\})$/m, (whole, json: string) => {
    const chunk = parsedJson(json)
    return isObject(chunk) ? `data: ${JSON.stringify({ ...chunk, warnings })}` : whole
  })
}
