import { unreachable } from '../domain/unreachable.ts'
import type { WireFormatName } from '../domain/vendor.ts'
import { openaiChat } from './openai-chat/index.ts'
import type { WireFormat } from './wire-format.ts'

export const wireFormats: readonly WireFormat[] = [openaiChat]

export function wireFormat(name: WireFormatName): WireFormat {
  return wireFormats.find((format) => format.name === name) ?? unreachable(name as never)
}
