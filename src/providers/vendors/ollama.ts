import { defineVendor } from './vendor.ts'

// Lists `max_tokens` and `stream_options.include_usage` among its supported fields, and not
// `max_completion_tokens`.
// A last message of the assistant is gone on with: https://github.com/ollama/ollama/issues/6778.
export const ollama = defineVendor({
  name: 'ollama',
  title: 'Ollama',
  baseUrl: 'http://127.0.0.1:11434/v1',
  auth: { kind: 'none' },
  keyVariables: [],
  local: true,
  ownPort: true,
  quirks: { streamUsageOption: true, maxTokensField: 'max_tokens', prefill: 'last-message' },
})
