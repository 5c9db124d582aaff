/** What a client writes as content, in both of OpenAI's formats: a text, or a list of parts. */

import type { ContentPart } from '../../domain/request.ts'
import { type Faults, requiredText, shown, within, wrongType } from '../client-checks.ts'
import { isObject, type JsonObject } from '../lenient.ts'

/** '' has no parts: it says nothing. `textType`: what the format calls a part of text, for the remedy. */
export function contentList<Part>(
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
    wrongType(faults, path, 'a string or a list of parts', value, remedy)
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

// A part that Fairlead can't name would be sent to models that may not read it: better told than guessed.
export function unknownPart(part: JsonObject, path: string, known: string, faults: Faults): void {
  const param = within(path, 'type')
  if (typeof part.type !== 'string') {
    wrongType(faults, param, 'a string', part.type, `Use ${known}.`)
    return
  }
  const message = `${param}: there is no part of type ${shown(part.type)} here. Use ${known}.`
  faults.push({ param, code: 'unknown_part', message })
}

export function decodeAudio(part: JsonObject, path: string, faults: Faults): ContentPart | null {
  const own = within(path, 'input_audio')
  const audio = part.input_audio
  if (!isObject(audio)) {
    wrongType(faults, own, 'an object', audio, 'Write {"data": "base64…", "format": "wav"}.')
    return null
  }
  const base64 = requiredText(audio, 'data', own, faults, 'Write the audio in base64.')
  return { kind: 'audio', base64, format: requiredText(audio, 'format', own, faults, 'Write wav or mp3.') }
}
