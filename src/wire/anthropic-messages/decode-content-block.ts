import type { ContentPart, Message } from '../../domain/request.ts'
import {
  type Faults,
  optionalFlag,
  optionalText,
  requiredText,
  shown,
  within,
  wrongType,
} from '../client-checks.ts'
import { asList, asObject, asText, isObject, type JsonObject } from '../lenient.ts'
import { decodeCache, decodeHints, ownFields, wholeBlock } from './blocks.ts'
import { contentList, unknownBlock } from './block-list.ts'

/** A block of the user or of a tool's result. */
export function decodeContentBlock(block: JsonObject, path: string, faults: Faults): ContentPart[] {
  switch (block.type) {
    case 'text':
      return [decodeText(block, path, faults)]
    case 'image':
      return decodeSourced(block, path, faults, imageOf)
    case 'document':
      return decodeSourced(block, path, faults, documentOf)
    case 'container_upload': {
      const fileId = requiredText(block, 'file_id', path, faults, 'Write the id of an uploaded file.')
      const hints = { ...decodeCache(block, path, faults), ...wholeBlock(block) }
      return [{ kind: 'file', fileId, filename: null, base64: null, ...hints }]
    }
    // What they say is text; a target of this format gets the block itself.
    case 'search_result':
    case 'tool_reference':
    case 'browser_state':
      return [
        {
          kind: 'text',
          text: likenessOf(block),
          ...decodeCache(block, path, faults),
          ...wholeBlock(block),
        },
      ]
    default:
      unknownBlock(block, path, 'text, image, document, search_result or tool_result', faults)
      return []
  }
}

export const decodeText = (
  block: JsonObject,
  path: string,
  faults: Faults,
): ContentPart & { kind: 'text' } => ({
  kind: 'text',
  text: requiredText(block, 'text', path, faults, ''),
  ...decodeHints(block, path, ['text'], faults),
})

export function decodeToolResult(block: JsonObject, path: string, faults: Faults): Message {
  const remedy = 'Repeat the id of the tool_use block that it answers.'
  const toolCallId = requiredText(block, 'tool_use_id', path, faults, remedy)
  const content = contentList(block.content ?? '', within(path, 'content'), faults, (inner, innerPath) =>
    decodeContentBlock(inner, innerPath, faults),
  )
  const isError = optionalFlag(block, 'is_error', path, faults) ?? false
  return {
    role: 'tool',
    toolCallId,
    content,
    ...(isError && { isError }),
    ...decodeHints(block, path, ['tool_use_id', 'content', 'is_error'], faults),
  }
}

type Sourced = (source: JsonObject, path: string, faults: Faults, block: JsonObject) => ContentPart | null

function decodeSourced(block: JsonObject, path: string, faults: Faults, read: Sourced): ContentPart[] {
  const own = within(path, 'source')
  const { source } = block
  if (!isObject(source)) {
    wrongType(faults, own, 'an object', source, 'Write {"type": "base64", "media_type": "…", "data": "…"}.')
    return []
  }
  const part = read(source, own, faults, block)
  return part === null ? [] : [{ ...part, ...decodeCache(block, path, faults) }]
}

const imageOf: Sourced = (source, path, faults, block) => {
  const own = ownFields(block, ['source'])
  switch (source.type) {
    case 'base64': {
      const mediaType = requiredText(source, 'media_type', path, faults, 'Write one such as image/png.')
      const data = requiredText(source, 'data', path, faults, 'Write the image in base64.')
      return { kind: 'image', url: `data:${mediaType};base64,${data}`, detail: null, ...own }
    }
    case 'url': {
      const url = requiredText(source, 'url', path, faults, 'Write an https: URL.')
      return { kind: 'image', url, detail: null, ...own }
    }
    case 'file': {
      const fileId = requiredText(source, 'file_id', path, faults, 'Write the id of an uploaded file.')
      return { kind: 'image', url: '', detail: null, fileId, ...own }
    }
    default:
      unknownSource(source, path, 'base64, url or file', faults)
      return null
  }
}

const documentOf: Sourced = (source, path, faults, block) => {
  const file = {
    kind: 'file' as const,
    fileId: null,
    filename: optionalText(block, 'title', path.replace(/\.source$/, ''), faults),
    base64: null,
    ...ownFields(block, ['source', 'title']),
  }
  switch (source.type) {
    case 'base64': {
      const mediaType = requiredText(source, 'media_type', path, faults, 'Write application/pdf.')
      const data = requiredText(source, 'data', path, faults, 'Write the document in base64.')
      return { ...file, base64: `data:${mediaType};base64,${data}` }
    }
    case 'text': {
      const text = requiredText(source, 'data', path, faults, 'Write the text of the document.')
      return { ...file, base64: `data:text/plain;base64,${Buffer.from(text).toString('base64')}` }
    }
    case 'url':
      return { ...file, url: requiredText(source, 'url', path, faults, 'Write an https: URL.') }
    case 'file':
      return {
        ...file,
        fileId: requiredText(source, 'file_id', path, faults, 'Write the id of an uploaded file.'),
      }
    // A document in pieces that can be cited one by one.
    case 'content':
      return { kind: 'text', text: likenessOf(block), ...wholeBlock(block) }
    default:
      unknownSource(source, path, 'base64, text, content, url or file', faults)
      return null
  }
}

function unknownSource(source: JsonObject, path: string, known: string, faults: Faults): void {
  const param = within(path, 'type')
  if (typeof source.type !== 'string') {
    wrongType(faults, param, 'a string', source.type, `Use ${known}.`)
    return
  }
  const message = `${param}: there is no source of type ${shown(source.type)} here. Use ${known}.`
  faults.push({ param, code: 'unknown_part', message })
}

/** The words of a block, for models of other formats. */
function likenessOf(block: JsonObject): string {
  const { content } = isObject(block.source) ? block.source : block
  const texts =
    typeof content === 'string' ? [content] : asList(content).map((item) => asText(asObject(item).text))
  const heads = [block.title, block.tool_name, block.source].map(asText)
  return [...heads, ...texts].filter((text) => text !== '').join('\n')
}
