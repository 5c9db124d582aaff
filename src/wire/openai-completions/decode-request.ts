import { plainRequest } from '../../domain/request.ts'
import {
  type Faults,
  kindOf,
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
import { readRouting } from '../routing-fields.ts'
import type { ClientRequest, Decoded } from '../wire-format.ts'

/** What the older endpoint answers with where nothing is said. */
const defaultMaxTokens = 16

/** Fields that ask for what no chat model can give; anything else that is unknown changes nothing and is passed over. */
const impossible: Readonly<Record<string, string>> = {
  suffix: 'Chat models can not fill in the middle of a text. Leave it out.',
  echo: 'Chat models do not give their prompt back. Put it in front of the answer yourself.',
  logprobs: 'Ask POST /v1/chat/completions, which has them.',
  best_of: 'Use n, and choose among the answers yourself.',
}

/** A prompt becomes the message of a user: the models of today are chat models. */
export function decodeRequest(body: unknown): Decoded<ClientRequest> {
  if (!isObject(body)) {
    const message = `The body: expected a JSON object, got ${kindOf(body)}. Write {"model": "auto", "prompt": "…"}.`
    return { kind: 'failed', failure: rejection([{ param: '', code: 'invalid_type', message }]) }
  }
  const faults: Faults = []
  const routing = readRouting(body, faults)
  for (const [field, remedy] of Object.entries(impossible))
    if (body[field] && !(field === 'best_of' && body[field] === (body.n ?? 1)))
      wrongValue(faults, field, remedy)
  const streamOptions = optionalObject(body, 'stream_options', '', faults)
  const request = {
    ...plainRequest(decodePrompt(body, faults)),
    sampling: {
      temperature: optionalNumber(body, 'temperature', '', faults),
      topP: optionalNumber(body, 'top_p', '', faults),
      maxOutputTokens: optionalWhole(body, 'max_tokens', '', faults, 1) ?? defaultMaxTokens,
      stop: decodeStop(body, faults),
      seed: optionalWhole(body, 'seed', '', faults),
      frequencyPenalty: optionalNumber(body, 'frequency_penalty', '', faults),
      presencePenalty: optionalNumber(body, 'presence_penalty', '', faults),
      answers: decodeAnswers(body, faults),
    },
    stream: optionalFlag(body, 'stream', '', faults) ?? false,
    user: optionalText(body, 'user', '', faults),
  }
  if (faults.length > 0) return { kind: 'failed', failure: rejection(faults) }
  return {
    kind: 'decoded',
    value: { ...routing, request, usageWanted: streamOptions?.include_usage === true },
  }
}

/** Prompts of token numbers mean something to one vocabulary only, and several at once are several requests. */
function decodePrompt(body: JsonObject, faults: Faults): string {
  const prompt = Array.isArray(body.prompt) && body.prompt.length === 1 ? body.prompt[0] : body.prompt
  if (typeof prompt === 'string' && prompt !== '') return prompt
  const remedy = 'Write one text; send several prompts as several requests, and text in the place of tokens.'
  if (prompt === '') wrongValue(faults, 'prompt', `it is empty. ${remedy}`)
  else wrongType(faults, 'prompt', 'a string', prompt, remedy)
  return ''
}

function decodeStop(body: JsonObject, faults: Faults): readonly string[] {
  const stop = body.stop ?? []
  return typeof stop === 'string' ? [stop] : optionalTexts(body, 'stop', '', faults)
}

function decodeAnswers(body: JsonObject, faults: Faults): number {
  const count = optionalWhole(body, 'n', '', faults, 1) ?? 1
  if (count > 1) wrongValue(faults, 'n', 'one answer at a time here. Send the request several times.')
  return 1
}
