/** The SDK's prompt as messages of Fairlead's own form. */

import type {
  LanguageModelV3FilePart,
  LanguageModelV3Message,
  LanguageModelV3Prompt,
  SharedV3ProviderOptions,
} from '@ai-sdk/provider'
import type { AssistantPart, CacheHint, ContentPart, Message, SealedReasoning } from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { isObject } from '../../wire/lenient.ts'
import { unsupported } from './call-error.ts'
import { fairleadOf } from './settings.ts'
import { toolMessages } from './tool-results.ts'
import type { Warn } from './warn.ts'

export function decodePrompt(prompt: LanguageModelV3Prompt, warn: Warn): Message[] {
  return prompt.flatMap((message) => withMessageCache(decodeMessage(message, warn), message.providerOptions))
}

function decodeMessage(message: LanguageModelV3Message, warn: Warn): Message[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: [{ kind: 'text', text: message.content }], name: null }]
    case 'user':
      return [
        {
          role: 'user',
          content: message.content.map((part) =>
            part.type === 'text'
              ? { kind: 'text', text: part.text, ...cacheOf(part.providerOptions) }
              : { ...decodeFile(part), ...cacheOf(part.providerOptions) },
          ),
          name: null,
        },
      ]
    case 'assistant':
      return [{ role: 'assistant', content: decodeAssistant(message.content, warn), name: null }]
    case 'tool':
      return toolMessages(message.content, warn)
    default:
      return unreachable(message)
  }
}

type AssistantContent = Extract<LanguageModelV3Message, { role: 'assistant' }>['content']

const decodeAssistant = (content: AssistantContent, warn: Warn): AssistantPart[] =>
  content.flatMap((part): AssistantPart[] => {
    switch (part.type) {
      case 'text':
        return [{ kind: 'text', text: part.text, ...cacheOf(part.providerOptions) }]
      case 'reasoning': {
        const sealed = sealOf(part.providerOptions)
        if (sealed === null && part.text === '') return []
        return [{ kind: 'reasoning', text: part.text, ...(sealed && { sealed }) }]
      }
      case 'tool-call':
        if (part.providerExecuted) {
          warn.unsupported('a tool call that a provider ran itself, in an earlier turn')
          return []
        }
        return [
          {
            kind: 'tool-call',
            id: part.toolCallId,
            name: part.toolName,
            argumentsText: JSON.stringify(part.input ?? {}),
            ...cacheOf(part.providerOptions),
          },
        ]
      case 'file':
        warn.unsupported('a file that the assistant made in an earlier turn')
        return []
      case 'tool-result':
        warn.unsupported('a result of a tool that a provider ran itself, in an earlier turn')
        return []
      default:
        return unreachable(part)
    }
  })

/** Proof of its own reasoning that a vendor wants back; the answer gave it along, and the SDK hands it on. */
function sealOf(options: SharedV3ProviderOptions | undefined): SealedReasoning | null {
  const { sealed } = fairleadOf(options)
  return isObject(sealed) && typeof sealed.data === 'string' && typeof sealed.format === 'string'
    ? (sealed as SealedReasoning)
    : null
}

/** `providerOptions.fairlead.cache`: up to here the prompt is worth keeping in the vendor's cache. */
function cacheOf(options: SharedV3ProviderOptions | undefined): { readonly cache?: CacheHint } {
  const { cache } = fairleadOf(options)
  return cache === '5m' || cache === '1h' ? { cache: { ttl: cache } } : {}
}

/** What is said of a whole message holds for its last part. */
function withMessageCache(messages: Message[], options: SharedV3ProviderOptions | undefined): Message[] {
  const { cache } = cacheOf(options)
  const last = messages.at(-1)
  if (cache === undefined || last === undefined) return messages
  if (last.role === 'tool') return [...messages.slice(0, -1), { ...last, cache }]
  const part = last.content.at(-1)
  if (part === undefined || part.kind === 'reasoning' || part.kind === 'opaque' || part.kind === 'refusal')
    return messages
  const content = [...last.content.slice(0, -1), { ...part, cache }]
  return [...messages.slice(0, -1), { ...last, content } as Message]
}

const audioFormats: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
  'audio/mp3': 'mp3',
  'audio/mpeg': 'mp3',
}

/** Images may stay where they are; of other files the SDK fetches the bytes, since no URL of theirs is said to be supported. */
function decodeFile({ data, mediaType, filename }: LanguageModelV3FilePart): ContentPart {
  if (mediaType.startsWith('image/')) return { kind: 'image', url: imageUrl(data, mediaType), detail: null }
  if (data instanceof URL)
    throw unsupported(`a file of type ${mediaType} by its URL`, 'Pass its bytes, or base64 text.')
  const base64 = base64Of(data)
  const format = audioFormats[mediaType]
  if (format !== undefined) return { kind: 'audio', base64, format }
  if (mediaType.startsWith('text/'))
    return { kind: 'text', text: Buffer.from(base64, 'base64').toString('utf8') }
  return {
    kind: 'file',
    fileId: null,
    filename: filename ?? `file.${mediaType.split('/')[1] ?? 'bin'}`,
    base64: `data:${mediaType};base64,${base64}`,
  }
}

/** `image/*` says nothing that a data URL could use. */
const imageUrl = (data: LanguageModelV3FilePart['data'], mediaType: string): string =>
  data instanceof URL
    ? data.toString()
    : `data:${mediaType === 'image/*' ? 'image/jpeg' : mediaType};base64,${base64Of(data)}`

const base64Of = (data: Uint8Array | string): string =>
  typeof data === 'string' ? data : Buffer.from(data).toString('base64')
