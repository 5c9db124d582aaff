import type { Capability, Price } from '../../../domain/model.ts'
import { asList, asObject, asText, isObject, type JsonObject } from '../../../wire/lenient.ts'
import { aFoundModel, type FoundModel, type FoundPrices } from '../found-model.ts'
import { entriesOf, firstTokens, type Listing, tokensOf } from './listing.ts'

/** `/models` with prices per token, as texts: https://openrouter.ai/docs/api/api-reference/models/get-models. */
export const openrouter: Listing = {
  name: "OpenRouter's Models API",
  localOnly: false,
  read: async (baseUrl, ask) => {
    const url = `${baseUrl}/models`
    const { data } = asObject(await ask(url))
    const entries = entriesOf(data)
    const [first] = entries
    if (first === undefined || !isObject(first.architecture) || !isObject(first.pricing)) return null
    return { url, models: entries.flatMap(modelOf) }
  },
}

function modelOf(entry: JsonObject): FoundModel[] {
  const { id, context_length: context } = entry
  if (asText(id) === '') return []
  const { input_modalities: inputs, output_modalities: outputs } = asObject(entry.architecture)
  const top = asObject(entry.top_provider)
  const pricing = asObject(entry.pricing)
  const perRequest = Number(pricing.request ?? 0) !== 0
  const writesText = !Array.isArray(outputs) || outputs.includes('text')
  return [
    aFoundModel(asText(id), {
      kind: writesText ? 'chat' : asList(outputs).includes('embeddings') ? 'embeddings' : 'other',
      // The window at the vendor that is asked first may be below the model's own.
      contextWindow: firstTokens(top.context_length, context),
      maxOutputTokens: tokensOf(top.max_completion_tokens),
      capabilities: capabilitiesOf(asList(entry.supported_parameters), asList(inputs)),
      prices: perRequest ? { input: 'unknown', output: 'unknown' } : pricesOf(pricing),
      note: perRequest
        ? 'has a price per request beside that of tokens, which no price per token can say'
        : null,
    }),
  ]
}

const byParameter: readonly (readonly [string, Capability])[] = [
  ['tools', 'tools'],
  ['structured_outputs', 'json-schema'],
  ['logprobs', 'logprobs'],
  ['reasoning', 'reasoning'],
]

const byInput: readonly (readonly [string, Capability])[] = [
  ['image', 'images'],
  ['file', 'files'],
  ['audio', 'audio'],
]

const capabilitiesOf = (
  parameters: readonly unknown[],
  inputs: readonly unknown[],
): readonly Capability[] => [
  ...byParameter.flatMap(([word, capability]) => (parameters.includes(word) ? [capability] : [])),
  ...byInput.flatMap(([word, capability]) => (inputs.includes(word) ? [capability] : [])),
]

function pricesOf(pricing: JsonObject): FoundPrices {
  const cachedRead = priceOf(pricing.input_cache_read)
  const cacheWrite = priceOf(pricing.input_cache_write)
  return {
    input: priceOf(pricing.prompt),
    output: priceOf(pricing.completion),
    ...(cachedRead !== 'unknown' && { cachedRead }),
    ...(cacheWrite !== 'unknown' && { cacheWrite }),
  }
}

/** Per million tokens. `-1` stands for a price that depends on where the request goes; a free model says `0`. */
function priceOf(perToken: unknown): Price {
  const text = typeof perToken === 'number' ? String(perToken) : asText(perToken).trim()
  const price = Number(text)
  if (text === '' || !Number.isFinite(price) || price < 0) return 'unknown'
  // Ten digits: what a product of binary fractions adds beyond them is noise.
  return Number((price * 1e6).toPrecision(10))
}
