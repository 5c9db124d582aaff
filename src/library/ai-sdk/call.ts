/** A call of the SDK's as a request in Fairlead's own form. */

import type { JSONSchema7, LanguageModelV3CallOptions, SharedV3Warning } from '@ai-sdk/provider'
import type { Request, ResponseFormat, Tool, ToolChoice } from '../../domain/request.ts'
import { noRoutingOptions, type RoutingOptions } from '../../domain/routing-options.ts'
import { decodePrompt } from './prompt.ts'
import { type FairleadModelSettings, settingsOf } from './settings.ts'
import { createWarn, type Warn } from './warn.ts'

export type DecodedCall = {
  readonly request: Request
  readonly settings: FairleadModelSettings
  readonly warnings: readonly SharedV3Warning[]
}

export function decodeCall(
  options: LanguageModelV3CallOptions,
  own: FairleadModelSettings,
  stream: boolean,
): DecodedCall {
  const warn = createWarn()
  const settings = settingsOf(own, options.providerOptions)
  const request: Request = {
    messages: decodePrompt(options.prompt, warn),
    tools: decodeTools(options.tools ?? [], warn),
    toolChoice: decodeToolChoice(options.toolChoice),
    parallelToolCalls: settings.parallelToolCalls ?? null,
    responseFormat: decodeResponseFormat(options.responseFormat, settings),
    sampling: {
      temperature: options.temperature ?? null,
      topP: options.topP ?? null,
      ...(options.topK !== undefined && { topK: options.topK }),
      maxOutputTokens: options.maxOutputTokens ?? null,
      stop: options.stopSequences ?? [],
      seed: options.seed ?? null,
      frequencyPenalty: options.frequencyPenalty ?? null,
      presencePenalty: options.presencePenalty ?? null,
      answers: 1,
    },
    reasoningEffort: settings.reasoningEffort ?? null,
    topLogprobs: null,
    stream,
    user: settings.user ?? null,
    extra: {},
  }
  return { request, settings, warnings: warn.warnings }
}

export const routingOf = (settings: FairleadModelSettings): RoutingOptions => ({
  ...noRoutingOptions,
  fallbacks: settings.fallbacks ?? [],
  session: settings.session ?? null,
  step: settings.step ?? null,
  user: settings.user ?? null,
  tier: settings.tier ?? null,
  tags: settings.tags ?? [],
  maxCostUsd: settings.maxCostUsd ?? null,
  quality: settings.quality ?? null,
})

const decodeTools = (tools: NonNullable<LanguageModelV3CallOptions['tools']>, warn: Warn): Tool[] =>
  tools.flatMap((tool) => {
    if (tool.type === 'provider') {
      warn.unsupported(`the provider's tool ${tool.id}`, 'Any vendor may answer; define a tool of your own.')
      return []
    }
    return [
      {
        name: tool.name,
        description: tool.description ?? null,
        parameters: objectOf(tool.inputSchema),
        strict: tool.strict ?? null,
      },
    ]
  })

const objectOf = (schema: JSONSchema7): Readonly<Record<string, unknown>> =>
  schema as unknown as Readonly<Record<string, unknown>>

function decodeToolChoice(choice: LanguageModelV3CallOptions['toolChoice']): ToolChoice | null {
  if (choice === undefined) return null
  return choice.type === 'tool' ? { kind: 'named', name: choice.toolName } : { kind: choice.type }
}

function decodeResponseFormat(
  format: LanguageModelV3CallOptions['responseFormat'],
  { strictJsonSchema }: FairleadModelSettings,
): ResponseFormat {
  if (format?.type !== 'json') return { kind: 'text' }
  if (format.schema === undefined) return { kind: 'json' }
  return {
    kind: 'json-schema',
    name: format.name ?? 'response',
    description: format.description ?? null,
    schema: objectOf(format.schema),
    strict: strictJsonSchema ?? null,
  }
}
