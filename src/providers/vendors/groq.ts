import { defineVendor } from './vendor.ts'

// Its reference marks `max_tokens` as deprecated in favour of `max_completion_tokens`.
export const groq = defineVendor({
  name: 'groq',
  title: 'Groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  keyVariables: ['GROQ_API_KEY'],
  quirks: { streamUsageOption: true, maxTokensField: 'max_completion_tokens' },
})
