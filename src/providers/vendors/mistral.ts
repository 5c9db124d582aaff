import { defineVendor } from './vendor.ts'

// Answers 422 (`extra_forbidden`) to `stream_options.include_usage` and to `max_completion_tokens`. Usage
// comes unasked in a stream's last chunk.
// `prefix: true` makes an answer begin with the last message, which comes back with it.
export const mistral = defineVendor({
  name: 'mistral',
  title: 'Mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  keyVariables: ['MISTRAL_API_KEY'],
  quirks: { streamUsageOption: false, maxTokensField: 'max_tokens', prefill: 'prefix-field' },
})
