import type { AssistantPart, ContentPart } from '../../domain/request.ts'
import {
  type Faults,
  optionalText,
  requiredText,
  shown,
  within,
  wrongType,
  wrongValue,
} from '../client-checks.ts'
import { isObject, type JsonObject } from '../lenient.ts'
import { ownAnnotations } from './items.ts'

/** What users, systems and tools may say. */
export const decodeContent = (value: unknown, path: string, faults: Faults): ContentPart[] =>
  contentList(value, path, 'input_text', faults, (part, partPath) => decodePart(part, partPath, faults))

/** What an assistant has said. */
export const decodeSpeech = (value: unknown, path: string, faults: Faults): AssistantPart[] =>
  contentList<AssistantPart>(value, path, 'output_text', faults, (part, partPath) => {
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

/** '' has no parts: it says nothing. */
function contentList<Part>(
  value: unknown,
  path: string,
  textType: string,
  faults: Faults,
  decode: (part: JsonObject, path: string) => Part | null,
): (Part | { readonly kind: 'text'; readonly text: string })[] {
  if (typeof value === 'string') return value === '' ? [] : [{ kind: 'text', text: value }]
  const example = `{"type": "${textType}", "text": "…"}`
  if (!Array.isArray(value)) {
    const remedy = `Write a string, or parts such as ${example}.`
    wrongType(faults, path, 'a string or a list of parts', value ?? undefined, remedy)
    return []
  }
  const parts: Part[] = []
  value.forEach((part: unknown, index) => {
    const partPath = `${path}[${index}]`
    if (!isObject(part)) {
      wrongType(faults, partPath, 'an object', part, `Write ${example}.`)
      return
    }
    const decoded = decode(part, partPath)
    if (decoded !== null) parts.push(decoded)
  })
  return parts
}

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

function unknownPart(part: JsonObject, path: string, known: string, faults: Faults): void {
  const param = within(path, 'type')
  if (typeof part.type !== 'string') {
    wrongType(faults, param, 'a string', part.type, `Use ${known}.`)
    return
  }
  const message = `${param}: there is no part of type ${shown(part.type)} here. Use ${known}.`
  faults.push({ param, code: 'unknown_part', message })
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

function decodeAudio(part: JsonObject, path: string, faults: Faults): ContentPart | null {
  const own = within(path, 'input_audio')
  const audio = part.input_audio
  if (!isObject(audio)) {
    wrongType(faults, own, 'an object', audio, 'Write {"data": "base64…", "format": "wav"}.')
    return null
  }
  const base64 = requiredText(audio, 'data', own, faults, 'Write the audio in base64.')
  return { kind: 'audio', base64, format: requiredText(audio, 'format', own, faults, 'Write wav or mp3.') }
}
