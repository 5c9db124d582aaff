import type { Target, Vendor } from '../../src/domain/vendor.ts'
import { aModel } from '../../src/library/testing/builders.ts'

export * from '../../src/library/testing/builders.ts'

/** A hosted vendor `acme` that wants no key. */
export function aVendor(changes: Partial<Vendor> = {}): Vendor {
  return {
    name: 'acme',
    title: 'Acme',
    format: 'openai-chat',
    baseUrl: 'http://127.0.0.1:1/v1',
    auth: { kind: 'none' },
    keyVariables: [],
    local: false,
    ownPort: false,
    quirks: { streamUsageOption: true, maxTokensField: 'max_completion_tokens' },
    ...changes,
  }
}

/** `acme/small` at its vendor, without a credential. */
export function aTarget(changes: Partial<Target> = {}): Target {
  const model = changes.model ?? aModel()
  const vendor = changes.vendor ?? aVendor({ name: model.vendor })
  return {
    id: `${model.id}@default`,
    model,
    vendor,
    baseUrl: vendor.baseUrl,
    credential: null,
    headers: {},
    effort: null,
    weight: 1,
    limits: {},
    maxConcurrent: null,
    ...changes,
  }
}
