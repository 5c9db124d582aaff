import type { AssistantPart, ContentPart } from '../../domain/request.ts'
import { type Faults, optionalText, requiredText, within, wrongType, wrongValue } from '../client-checks.ts'
import type { JsonObject } from '../lenient.ts'
import { contentList, decodeAudio, unknownPart } from '../openai/content-list.ts'
import { ownAnnotations } from './items.ts'

/** What users, systems and tools may say. */
export const decodeContent = (value: unknown, path: string, faults: Faults): ContentPart[] =>
  contentList(value ?? undefined, path, 'input_text', faults, (part, partPath) =>
    decodePart(part, partPath, faults),
  )

/** What an assistant has said. */
export const decodeSpeech = (value: unknown, path: string, faults: Faults): AssistantPart[] =>
  contentList<AssistantPart>(value ?? undefined, path, 'output_text', faults, (part, partPath) => {
    if (part.type === 'output_text') {
      const text = requiredText(part, 'text', partPath, faults, '')
      return { kind: 'text', text, ...ownAnnotations(part) }
    }
    if (part.type === 'refusal') {
      return { kind: 'refusal', text: requiredText(part, 'refusal', partPath, faults, '') }
    }
    unknownPart(part, partPath, 'output_text or refusal', faults)
    return null
  })

function decodePart(part: JsonObject, path: string, faults: Faults): ContentPart | null {
  switch (part.type) {
    case 'input_text':
      return { kind: 'text', text: requiredText(part, 'text', path, faults, '') }
    case 'input_image':
      return decodeImage(part, path, faults)
    case 'input_file':
      return decodeFile(part, path, faults)
    case 'input_audio':
      return decodeAudio(part, path, faults)
    default:
      unknownPart(part, path, 'input_text, input_image, input_file or input_audio', faults)
      return null
  }
}

/** OpenAI's default of `detail` says nothing. */
function decodeImage(part: JsonObject, path: string, faults: Faults): ContentPart {
  const url = optionalText(part, 'image_url', path, faults)
  const fileId = optionalText(part, 'file_id', path, faults)
  const detail = optionalText(part, 'detail', path, faults)
  if (url === null && fileId === null && (part.image_url ?? null) === null) {
    const remedy = 'Write an https: or data: URL, or "file_id".'
    wrongType(faults, within(path, 'image_url'), 'a string', undefined, remedy)
  }
  return {
    kind: 'image',
    url: url ?? '',
    detail: detail === 'auto' ? null : detail,
    ...(fileId !== null && { fileId }),
  }
}

function decodeFile(part: JsonObject, path: string, faults: Faults): ContentPart {
  const url = optionalText(part, 'file_url', path, faults)
  const fileId = optionalText(part, 'file_id', path, faults)
  const base64 = optionalText(part, 'file_data', path, faults)
  if ([part.file_url, part.file_id, part.file_data].every((value) => (value ?? null) === null)) {
    wrongValue(faults, path, 'the file is missing. Write "file_data", "file_id" or "file_url".')
  }
  const filename = optionalText(part, 'filename', path, faults)
  return { kind: 'file', fileId, filename, base64, ...(url !== null && { url }) }
}
