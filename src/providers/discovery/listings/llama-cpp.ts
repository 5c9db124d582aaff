import type { Capability } from '../../../domain/model.ts'
import { asObject, asText, isObject } from '../../../wire/lenient.ts'
import { aFoundModel } from '../found-model.ts'
import { byGrammar, entriesOf, type Listing, rootOf, tokensOf } from './listing.ts'

/**
 * `/props` says what window each slot has, which may be far below what the model was trained for; `/v1/models` names the model:
 * https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md.
 */
export const llamaCpp: Listing = {
  name: "llama.cpp's server",
  localOnly: true,
  read: async (baseUrl, ask) => {
    const props = asObject(await ask(`${rootOf(baseUrl)}/props`))
    const settings = props.default_generation_settings
    if (!isObject(settings)) return null
    const url = `${baseUrl}/models`
    const contextWindow = tokensOf(settings.n_ctx)
    const capabilities = capabilitiesOf(props)
    const models = entriesOf(asObject(await ask(url)).data).flatMap(({ id }) =>
      asText(id) === '' ? [] : [aFoundModel(asText(id), { contextWindow, capabilities })],
    )
    return { url, models }
  },
}

/** A template that has a word for tools can call them. */
function capabilitiesOf({ chat_template: template, modalities }: Readonly<Record<string, unknown>>) {
  const { vision, audio } = asObject(modalities)
  const found: Capability[] = []
  if (/\btools?\b/.test(asText(template))) found.push('tools')
  if (vision === true) found.push('images')
  if (audio === true) found.push('audio')
  return [...found, byGrammar]
}
