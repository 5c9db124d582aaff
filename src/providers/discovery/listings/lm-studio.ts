import type { Capability } from '../../../domain/model.ts'
import { asList, asText, isObject } from '../../../wire/lenient.ts'
import { aFoundModel, type FoundModel } from '../found-model.ts'
import { byGrammar, entriesOf, firstTokens, type Listing, rootOf } from './listing.ts'

/** `/api/v0/models`, loaded or not: https://lmstudio.ai/docs/developer/rest/endpoints. */
export const lmStudio: Listing = {
  name: "LM Studio's REST API v0",
  localOnly: true,
  read: async (baseUrl, ask) => {
    const url = `${rootOf(baseUrl)}/api/v0/models`
    const reply = await ask(url)
    // The server answers paths that it does not know with 200 and an error.
    if (!isObject(reply) || !Array.isArray(reply.data)) return null
    return { url, models: entriesOf(reply.data).flatMap(modelOf) }
  },
}

function modelOf(entry: Readonly<Record<string, unknown>>): FoundModel[] {
  const { id, type, state, max_context_length: most, loaded_context_length: loaded } = entry
  if (asText(id) === '') return []
  return [
    aFoundModel(asText(id), {
      kind: kinds[asText(type)] ?? 'other',
      contextWindow: firstTokens(loaded, most),
      capabilities: capabilitiesOf(entry),
      note: state === 'not-loaded' ? 'not loaded: the first request waits for that' : null,
    }),
  ]
}

const kinds: Readonly<Record<string, FoundModel['kind']>> = {
  llm: 'chat',
  vlm: 'chat',
  embeddings: 'embeddings',
}

/** Older servers say nothing of tools. */
function capabilitiesOf({
  type,
  capabilities,
}: Readonly<Record<string, unknown>>): readonly Capability[] | null {
  if (!Array.isArray(capabilities)) return type === 'vlm' ? ['tools', 'images', byGrammar] : null
  return [
    ...(asList(capabilities).includes('tool_use') ? (['tools'] as const) : []),
    ...(type === 'vlm' ? (['images'] as const) : []),
    byGrammar,
  ]
}
