import { defineVendor } from './vendor.ts'

// Reasoning models refuse `max_tokens` with a 400; every model takes `max_completion_tokens`.
export const openai = defineVendor({
  name: 'openai',
  title: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  keyVariables: ['OPENAI_API_KEY'],
  quirks: { streamUsageOption: true, maxTokensField: 'max_completion_tokens' },
})
