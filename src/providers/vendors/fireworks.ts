import { defineVendor } from './vendor.ts'

export const fireworks = defineVendor({
  name: 'fireworks',
  title: 'Fireworks AI',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  keyVariables: ['FIREWORKS_API_KEY', 'FIREWORKS_AI_API_KEY'],
  quirks: { streamUsageOption: true, maxTokensField: 'max_tokens' },
})
