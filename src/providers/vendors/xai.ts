import { defineVendor } from './vendor.ts'

export const xai = defineVendor({
  name: 'xai',
  title: 'xAI',
  baseUrl: 'https://api.x.ai/v1',
  keyVariables: ['XAI_API_KEY', 'GROK_API_KEY'],
  quirks: { streamUsageOption: true, maxTokensField: 'max_tokens' },
})
