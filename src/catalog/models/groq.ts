import { defineModels } from '../entry.ts'

export const groq = defineModels({
  vendor: 'groq',
  models: {
    'openai/gpt-oss-120b': {
      prices: { input: 0.15, cachedRead: 0.075, cacheWrite: 0.15, output: 0.6, source: 'liteLlm' },
      window: { context: 131_072, output: 65_536, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'json-schema', 'reasoning'] },
      benchmarks: { gptOssCard: { mmlu: 0.9, 'gpqa-diamond': 0.801 } },
      speed: 'accelerated',
      verbosity: 4,
      aliases: ['gpt-oss-120b'],
    },
    'openai/gpt-oss-20b': {
      prices: { input: 0.075, cachedRead: 0.0375, cacheWrite: 0.075, output: 0.3, source: 'liteLlm' },
      window: { context: 131_072, output: 65_536, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'json-schema', 'reasoning'] },
      benchmarks: { gptOssCard: { mmlu: 0.853, 'gpqa-diamond': 0.715 } },
      speed: 'accelerated',
      verbosity: 4,
      aliases: ['gpt-oss-20b'],
    },
    'qwen/qwen3.8-27b': {
      prices: { input: 0.8, cachedRead: 0.8, cacheWrite: 0.8, output: 4, source: 'liteLlm' },
      window: { context: 131_072, output: 16_384, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'json-schema', 'reasoning'] },
      speed: 'accelerated',
      verbosity: 4,
      aliases: ['qwen3.8-27b'],
    },
    'llama-3.3-70b-versatile': {
      prices: { input: 0.59, cachedRead: 0.59, cacheWrite: 0.59, output: 0.79, source: 'genaiPrices' },
      window: { context: 131_072, output: 32_768, source: 'groqDeprecations' },
      capabilities: { llama33Card: ['tools'] },
      benchmarks: {
        llama33Card: {
          mmlu: 0.86,
          'mmlu-pro': 0.689,
          'gpqa-diamond': 0.505,
          math: 0.77,
          'human-eval': 0.884,
          ifeval: 0.921,
          bfcl: 0.773,
        },
      },
      speed: 'accelerated',
      verbosity: 1,
      retired: true,
    },
    'llama-3.1-8b-instant': {
      prices: { input: 0.05, cachedRead: 0.05, cacheWrite: 0.05, output: 0.08, source: 'genaiPrices' },
      window: { context: 131_072, output: 131_072, source: 'groqDeprecations' },
      capabilities: { llama31Card: ['tools'] },
      benchmarks: {
        llama31Card: {
          mmlu: 0.73,
          'mmlu-pro': 0.483,
          math: 0.519,
          gsm8k: 0.845,
          'human-eval': 0.726,
          ifeval: 0.804,
        },
        llama33Card: { 'gpqa-diamond': 0.318, bfcl: 0.654 },
      },
      speed: 'accelerated',
      verbosity: 1,
      retired: true,
    },
  },
})
