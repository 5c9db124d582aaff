import { defineVendor } from './vendor.ts'

// The OpenAI-compatible endpoint of the Gemini API: https://ai.google.dev/gemini-api/docs/openai.
export const google = defineVendor({
  name: 'google',
  title: 'Google Gemini',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
  keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  quirks: { streamUsageOption: true, maxTokensField: 'max_tokens' },
})
