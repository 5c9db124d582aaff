import { pipeline, type Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, constants } from 'node:zlib'
import { BodyChunks } from './body-chunks.ts'

/** A body as it was before a vendor compressed it; some do so unasked. */
export function decodedBody(
  body: Readable,
  headers: Readonly<Record<string, string>>,
): AsyncIterable<Uint8Array> {
  const encoding = headers['content-encoding']
  if (encoding === undefined) return new BodyChunks(body)
  let decoded = body
  // Listed in the order in which they were applied.
  for (const name of encoding.toLowerCase().split(',').reverse()) {
    const decoder = decoderFor(name.trim())
    // An error reaches the reader through the last stream; the callback only keeps it from being thrown.
    if (decoder !== null) decoded = pipeline(decoded, decoder, () => {})
  }
  return new BodyChunks(decoded)
}

/** Gives out what has come so far, so that the events of a compressed stream are not held back. */
const soon = { flush: constants.Z_SYNC_FLUSH }

function decoderFor(encoding: string): Transform | null {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip(soon)
    case 'deflate':
      return createInflate(soon)
    case 'br':
      return createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH })
    default:
      return null
  }
}
