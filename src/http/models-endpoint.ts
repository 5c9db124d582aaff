import type { Gateway } from '../gateway/gateway.ts'

/** OpenAI's list of models: policies first, since a client that shows one list should offer `auto` at its top. */
export function listModels({ policies, models }: Gateway) {
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
      ...models.map(({ id, vendor, prices, contextWindow, capabilities, simulated }) => ({
        id,
        object: 'model',
        created: 0,
        owned_by: vendor,
        context_window: contextWindow,
        fairlead: {
          kind: 'model',
          simulated,
          usdPerMillionTokens: prices,
          capabilities: [...capabilities].sort(),
        },
      })),
    ],
  }
}

/** One of the list, by the name that a client would ask for; ids hold a slash, which clients escape or not. */
export function findModel(gateway: Gateway, name: string) {
  return listModels(gateway).data.find(({ id }) => id === name) ?? null
}
