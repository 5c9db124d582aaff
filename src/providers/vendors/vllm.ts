import { defineVendor } from './vendor.ts'

// A key is needed only when the server was started with `--api-key`.
// Goes on with a last message where `continue_final_message` says so.
export const vllm = defineVendor({
  name: 'vllm',
  title: 'vLLM',
  baseUrl: 'http://127.0.0.1:8000/v1',
  keyVariables: ['VLLM_API_KEY'],
  local: true,
  quirks: { streamUsageOption: true, maxTokensField: 'max_tokens', prefill: 'continue-final-message' },
})
