import { defineVendor } from './vendor.ts'

// The OpenAI-compatible endpoint. It ignores `response_format` and `logprobs` and takes no files; both
// token limits are accepted. Models since Claude 4.6 refuse a prefill. See https://platform.claude.com/docs/en/api/openai-sdk.
export const anthropic = defineVendor({
  name: 'anthropic',
  title: 'Anthropic',
  baseUrl: 'https://api.anthropic.com/v1',
  keyVariables: ['ANTHROPIC_API_KEY'],
  quirks: { streamUsageOption: true, maxTokensField: 'max_tokens' },
})
