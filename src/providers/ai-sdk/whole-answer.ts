import { type Finish, noUsage, type Usage } from '../../domain/answer.ts'
import type { AssistantPart } from '../../domain/request.ts'
import { asList, asObject, asText, type JsonObject } from '../../wire/lenient.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'
import type { Envelope } from '../../wire/wire-format.ts'
import { fileWarning, finishOf, hostedCallWarning, usageOf, warningsOf } from './reports.ts'

/** The body of a chat completion that says what a language model's `doGenerate` came back with. */
export function wholeAnswer(result: JsonObject, envelope: Envelope, warnings: readonly string[]): string {
  const finish = finishOf(result.finishReason)
  const usage = usageOf(result.usage)
  const said = new Set([...warnings, ...warningsOf(result.warnings)])
  const parts = asList(result.content).flatMap((item) => partOf(asObject(item), said))
  return bodyOf(parts, { finish, usage }, envelope, [...said])
}

function partOf(content: JsonObject, warnings: Set<string>): AssistantPart[] {
  switch (content.type) {
    case 'text':
      return [{ kind: 'text', text: asText(content.text) }]
    case 'reasoning':
      return [{ kind: 'reasoning', text: asText(content.text) }]
    case 'tool-call':
      if (content.providerExecuted !== true) return [toolCallOf(content)]
      warnings.add(hostedCallWarning(content.toolName))
      return []
    case 'file':
      warnings.add(fileWarning(content.mediaType))
      return []
    // Sources stand beside the text that has them; results belong to tools that the vendor ran.
    default:
      return []
  }
}

const toolCallOf = ({ toolCallId, toolName, input }: JsonObject): AssistantPart => ({
  kind: 'tool-call',
  id: asText(toolCallId),
  name: asText(toolName),
  argumentsText: argumentsOf(input),
})

/** JSON text; some packages give the object itself. */
export const argumentsOf = (input: unknown): string =>
  typeof input === 'string' ? input : JSON.stringify(input ?? {})

function bodyOf(
  parts: readonly AssistantPart[],
  { finish, usage }: { readonly finish: Finish | null; readonly usage: Usage | null },
  envelope: Envelope,
  warnings: readonly string[],
): string {
  const { choices, ...fields } = openaiChat.encodeAnswer(
    {
      model: envelope.model,
      parts,
      finish: finish ?? { kind: 'other', raw: 'unknown' },
      usage: usage ?? noUsage,
      logprobs: [],
    },
    envelope,
  ) as JsonObject
  return JSON.stringify({
    ...fields,
    // Without a reason the decoder says that nothing tells whether the answer is whole; without usage it is estimated.
    choices:
      finish === null
        ? asList(choices).map((choice) => ({ ...asObject(choice), finish_reason: null }))
        : choices,
    usage: usage === null ? undefined : fields.usage,
    warnings: warnings.length > 0 ? warnings : undefined,
  })
}
