import type { Sampling } from '../../domain/request.ts'
import {
  deepestNesting,
  type Faults,
  kindOf,
  nestsDeeper,
  optionalFlag,
  optionalNumber,
  optionalObject,
  optionalText,
  optionalTexts,
  optionalWhole,
  rejection,
  wrongType,
  wrongValue,
} from '../client-checks.ts'
import { isObject, type JsonObject } from '../lenient.ts'
import { readRouting, routingFields } from '../routing-fields.ts'
import type { ClientRequest, Decoded } from '../wire-format.ts'
import { decodeMessages } from './decode-messages.ts'
import { decodeResponseFormat, decodeToolChoice, decodeTools } from './decode-tools.ts'

/** The fields that have a place in Fairlead's own form; all others go to `extra`. */
const knownFields: ReadonlySet<string> = new Set([
  ...routingFields,
  'model',
  'messages',
  'tools',
  'functions',
  'tool_choice',
  'function_call',
  'parallel_tool_calls',
  'response_format',
  'temperature',
  'top_p',
  'max_tokens',
  'max_completion_tokens',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'n',
  'reasoning_effort',
  'logprobs',
  'top_logprobs',
  'stream',
  'user',
])

export function decodeRequest(body: unknown): Decoded<ClientRequest> {
  if (!isObject(body)) {
    const message = `The body: expected a JSON object, got ${kindOf(body)}. Write {"model": "auto", "messages": […]}.`
    return { kind: 'failed', failure: rejection([{ param: '', code: 'invalid_type', message }]) }
  }
  if (nestsDeeper(body, deepestNesting)) {
    const message = `The body: its lists and objects are nested more than ${deepestNesting} levels deep. Flatten it.`
    return { kind: 'failed', failure: rejection([{ param: '', code: 'invalid_value', message }]) }
  }
  const faults: Faults = []
  const routing = readRouting(body, faults)
  const { tools, other: otherTools } = decodeTools(body, faults)
  const { choice: toolChoice, other: otherChoice } = decodeToolChoice(body, faults)
  const streamOptions = optionalObject(body, 'stream_options', '', faults)
  const request = {
    messages: decodeMessages(body, faults),
    tools,
    toolChoice,
    parallelToolCalls: optionalFlag(body, 'parallel_tool_calls', '', faults),
    responseFormat: decodeResponseFormat(body, faults),
    sampling: decodeSampling(body, faults),
    reasoningEffort: optionalText(body, 'reasoning_effort', '', faults),
    topLogprobs: decodeTopLogprobs(body, faults),
    stream: optionalFlag(body, 'stream', '', faults) ?? false,
    user: optionalText(body, 'user', '', faults),
    from: 'openai-chat' as const,
    extra: decodeExtra(body, otherTools, otherChoice),
  }
  if (faults.length > 0) return { kind: 'failed', failure: rejection(faults) }
  return {
    kind: 'decoded',
    value: { ...routing, request, usageWanted: streamOptions?.include_usage === true },
  }
}

function decodeSampling(body: JsonObject, faults: Faults): Sampling {
  // The older name, for clients that send both.
  const maxTokens = optionalWhole(body, 'max_tokens', '', faults, 1)
  return {
    temperature: optionalNumber(body, 'temperature', '', faults),
    topP: optionalNumber(body, 'top_p', '', faults),
    maxOutputTokens: optionalWhole(body, 'max_completion_tokens', '', faults, 1) ?? maxTokens,
    stop: decodeStop(body, faults),
    seed: optionalWhole(body, 'seed', '', faults),
    frequencyPenalty: optionalNumber(body, 'frequency_penalty', '', faults),
    presencePenalty: optionalNumber(body, 'presence_penalty', '', faults),
    answers: optionalWhole(body, 'n', '', faults, 1) ?? 1,
  }
}

function decodeStop(body: JsonObject, faults: Faults): readonly string[] {
  const stop = body.stop ?? []
  if (typeof stop === 'string') return [stop]
  if (Array.isArray(stop)) return optionalTexts(body, 'stop', '', faults)
  wrongType(faults, 'stop', 'a string or a list of strings', stop, 'Write one, or leave it out.')
  return []
}

function decodeTopLogprobs(body: JsonObject, faults: Faults): number | null {
  const asked = optionalFlag(body, 'logprobs', '', faults) ?? false
  const top = optionalWhole(body, 'top_logprobs', '', faults, 0) ?? 0
  if (asked) return top
  if (top > 0) wrongValue(faults, 'top_logprobs', 'needs logprobs. Write "logprobs": true beside it.')
  return null
}

// Object.fromEntries makes own properties of any key: a client's `__proto__` must not set a prototype.
function decodeExtra(
  body: JsonObject,
  otherTools: readonly JsonObject[],
  otherChoice: JsonObject | null,
): Record<string, unknown> {
  const entries = Object.entries(body).filter(([key]) => !knownFields.has(key))
  if (otherTools.length > 0) entries.push(['tools', otherTools])
  if (otherChoice !== null) entries.push(['tool_choice', otherChoice])
  return Object.fromEntries(entries)
}
