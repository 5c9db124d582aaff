/**
 * Keeps one server's results from filling a model's context and the gateway's memory. Texts are cut, with a note for the
 * model that reads them; half an image or half a structure is of no use, so what else is too large is refused.
 */

type Loose = Readonly<Record<string, unknown>>

export type Limited =
  | { readonly kind: 'within'; readonly result: Loose; readonly bytes: number }
  | { readonly kind: 'too-large'; readonly message: string; readonly bytes: number }

const isLoose = (value: unknown): value is Loose => typeof value === 'object' && value !== null

/** Bytes of a value as JSON. */
export const jsonBytes = (value: unknown): number =>
  value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value))

/** Texts of `content` (of tools) and `contents` (of resources) share what is left beside everything else. */
export function limitResult(result: Loose, maxBytes: number): Limited {
  const bytes = jsonBytes(result)
  if (bytes <= maxBytes) return { kind: 'within', result, bytes }
  const list = Array.isArray(result.content) ? 'content' : 'contents'
  const blocks = result[list]
  if (!Array.isArray(blocks)) return tooLarge('the result', bytes, maxBytes)
  const texts = blocks.reduce((sum: number, block) => sum + jsonBytes(textOf(block)), 0)
  const rest = bytes - texts
  // Without its texts it is too large still: something else is.
  if (rest > maxBytes) return tooLarge(largestPart(result, blocks), bytes, maxBytes)
  let left = maxBytes - rest
  const cut = blocks.map((block: unknown) => {
    const text = textOf(block)
    if (text === undefined) return block
    const size = jsonBytes(text)
    const kept = size <= left ? text : cutText(text, left, maxBytes)
    left = Math.max(0, left - size)
    return withText(block as Loose, kept)
  })
  return { kind: 'within', result: { ...result, [list]: cut }, bytes: maxBytes }
}

function tooLarge(what: string, bytes: number, maxBytes: number): Limited {
  const message = `${what} is too large: ${bytes} bytes, and ${maxBytes} are allowed. Ask the tool for less, or raise maxResultBytes of its server.`
  return { kind: 'too-large', message, bytes }
}

function largestPart(result: Loose, blocks: readonly unknown[]): string {
  if (jsonBytes(result.structuredContent) * 2 > jsonBytes(result)) return 'the structured result'
  const largest = blocks.reduce<unknown>(
    (most, block) => (jsonBytes(block) > jsonBytes(most) ? block : most),
    undefined,
  )
  const type = isLoose(largest) && typeof largest.mimeType === 'string' ? ` (${largest.mimeType})` : ''
  return `binary content of the result${type}`
}

/** The text of a block, or of the resource in it. */
function textOf(block: unknown): string | undefined {
  if (!isLoose(block)) return undefined
  if (typeof block.text === 'string') return block.text
  return isLoose(block.resource) && typeof block.resource.text === 'string' ? block.resource.text : undefined
}

const withText = (block: Loose, text: string): Loose =>
  typeof block.text === 'string'
    ? { ...block, text }
    : { ...block, resource: { ...(block.resource as Loose), text } }

/** A character more than a byte makes the text a little shorter than it might be, never longer. */
function cutText(text: string, maxBytes: number, limit: number): string {
  let end = Math.min(text.length, maxBytes)
  while (end > 0 && jsonBytes(text.slice(0, end)) > maxBytes) end = Math.floor(end * 0.8)
  // Half a character is none.
  if (end > 0 && /[\uD800-\uDBFF]/.test(text[end - 1] ?? '')) end--
  return `${text.slice(0, end)}\n[cut by the gateway: ${text.length - end} of ${text.length} characters are missing, since results are limited to ${limit} bytes. Ask for a smaller part.]`
}
