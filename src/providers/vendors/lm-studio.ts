import { defineVendor } from './vendor.ts'

export const lmStudio = defineVendor({
  name: 'lm-studio',
  title: 'LM Studio',
  baseUrl: 'http://127.0.0.1:1234/v1',
  auth: { kind: 'none' },
  keyVariables: [],
  local: true,
  ownPort: true,
  quirks: { streamUsageOption: true, maxTokensField: 'max_tokens' },
})
