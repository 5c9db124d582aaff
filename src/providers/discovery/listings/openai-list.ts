import { asObject, asText, type JsonObject } from '../../../wire/lenient.ts'
import { aFoundModel, type FoundModel } from '../found-model.ts'
import { entriesOf, firstTokens, type Listing } from './listing.ts'

/**
 * `/models` as OpenAI has it: names, and little else. Some add the window, each under a word of its own: vLLM's
 * `max_model_len`, Groq's `context_window`, Mistral's `max_context_length`, Together's and Fireworks' `context_length`.
 */
export const openaiList: Listing = {
  name: 'the OpenAI-compatible list of models',
  localOnly: false,
  read: async (baseUrl, ask) => {
    const url = `${baseUrl}/models`
    const first = await ask(url)
    // Anthropic's list comes in pages, of twenty unless more are asked for.
    const reply = asObject(first).has_more === true ? await ask(`${url}?limit=1000`) : first
    // Together sends the bare list.
    const list = Array.isArray(reply) ? reply : asObject(reply).data
    return Array.isArray(list) ? { url, models: entriesOf(list).flatMap(modelOf) } : null
  },
}

function modelOf(entry: JsonObject): FoundModel[] {
  const name = asText(entry.id)
  if (name === '') return []
  return [
    aFoundModel(name, {
      kind: kindOf(entry, name),
      contextWindow: firstTokens(
        entry.max_model_len,
        entry.context_window,
        entry.context_length,
        entry.max_context_length,
        entry.max_input_tokens,
      ),
      maxOutputTokens: firstTokens(entry.max_completion_tokens, entry.max_output_tokens),
    }),
  ]
}

/** Few say what a model is for; of the rest the name does, where it has one of these words. */
function kindOf({ type, capabilities }: JsonObject, name: string): FoundModel['kind'] {
  if (type === 'embedding' || type === 'embeddings' || /embed/i.test(name)) return 'embeddings'
  if (asObject(capabilities).completion_chat === false || others.test(name)) return 'other'
  return type === undefined || typeof type !== 'string' || chatTypes.has(type) ? 'chat' : 'other'
}

const chatTypes = new Set(['chat', 'language', 'code', 'model', 'llm', 'vlm', 'base'])

const others =
  /whisper|(?:^|[-/])tts|dall-e|moderation|rerank|transcribe|gpt-image|sora|stable-diffusion|(?:^|[-/])flux/i
