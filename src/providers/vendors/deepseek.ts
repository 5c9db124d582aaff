import { defineVendor } from './vendor.ts'

// A prefill is taken only at its beta base URL.
export const deepseek = defineVendor({
  name: 'deepseek',
  title: 'DeepSeek',
  baseUrl: 'https://api.deepseek.com/v1',
  keyVariables: ['DEEPSEEK_API_KEY'],
  quirks: { streamUsageOption: true, maxTokensField: 'max_tokens' },
})
