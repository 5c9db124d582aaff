import { defineModels } from '../entry.ts'

// Requests whose prompt reaches 200,000 tokens are billed at twice these prices.
export const xai = defineModels({
  vendor: 'xai',
  models: {
    'grok-4.7': {
      prices: { input: 2, cachedRead: 0.5, cacheWrite: 2, output: 6, source: 'liteLlm' },
      window: { context: 500_000, output: 500_000, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'json-schema', 'reasoning'] },
      speed: 'large',
      verbosity: 5,
    },
    'grok-4.6': {
      prices: { input: 2, cachedRead: 0.5, cacheWrite: 2, output: 6, source: 'liteLlm' },
      window: { context: 500_000, output: 500_000, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'json-schema', 'reasoning'] },
      speed: 'large',
      verbosity: 5,
    },
    'grok-4.3': {
      prices: { input: 1.25, cachedRead: 0.2, cacheWrite: 1.25, output: 2.5, source: 'liteLlm' },
      window: { context: 1_000_000, output: 1_000_000, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'json-schema', 'reasoning'] },
      speed: 'medium',
      verbosity: 4,
    },
    'grok-4.20-0309-reasoning': {
      prices: { input: 1.25, cachedRead: 0.2, cacheWrite: 1.25, output: 2.5, source: 'liteLlm' },
      window: { context: 1_000_000, output: 1_000_000, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'json-schema', 'reasoning'] },
      speed: 'medium',
      verbosity: 4,
      aliases: ['grok-4.20', 'grok-4.20-reasoning'],
    },
    'grok-4.20-0309-non-reasoning': {
      prices: { input: 1.25, cachedRead: 0.2, cacheWrite: 1.25, output: 2.5, source: 'liteLlm' },
      window: { context: 1_000_000, output: 1_000_000, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'json-schema'] },
      speed: 'small',
      verbosity: 1,
      aliases: ['grok-4.20-non-reasoning'],
    },
    'grok-build-0.1': {
      prices: { input: 1, cachedRead: 0.2, cacheWrite: 1, output: 2, source: 'liteLlm' },
      window: { context: 256_000, output: 256_000, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'json-schema', 'reasoning'] },
      speed: 'small',
      verbosity: 3,
      aliases: ['grok-code-fast-1', 'grok-code-fast'],
    },
    'grok-4-0709': {
      prices: { input: 3, cachedRead: 0.75, cacheWrite: 3, output: 15, source: 'genaiPrices' },
      window: { context: 256_000, output: 256_000, source: 'genaiPrices' },
      capabilities: { grok4News: ['tools', 'images', 'json-schema', 'reasoning'] },
      benchmarks: {
        artificialAnalysisGrok4: { 'mmlu-pro': 0.87, 'live-code-bench': 0.82 },
        artificialAnalysisGpqa: { 'gpqa-diamond': 0.875 },
      },
      speed: 'large',
      verbosity: 7,
      aliases: ['grok-4'],
      retired: true,
    },
  },
})
