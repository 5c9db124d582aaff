import type { Request, ResponseFormat, Tool, ToolChoice } from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { VendorLibrary } from '../../domain/vendor.ts'
import { asObject } from '../../wire/lenient.ts'
import { lossesOf } from './losses.ts'
import type { CallOptions, LanguageModel } from './language-model.ts'
import { promptOf } from './prompt.ts'

/** What a language model is called with, and what of the request could not be said. */
export type Call = { readonly options: CallOptions; readonly warnings: readonly string[] }

export function callOptions(
  request: Request,
  model: Pick<LanguageModel, 'provider'>,
  library: VendorLibrary,
  signal: AbortSignal,
): Call {
  const warnings = new Set(
    lossesOf(request).map(({ what }) => `${what}: left out, the vendor's library has no place for it`),
  )
  const { sampling } = request
  const options = {
    prompt: promptOf(request.messages, (text) => warnings.add(text)),
    maxOutputTokens: sampling.maxOutputTokens,
    temperature: sampling.temperature,
    topP: sampling.topP,
    stopSequences: sampling.stop.length > 0 ? sampling.stop : null,
    seed: sampling.seed,
    frequencyPenalty: sampling.frequencyPenalty,
    presencePenalty: sampling.presencePenalty,
    responseFormat: responseFormatOf(request.responseFormat),
    tools: request.tools.length > 0 ? request.tools.map(toolOf) : null,
    toolChoice: request.toolChoice === null ? null : toolChoiceOf(request.toolChoice),
    providerOptions: providerOptionsOf(request, model, library),
    abortSignal: signal,
  }
  return { options: stated(options) as CallOptions, warnings: [...warnings] }
}

/** Packages tell a field that is `null` from one that is not there. */
const stated = (options: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null))

const toolOf = ({ name, description, parameters, strict }: Tool) => ({
  type: 'function',
  name,
  ...(description !== null && { description }),
  inputSchema: parameters ?? { type: 'object', properties: {} },
  ...(strict !== null && { strict }),
})

const toolChoiceOf = (choice: ToolChoice) =>
  choice.kind === 'named' ? { type: 'tool', toolName: choice.name } : { type: choice.kind }

function responseFormatOf(format: ResponseFormat) {
  switch (format.kind) {
    case 'text':
      return null
    case 'json':
      return { type: 'json' }
    case 'json-schema': {
      const { name, description, schema } = format
      return { type: 'json', schema, name, ...(description !== null && { description }) }
    }
    default:
      return unreachable(format)
  }
}

/**
 * Options that only some packages know, under the name of this one: what it does not know it leaves alone. Those of the
 * configuration come on top.
 */
function providerOptionsOf(
  { reasoningEffort, responseFormat, user }: Request,
  { provider }: Pick<LanguageModel, 'provider'>,
  { callOptions: configured }: VendorLibrary,
): Readonly<Record<string, object>> {
  const name = provider.split('.')[0]!.trim()
  const own = configured()
  const common = {
    ...(reasoningEffort !== null && { reasoningEffort }),
    ...(user !== null && { user }),
    // Packages are strict unless they are told otherwise, and then refuse schemas that a client may well send.
    ...(responseFormat.kind === 'json-schema' && { strictJsonSchema: responseFormat.strict ?? false }),
  }
  const options = Object.entries(own).map(([key, value]) => [key, asObject(value)] as const)
  return Object.fromEntries([...options, [name, { ...common, ...asObject(own[name]) }]])
}
