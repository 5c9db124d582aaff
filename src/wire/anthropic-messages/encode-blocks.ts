import type { AssistantPart, ContentPart, SealedReasoning } from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { isObject, type JsonObject, parsedJson } from '../lenient.ts'
import { encodeHints, fieldsOf, formatName, isBlank } from './blocks.ts'

/** `own`: the request came in this format, so that ids of files mean something. */
export type PartContext = { readonly own: boolean; readonly foreignSeals: boolean }

/** No block where there is nothing to say, or no way to say it. */
export function encodeContentPart(part: ContentPart, context: PartContext): JsonObject[] {
  const whole = fieldsOf(part.own)
  if (typeof whole.type === 'string') return [encodeHints(part)]
  switch (part.kind) {
    case 'text':
      return isBlank(part.text) ? [] : [{ type: 'text', text: part.text, ...encodeHints(part) }]
    case 'image':
      return encodeImage(part, context)
    case 'file':
      return encodeFile(part, context)
    case 'audio':
      return []
    default:
      return unreachable(part)
  }
}

const dataUrl = /^data:([^;,]+)(?:;[^,;]+)*;base64,/

function sourceOfUrl(url: string): JsonObject {
  const match = dataUrl.exec(url)
  if (match === null) return { type: 'url', url }
  return { type: 'base64', media_type: match[1], data: url.slice(match[0].length) }
}

/** Another vendor's id of a file names nothing here. */
function encodeImage(part: Extract<ContentPart, { kind: 'image' }>, { own }: PartContext): JsonObject[] {
  if (part.fileId === undefined)
    return [{ type: 'image', source: sourceOfUrl(part.url), ...encodeHints(part) }]
  return own ? [{ type: 'image', source: { type: 'file', file_id: part.fileId }, ...encodeHints(part) }] : []
}

function encodeFile(part: Extract<ContentPart, { kind: 'file' }>, { own }: PartContext): JsonObject[] {
  const source = sourceOfFile(part, own)
  if (source === null) return []
  const image = source.type === 'base64' && String(source.media_type).startsWith('image/')
  if (image) return [{ type: 'image', source, ...encodeHints(part) }]
  const title = part.filename === null ? {} : { title: part.filename }
  return [{ type: 'document', source, ...title, ...encodeHints(part) }]
}

function sourceOfFile(part: Extract<ContentPart, { kind: 'file' }>, own: boolean): JsonObject | null {
  if (part.base64 !== null) return sourceOfData(part.base64)
  if (part.url !== undefined) return { type: 'url', url: part.url }
  return own && part.fileId !== null ? { type: 'file', file_id: part.fileId } : null
}

/** Plain text goes as text; what has no media type is a PDF, the only kind of document in base64. */
function sourceOfData(data: string): JsonObject {
  const match = dataUrl.exec(data)
  if (match === null) return { type: 'base64', media_type: 'application/pdf', data }
  const [head, mediaType = ''] = match
  const base64 = data.slice(head.length)
  if (!mediaType.startsWith('text/') && mediaType !== 'application/json')
    return { type: 'base64', media_type: mediaType, data: base64 }
  return { type: 'text', media_type: 'text/plain', data: Buffer.from(base64, 'base64').toString('utf8') }
}

export function encodeAssistantPart(part: AssistantPart, { foreignSeals }: PartContext): JsonObject[] {
  switch (part.kind) {
    case 'text':
      return isBlank(part.text) ? [] : [{ type: 'text', text: part.text, ...encodeHints(part) }]
    case 'refusal':
      return isBlank(part.text) ? [] : [{ type: 'text', text: part.text }]
    case 'reasoning':
      return foreignSeals ? [] : encodeThought(part.text, part.sealed)
    case 'tool-call':
      return [
        {
          type: 'tool_use',
          id: part.id,
          name: part.name,
          input: inputOf(part.argumentsText),
          ...encodeHints(part),
        },
      ]
    case 'opaque':
      return part.format === formatName ? [part.value] : []
    default:
      return unreachable(part)
  }
}

/** A thought that nothing proves is refused. */
export function encodeThought(text: string, sealed: SealedReasoning | undefined): JsonObject[] {
  if (sealed?.format !== formatName) return []
  return sealed.redacted
    ? [{ type: 'redacted_thinking', data: sealed.data }]
    : [{ type: 'thinking', thinking: text, signature: sealed.data }]
}

/** The vendor wants an object. What the model wrote and is none stays to be seen, under a name of its own. */
export function inputOf(argumentsText: string): JsonObject {
  if (isBlank(argumentsText)) return {}
  const parsed = parsedJson(argumentsText)
  return isObject(parsed) ? parsed : { arguments: argumentsText }
}

export const isInput = (argumentsText: string): boolean =>
  isBlank(argumentsText) || isObject(parsedJson(argumentsText))
