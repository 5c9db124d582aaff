import { defineVendor } from './vendor.ts'

export const together = defineVendor({
  name: 'together',
  title: 'Together AI',
  baseUrl: 'https://api.together.xyz/v1',
  keyVariables: ['TOGETHER_API_KEY', 'TOGETHERAI_API_KEY'],
  quirks: { streamUsageOption: true, maxTokensField: 'max_tokens' },
})
