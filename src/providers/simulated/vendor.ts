import type { Vendor } from '../../domain/vendor.ts'

/** The vendor of the simulated models: needs no key, and no byte ever leaves the process for it. */
export const simulatedVendor: Vendor = {
  name: 'simulated',
  title: 'Simulated models',
  format: 'openai-chat',
  // `.invalid` never resolves (RFC 2606): should anything try to send there, it fails.
  baseUrl: 'http://simulated.invalid/v1',
  auth: { kind: 'none' },
  keyVariables: [],
  local: true,
  ownPort: false,
  quirks: { streamUsageOption: true, maxTokensField: 'max_completion_tokens' },
}
