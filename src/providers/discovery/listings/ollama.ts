import type { Capability } from '../../../domain/model.ts'
import { asList, asObject, asText, isObject } from '../../../wire/lenient.ts'
import { aFoundModel, type FoundModel } from '../found-model.ts'
import { type Ask, byGrammar, entriesOf, type Listing, rootOf, tokensOf } from './listing.ts'

/**
 * `/api/tags` names the models, `/api/show` says of each what it can do and how long its window may be, `/api/ps` how long
 * that of a loaded one is: https://docs.ollama.com/api.
 */
export const ollama: Listing = {
  name: "Ollama's API",
  localOnly: true,
  read: async (baseUrl, ask) => {
    const root = rootOf(baseUrl)
    const url = `${root}/api/tags`
    const tags = await ask(url)
    if (!isObject(tags) || !Array.isArray(tags.models)) return null
    const names = entriesOf(tags.models).flatMap(({ name, model }) => asText(name) || asText(model) || [])
    const loaded = await loadedWindows(root, ask)
    const models = await inTurns(names.slice(0, mostShown), (name) => shown(name, root, loaded, ask))
    return { url, models }
  },
}

/** Each costs a request. */
const mostShown = 200
const atOnce = 4

async function loadedWindows(root: string, ask: Ask): Promise<ReadonlyMap<string, number>> {
  const running = entriesOf(asObject(await ask(`${root}/api/ps`)).models)
  return new Map(
    running.flatMap(({ name, context_length: context }) => {
      const tokens = tokensOf(context)
      return tokens === null ? [] : [[asText(name), tokens] as const]
    }),
  )
}

async function shown(
  name: string,
  root: string,
  loaded: ReadonlyMap<string, number>,
  ask: Ask,
): Promise<FoundModel> {
  const show = asObject(await ask(`${root}/api/show`, { model: name }))
  const abilities = Array.isArray(show.capabilities) ? asList(show.capabilities).map(asText) : null
  const info = asObject(show.model_info)
  const possible = tokensOf(info[`${asText(info['general.architecture'])}.context_length`])
  const set = loaded.get(name) ?? parameter(asText(show.parameters), 'num_ctx')
  return aFoundModel(name, {
    kind: abilities?.includes('embedding') && !abilities.includes('completion') ? 'embeddings' : 'chat',
    contextWindow: set ?? possible,
    capabilities: abilities === null ? null : capabilitiesOf(abilities),
    // Without a setting the server cuts prompts at a length of its own, and says nothing.
    note:
      set === null && possible !== null
        ? 'the window is the longest that the model can have: check OLLAMA_CONTEXT_LENGTH of the server'
        : null,
  })
}

const known: Readonly<Record<string, Capability>> = {
  tools: 'tools',
  vision: 'images',
  thinking: 'reasoning',
}

const capabilitiesOf = (abilities: readonly string[]): readonly Capability[] => [
  ...abilities.flatMap((ability) => known[ability] ?? []),
  byGrammar,
]

/** A modelfile's parameters stand one a line, name first. */
function parameter(text: string, name: string): number | null {
  const match = new RegExp(`^${name}\\s+(\\d{1,9})\\s*$`, 'm').exec(text)
  return match === null ? null : tokensOf(Number(match[1]))
}

async function inTurns<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  for (let start = 0; start < items.length; start += atOnce)
    results.push(...(await Promise.all(items.slice(start, start + atOnce).map(each))))
  return results
}
