import { defineVendor } from './vendor.ts'

// Translates `max_tokens` for whichever vendor serves the model.
export const openrouter = defineVendor({
  name: 'openrouter',
  title: 'OpenRouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  keyVariables: ['OPENROUTER_API_KEY'],
  quirks: { streamUsageOption: true, maxTokensField: 'max_tokens', providerField: true },
})
