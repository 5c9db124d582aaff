import type { StreamPart, Usage } from '../../../domain/answer.ts'
import type { Failure } from '../../../domain/failure.ts'
import type { ClientFormat, Envelope, StreamEncoder, WireFormat } from '../../../wire/wire-format.ts'
import type { Spoken } from '../call-target.ts'

/** How a stream's events reach the client. */
export type Voice = {
  readonly say: (spoken: readonly Spoken[]) => Uint8Array | null
  /** What a stream that can't be gone on with ends with; `null`: the format's own error event will do. */
  readonly fail: (failure: Failure) => Uint8Array | null
  /** The stream is complete; `usage` is the sum of all that it took. */
  readonly end: (usage: Usage) => Uint8Array | null
}

/** The vendor's own events, byte for byte. They hold usage and end marker themselves. */
export const vendorsVoice: Voice = {
  say: (spoken) => {
    const [only] = spoken
    if (only === undefined) return null
    return spoken.length === 1 ? only.bytes : Buffer.concat(spoken.map(({ bytes }) => bytes))
  },
  end: () => null,
  fail: () => null,
}

/** In another format than the vendor's. What the vendor says of usage is left for the end, where the sum of all is known. */
export function translatedVoice(format: ClientFormat, envelope: Envelope, usageWanted: boolean): Voice {
  return writtenBy(format.encodeStream(envelope, { usage: usageWanted }))
}

/** In the name of a stream that broke off. `decoding` is what its decoder knew of it at its end. */
export function sameVoice(format: WireFormat, decoding: unknown, usageWanted: boolean): Voice {
  return writtenBy(format.resumeStream(decoding, { usage: usageWanted }))
}

const writtenBy = (encoder: StreamEncoder): Voice => ({
  say: (spoken) =>
    encoded(
      encoder,
      spoken.flatMap(({ parts }) => parts.filter(({ kind }) => kind !== 'usage')),
    ),
  end: (usage) => Buffer.from(encoder.part({ kind: 'usage', usage }) + encoder.end()),
  fail: (failure) => (encoder.fail ? Buffer.from(encoder.fail(failure)) : null),
})

function encoded(encoder: StreamEncoder, parts: readonly StreamPart[]): Uint8Array | null {
  const text = parts.map(encoder.part).join('')
  return text === '' ? null : Buffer.from(text)
}
