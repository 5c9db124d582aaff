import type {
  LanguageModelV3Message,
  LanguageModelV3ToolResultOutput,
  LanguageModelV3ToolResultPart,
} from '@ai-sdk/provider'
import type { ContentPart, Message } from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { Warn } from './warn.ts'

type ToolContent = Extract<LanguageModelV3Message, { role: 'tool' }>['content']

/** One message a result. What the user said of an approval concerns tools that a provider runs, of which there are none. */
export const toolMessages = (content: ToolContent, warn: Warn): Message[] =>
  content.flatMap((part) => (part.type === 'tool-result' ? [toolMessage(part, warn)] : []))

function toolMessage({ toolCallId, output }: LanguageModelV3ToolResultPart, warn: Warn): Message {
  const failed = output.type === 'error-text' || output.type === 'error-json'
  return {
    role: 'tool',
    toolCallId,
    content: outputParts(output, warn),
    ...(failed && { isError: true }),
  }
}

const text = (said: string): ContentPart => ({ kind: 'text', text: said })

function outputParts(output: LanguageModelV3ToolResultOutput, warn: Warn): ContentPart[] {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return [text(output.value)]
    case 'json':
    case 'error-json':
      return [text(JSON.stringify(output.value))]
    case 'execution-denied':
      return [text(`The user did not allow this call.${output.reason ? ` ${output.reason}` : ''}`)]
    case 'content':
      return output.value.flatMap((item) => outputPart(item, warn))
    default:
      return unreachable(output)
  }
}

type OutputItem = Extract<LanguageModelV3ToolResultOutput, { type: 'content' }>['value'][number]

function outputPart(item: OutputItem, warn: Warn): ContentPart[] {
  switch (item.type) {
    case 'text':
      return [text(item.text)]
    case 'image-data':
      return [image(`data:${item.mediaType};base64,${item.data}`)]
    case 'image-url':
      return [image(item.url)]
    case 'file-data':
      if (item.mediaType.startsWith('image/')) return [image(`data:${item.mediaType};base64,${item.data}`)]
      return [
        {
          kind: 'file',
          fileId: null,
          filename: item.filename ?? `file.${item.mediaType.split('/')[1] ?? 'bin'}`,
          base64: `data:${item.mediaType};base64,${item.data}`,
        },
      ]
    case 'file-url':
      if (item.mediaType?.startsWith('image/')) return [image(item.url)]
      return leftOut(item.type, warn)
    // An id is one vendor's, and any vendor may answer.
    case 'file-id':
    case 'image-file-id':
    case 'custom':
      return leftOut(item.type, warn)
    default:
      return unreachable(item)
  }
}

const image = (url: string): ContentPart => ({ kind: 'image', url, detail: null })

/** The model is told, so that it does not take the result for whole. */
function leftOut(type: string, warn: Warn): ContentPart[] {
  warn.unsupported(`${type} in a tool's result`, 'Give the bytes, or text.')
  return [text(`[a part of this result, of type ${type}, was left out]`)]
}
