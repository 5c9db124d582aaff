import { unreachable } from '../domain/unreachable.ts'
import type { WireFormatName } from '../domain/vendor.ts'
import { anthropicMessages } from './anthropic-messages/index.ts'
import { openaiChat } from './openai-chat/index.ts'
import { openaiResponses } from './openai-responses/index.ts'
import type { WireFormat } from './wire-format.ts'

export const wireFormats: readonly WireFormat[] = [openaiChat, openaiResponses, anthropicMessages]

export function wireFormat(name: WireFormatName): WireFormat {
  return wireFormats.find((format) => format.name === name) ?? unreachable(name as never)
}
