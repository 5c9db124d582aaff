import { defineVendor } from './vendor.ts'

// A key is needed only when the server was started with `--api-key`, whose variable is `LLAMA_API_KEY`.
// Goes on with a last message of the assistant unless it was started with `--no-prefill-assistant`.
export const llamaCpp = defineVendor({
  name: 'llama-cpp',
  title: 'llama.cpp',
  baseUrl: 'http://127.0.0.1:8080/v1',
  keyVariables: ['LLAMA_API_KEY'],
  local: true,
  quirks: { streamUsageOption: true, maxTokensField: 'max_tokens', prefill: 'last-message' },
})
