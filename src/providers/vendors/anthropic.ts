import { defineVendor } from './vendor.ts'

// The version is the only one there is since 2023, and refused where it is missing: https://platform.claude.com/docs/en/api/versioning.
// Models since Claude 4.6 refuse a prefill, and those before think first: an answer is gone on with by instruction. See
// https://platform.claude.com/docs/en/api/errors#prefill-not-supported.
export const anthropic = defineVendor({
  name: 'anthropic',
  title: 'Anthropic',
  format: 'anthropic-messages',
  baseUrl: 'https://api.anthropic.com/v1',
  auth: { kind: 'header', name: 'x-api-key' },
  headers: { 'anthropic-version': '2023-06-01' },
  keyVariables: ['ANTHROPIC_API_KEY'],
  quirks: { streamUsageOption: false, maxTokensField: 'max_tokens' },
})
