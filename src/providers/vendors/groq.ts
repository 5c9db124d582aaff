import { defineVendor } from './vendor.ts'

// Its reference marks `max_tokens` as deprecated in favour of `max_completion_tokens`.
// A last message of the assistant is gone on with: https://console.groq.com/docs/prompting.
export const groq = defineVendor({
  name: 'groq',
  title: 'Groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  keyVariables: ['GROQ_API_KEY'],
  quirks: { streamUsageOption: true, maxTokensField: 'max_completion_tokens', prefill: 'last-message' },
})
