import { type Model, modelId } from '../../domain/model.ts'

/** A name that the catalogue does not know: only outcomes that an artefact has of it can tell what it is worth. */
export const undescribed = (name: string): Model => ({
  id: modelId(name),
  vendorName: name,
  vendor: 'unknown',
  prices: { input: 'unknown', cachedRead: 'unknown', cacheWrite: 'unknown', output: 'unknown' },
  contextWindow: Number.MAX_SAFE_INTEGER,
  maxOutputTokens: Number.MAX_SAFE_INTEGER,
  capabilities: new Set(),
  benchmarks: {},
  speed: { firstTokenMs: 0, tokensPerSecond: 1 },
  verbosity: 1,
  simulated: false,
})
