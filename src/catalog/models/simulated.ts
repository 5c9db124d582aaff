import { defineModels } from '../entry.ts'

// The models that Fairlead simulates. Every figure is chosen so that the four behave like the tiers of a
// real vendor; none is measured.
export const simulated = defineModels({
  vendor: 'simulated',
  models: {
    nano: {
      prices: { input: 0.1, cachedRead: 0.025, cacheWrite: 0.1, output: 0.4, source: 'simulation' },
      window: { context: 128_000, output: 16_384, source: 'simulation' },
      capabilities: { simulation: ['tools', 'json-schema', 'logprobs'] },
      benchmarks: {
        simulation: { mmlu: 0.7, 'mmlu-pro': 0.48, 'gpqa-diamond': 0.33, math: 0.5, 'human-eval': 0.73 },
      },
      speed: { firstTokenMs: 150, tokensPerSecond: 200, source: 'simulation' },
      verbosity: 1,
      simulated: true,
    },
    mid: {
      prices: { input: 0.5, cachedRead: 0.125, cacheWrite: 0.5, output: 2, source: 'simulation' },
      window: { context: 200_000, output: 32_768, source: 'simulation' },
      capabilities: { simulation: ['tools', 'json-schema', 'logprobs'] },
      benchmarks: {
        simulation: { mmlu: 0.83, 'mmlu-pro': 0.67, 'gpqa-diamond': 0.48, math: 0.72, 'human-eval': 0.86 },
      },
      speed: { firstTokenMs: 300, tokensPerSecond: 120, source: 'simulation' },
      verbosity: 1,
      simulated: true,
    },
    frontier: {
      prices: { input: 3, cachedRead: 0.3, cacheWrite: 3.75, output: 15, source: 'simulation' },
      window: { context: 200_000, output: 64_000, source: 'simulation' },
      capabilities: { simulation: ['tools', 'images', 'json-schema', 'logprobs'] },
      benchmarks: {
        simulation: { mmlu: 0.9, 'mmlu-pro': 0.8, 'gpqa-diamond': 0.7, math: 0.88, 'human-eval': 0.94 },
      },
      speed: { firstTokenMs: 600, tokensPerSecond: 70, source: 'simulation' },
      verbosity: 1,
      simulated: true,
    },
    reasoning: {
      prices: { input: 2, cachedRead: 0.5, cacheWrite: 2, output: 8, source: 'simulation' },
      window: { context: 200_000, output: 100_000, source: 'simulation' },
      capabilities: { simulation: ['tools', 'json-schema', 'logprobs', 'reasoning'] },
      benchmarks: {
        simulation: { mmlu: 0.92, 'mmlu-pro': 0.84, 'gpqa-diamond': 0.82, math: 0.97, 'human-eval': 0.95 },
      },
      speed: { firstTokenMs: 1_500, tokensPerSecond: 100, source: 'simulation' },
      verbosity: 5,
      simulated: true,
    },
  },
})
