import type { Answer } from '../../domain/answer.ts'
import type { AssistantPart } from '../../domain/request.ts'
import { asList, type JsonObject } from '../lenient.ts'
import type { Envelope } from '../wire-format.ts'
import { fieldsOf, formatName } from './blocks.ts'
import { encodeThought, inputOf } from './encode-blocks.ts'
import { encodeFinish } from './finish.ts'
import { encodeUsage } from './usage.ts'

export const encodeAnswer = (answer: Answer, { id, model }: Envelope): unknown => ({
  id: `msg_${id}`,
  type: 'message',
  role: 'assistant',
  model,
  content: answer.parts.reduce(withPart, []),
  ...encodeFinish(answer.finish),
  usage: encodeUsage(answer.usage),
})

function withPart(blocks: readonly JsonObject[], part: AssistantPart): readonly JsonObject[] {
  switch (part.kind) {
    case 'text':
      return [...blocks, { type: 'text', text: part.text, ...fieldsOf(part.own) }]
    case 'refusal':
      return [...blocks, { type: 'text', text: part.text }]
    case 'reasoning':
      return [...blocks, ...thoughtsOf(part)]
    case 'tool-call': {
      const { id, name, argumentsText, own } = part
      return [...blocks, { type: 'tool_use', id, name, input: inputOf(argumentsText), ...fieldsOf(own) }]
    }
    default:
      return part.format === formatName ? withOpaque(blocks, part.value) : blocks
  }
}

/** A thought that nothing proves has an empty signature: the client may show it. */
const thoughtsOf = (part: Extract<AssistantPart, { kind: 'reasoning' }>): readonly JsonObject[] =>
  part.sealed?.format === formatName
    ? encodeThought(part.text, part.sealed)
    : part.text === ''
      ? []
      : [{ type: 'thinking', thinking: part.text, signature: '' }]

/** A citation comes by itself where a stream was gathered; here it stands in its text. */
function withOpaque(blocks: readonly JsonObject[], value: JsonObject): readonly JsonObject[] {
  const last = blocks.at(-1)
  if (value.type !== 'citations_delta' || last?.type !== 'text')
    return value.type === 'citations_delta' ? blocks : [...blocks, value]
  return [...blocks.slice(0, -1), { ...last, citations: [...asList(last.citations), value.citation] }]
}
