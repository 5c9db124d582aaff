import { defineModels } from '../entry.ts'

export const fireworks = defineModels({
  vendor: 'fireworks',
  models: {
    'accounts/fireworks/models/kimi-k3p1-pro': {
      prices: { input: 2, cachedRead: 0.2, cacheWrite: 2, output: 10, source: 'liteLlm' },
      window: { context: 1_048_576, output: 131_072, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'json-schema', 'reasoning'] },
      speed: 'medium',
      verbosity: 5,
      aliases: ['kimi-k3.1-pro'],
    },
    'accounts/fireworks/models/glm-5p3': {
      prices: { input: 1.4, cachedRead: 0.26, cacheWrite: 1.4, output: 4.4, source: 'liteLlm' },
      window: { context: 1_048_576, output: 128_000, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'json-schema', 'reasoning'] },
      benchmarks: { deepSeekV41Card: { 'gpqa-diamond': 0.881 } },
      speed: 'medium',
      verbosity: 4,
      aliases: ['glm-5.3'],
    },
    'accounts/fireworks/models/glm-5p3-flash': {
      prices: { input: 0.15, cachedRead: 0.03, cacheWrite: 0.15, output: 0.5, source: 'liteLlm' },
      window: { context: 1_048_576, output: 1_048_576, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'json-schema', 'reasoning'] },
      speed: 'small',
      verbosity: 3,
      aliases: ['glm-5.3-flash'],
    },
    'accounts/fireworks/models/deepseek-v4p1-flash-1017': {
      prices: { input: 0.3, cachedRead: 0.006, cacheWrite: 0.3, output: 1.2, source: 'liteLlm' },
      window: { context: 1_048_576, output: 393_216, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'json-schema', 'reasoning'] },
      benchmarks: { deepSeekV41Card: { 'gpqa-diamond': 0.909 } },
      speed: 'small',
      verbosity: 4,
      aliases: ['deepseek-v4.1-flash', 'deepseek-v4.1-flash-1017'],
    },
    'accounts/fireworks/models/qwen3p8-max': {
      prices: { input: 2, cachedRead: 0.25, cacheWrite: 2, output: 6, source: 'liteLlm' },
      window: { context: 262_144, output: 131_072, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'json-schema', 'reasoning'] },
      speed: 'large',
      verbosity: 5,
      aliases: ['qwen3.8-max'],
    },
  },
})
