/** Up to `maxBytes` of a body; `whole` is false where there was more. Throws where the connection breaks. */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<{ readonly bytes: Buffer; readonly whole: boolean }> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    length += chunk.length
    if (length > maxBytes) return { bytes: Buffer.concat(chunks, maxBytes), whole: false }
  }
  return { bytes: oneBuffer(chunks, length), whole: true }
}

/** The chunks as one buffer; most bodies come in one, which is not copied. */
export function oneBuffer(chunks: readonly Uint8Array[], length?: number): Buffer {
  const [only] = chunks
  if (only === undefined || chunks.length > 1) return Buffer.concat(chunks, length)
  return Buffer.from(only.buffer, only.byteOffset, only.byteLength)
}
