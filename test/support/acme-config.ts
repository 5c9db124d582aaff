type AcmeChanges = {
  readonly models?: readonly object[]
  readonly policies?: object
  readonly simulated?: object
  readonly retries?: object
}

/** What a configuration says of Acme: an OpenAI-compatible vendor with two models, for a server that stands in for it. */
export function acmeConfig(baseUrl: string, changes: AcmeChanges = {}) {
  const { models = [], ...rest } = changes
  return {
    vendors: { acme: { baseUrl, apiKey: 'env:ACME_KEY' } },
    models: [acmeModel('small', 1), acmeModel('large', 10), ...models],
    // So that every request is seen once; what retries do has tests of its own.
    retries: { sameTarget: 0 },
    ...rest,
  }
}

export const acmeKey = { ACME_KEY: 'acme-key-of-the-tests-0123456789' }

/** `usdPerMillion` is the price of input; output costs ten times as much. */
export const acmeModel = (name: string, usdPerMillion: number, changes: object = {}) => ({
  id: `acme/${name}`,
  prices: { input: usdPerMillion, output: 10 * usdPerMillion },
  contextWindow: 32_000,
  maxOutputTokens: 4_000,
  capabilities: ['tools', 'json-schema'],
  ...changes,
})

/** The policy `auto`: Acme's small model whatever the prompt, and after it those that are named. */
export const smallThen = (...fallbacks: string[]) => ({
  auto: { strategy: 'fixed', model: 'acme/small', fallbacks },
})
