import type { FastifyInstance } from 'fastify'
import { failure } from '../domain/failure.ts'
import type { Model } from '../domain/model.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { anthropicMessages } from '../wire/anthropic-messages/index.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { sendFailure } from './chat-endpoint.ts'

/** OpenAI's list of models: policies first, since a client that shows one list should offer `auto` at its top. */
function listModels({ policies, models, embeddingsModels }: Gateway) {
  return {
    object: 'list',
    data: [
      ...policies.map(({ name, strategy }) => ({
        id: name,
        object: 'model',
        created: 0,
        owned_by: 'fairlead',
        fairlead: { kind: 'policy', strategy },
      })),
      ...models.map((model) => listed(model, 'model')),
      ...embeddingsModels.map((model) => listed(model, 'embeddings')),
    ],
  }
}

const listed = (
  { id, vendor, prices, contextWindow, capabilities, simulated }: Model,
  kind: 'model' | 'embeddings',
) => ({
  id,
  object: 'model',
  created: 0,
  owned_by: vendor,
  context_window: contextWindow,
  fairlead: { kind, simulated, usdPerMillionTokens: prices, capabilities: [...capabilities].sort() },
})

/** One of the list, by the name that a client would ask for; ids hold a slash, which clients escape or not. */
function findModel(gateway: Gateway, name: string) {
  return listModels(gateway).data.find(({ id }) => id === name) ?? null
}

/** Anthropic's list, for clients that say by a header of theirs whose they are. Everything is on one page. */
function listForAnthropic(gateway: Gateway) {
  // Its clients know of no vectors.
  const data = listModels({ ...gateway, embeddingsModels: [] }).data.map(anthropicModel)
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
}

const anthropicModel = ({ id }: { readonly id: string }) => ({
  type: 'model',
  id,
  display_name: id,
  created_at: '1970-01-01T00:00:00Z',
})

export function addModels(app: FastifyInstance, gateway: Gateway): void {
  const isAnthropic = (headers: Readonly<Record<string, unknown>>) => 'anthropic-version' in headers
  app.get('/v1/models', ({ headers }) =>
    isAnthropic(headers) ? listForAnthropic(gateway) : listModels(gateway),
  )
  app.get<{ Params: { '*': string } }>('/v1/models/*', ({ params, headers }, reply) => {
    const name = params['*']
    const model = findModel(gateway, name)
    if (model !== null) return isAnthropic(headers) ? anthropicModel(model) : model
    const message = `There is no model or policy \`${name.slice(0, 100)}\`. GET /v1/models lists all names.`
    return sendFailure(
      isAnthropic(headers) ? anthropicMessages : openaiChat,
      reply,
      failure('rejected', message, { code: 'model_not_found', param: 'model' }),
    )
  })
}
