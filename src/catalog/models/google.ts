import { defineModels } from '../entry.ts'

// Introductory prices end soon, so the prices that follow them are recorded: gemini-4-argon's of
// 2026-12-01 and gemini-3.8-flash's of 2027-01-01. Prompts over 200,000 tokens cost more on the Pro
// models. The OpenAI-compatible endpoint documents images and audio, but no files, so none are listed.
export const google = defineModels({
  vendor: 'google',
  models: {
    'gemini-4-argon': {
      prices: { input: 4, cachedRead: 0.2, cacheWrite: 4, output: 20, source: 'genaiPrices' },
      window: { context: 1_048_576, output: 1_048_576, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'audio', 'json-schema', 'reasoning'] },
      speed: 'large',
      verbosity: 4,
    },
    'gemini-4-hydrogen': {
      prices: { input: 1.5, cachedRead: 0.075, cacheWrite: 1.5, output: 7.5, source: 'liteLlm' },
      window: { context: 1_048_576, output: 1_048_576, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'audio', 'json-schema', 'reasoning'] },
      speed: 'medium',
      verbosity: 4,
    },
    'gemini-3.8-flash': {
      prices: { input: 1.5, cachedRead: 0.15, cacheWrite: 1.5, output: 7.5, source: 'genaiPrices' },
      window: { context: 1_048_576, output: 65_536, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'audio', 'json-schema', 'reasoning'] },
      speed: 'small',
      verbosity: 4,
    },
    'gemini-3.5-flash': {
      prices: { input: 1.5, cachedRead: 0.15, cacheWrite: 1.5, output: 9, source: 'liteLlm' },
      window: { context: 1_048_576, output: 65_536, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'audio', 'json-schema', 'reasoning'] },
      speed: 'small',
      verbosity: 4,
    },
    'gemini-3.5-flash-lite': {
      prices: { input: 0.3, cachedRead: 0.03, cacheWrite: 0.3, output: 2.5, source: 'liteLlm' },
      window: { context: 1_048_576, output: 65_536, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'audio', 'json-schema', 'reasoning'] },
      speed: 'small',
      verbosity: 2,
    },
    'gemini-3.1-pro-preview': {
      prices: { input: 2, cachedRead: 0.2, cacheWrite: 2, output: 12, source: 'liteLlm' },
      window: { context: 1_048_576, output: 65_536, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'audio', 'json-schema', 'reasoning'] },
      benchmarks: {
        gemini31ProCard: { 'gpqa-diamond': 0.943 },
        deepSeekV4Card: { 'mmlu-pro': 0.91, 'live-code-bench': 0.917 },
      },
      speed: 'large',
      verbosity: 5,
      aliases: ['gemini-3.1-pro'],
    },
    'gemini-3.1-flash-lite': {
      prices: { input: 0.25, cachedRead: 0.025, cacheWrite: 0.25, output: 1.5, source: 'liteLlm' },
      window: { context: 1_048_576, output: 65_536, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'audio', 'json-schema', 'reasoning'] },
      speed: 'small',
      verbosity: 2,
      aliases: ['gemini-3.1-flash-lite-preview'],
      servedUntil: '2027-05-07',
    },
    'gemini-3-flash-preview': {
      prices: { input: 0.5, cachedRead: 0.05, cacheWrite: 0.5, output: 3, source: 'liteLlm' },
      window: { context: 1_048_576, output: 65_536, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'audio', 'json-schema', 'reasoning'] },
      benchmarks: { gemini3Flash: { 'gpqa-diamond': 0.904 } },
      speed: 'small',
      verbosity: 4,
      aliases: ['gemini-3-flash'],
    },
    'gemini-2.5-pro': {
      prices: { input: 1.25, cachedRead: 0.125, cacheWrite: 1.25, output: 10, source: 'liteLlm' },
      window: { context: 1_048_576, output: 65_536, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'audio', 'json-schema', 'reasoning'] },
      benchmarks: { gemini25Pro: { 'gpqa-diamond': 0.84, 'live-code-bench': 0.704 } },
      speed: 'medium',
      verbosity: 6,
      servedUntil: '2026-12-01',
    },
    'gemini-2.5-flash': {
      prices: { input: 0.3, cachedRead: 0.03, cacheWrite: 0.3, output: 2.5, source: 'liteLlm' },
      window: { context: 1_048_576, output: 65_536, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'audio', 'json-schema', 'reasoning'] },
      speed: 'small',
      verbosity: 3,
      servedUntil: '2026-12-01',
    },
    'gemini-2.5-flash-lite': {
      prices: { input: 0.1, cachedRead: 0.01, cacheWrite: 0.1, output: 0.4, source: 'liteLlm' },
      window: { context: 1_048_576, output: 65_536, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'audio', 'json-schema', 'reasoning'] },
      speed: 'small',
      verbosity: 1,
    },
    'gemini-2.0-flash': {
      prices: { input: 0.1, cachedRead: 0.025, cacheWrite: 0.1, output: 0.4, source: 'genaiPrices' },
      window: { context: 1_048_576, output: 8_192, source: 'geminiModels' },
      capabilities: { geminiModels: ['tools', 'images', 'audio', 'json-schema'] },
      benchmarks: {
        gemma3Report: { 'mmlu-pro': 0.776, 'gpqa-diamond': 0.601, math: 0.909, 'live-code-bench': 0.345 },
      },
      speed: 'small',
      verbosity: 1,
      aliases: ['gemini-2.0-flash-001'],
      retired: true,
    },
    // Of May 2024, and of September 2024 with far better scores; the experimental ones lay between and are counted to the
    // later ones.
    'gemini-1.5-pro': {
      prices: { input: 1.25, cachedRead: 1.25, cacheWrite: 1.25, output: 5, source: 'genaiPrices' },
      window: { context: 2_097_152, output: 8_192, source: 'geminiModels' },
      capabilities: { geminiModels: ['tools', 'images', 'audio', 'json-schema'] },
      benchmarks: {
        simpleEvals: { mmlu: 0.819, math: 0.585, 'human-eval': 0.719 },
        mmluProReadme: { 'mmlu-pro': 0.69 },
        deepSeekCoderV2Report: { gsm8k: 0.908, 'live-code-bench': 0.341 },
      },
      speed: 'medium',
      verbosity: 1,
      aliases: ['gemini-1.5-pro-001', 'gemini-1.5-pro-preview-0514', 'gemini-1.5-pro-preview-0409'],
      retired: true,
    },
    'gemini-1.5-pro-002': {
      prices: { input: 1.25, cachedRead: 1.25, cacheWrite: 1.25, output: 5, source: 'genaiPrices' },
      window: { context: 2_097_152, output: 8_192, source: 'geminiModels' },
      capabilities: { geminiModels: ['tools', 'images', 'audio', 'json-schema'] },
      benchmarks: {
        gemma3Report: { 'mmlu-pro': 0.758, 'gpqa-diamond': 0.591, math: 0.865, 'live-code-bench': 0.342 },
      },
      speed: 'medium',
      verbosity: 1,
      aliases: ['gemini-1.5-pro-exp-0801', 'gemini-1.5-pro-exp-0827'],
      retired: true,
    },
    'gemini-1.5-flash': {
      prices: { input: 0.075, cachedRead: 0.01875, cacheWrite: 0.075, output: 0.3, source: 'genaiPrices' },
      window: { context: 1_048_576, output: 8_192, source: 'geminiModels' },
      capabilities: { geminiModels: ['tools', 'images', 'audio', 'json-schema'] },
      benchmarks: {
        simpleEvals: { mmlu: 0.779, 'gpqa-diamond': 0.386, math: 0.409, 'human-eval': 0.715 },
        mmluProReadme: { 'mmlu-pro': 0.591 },
      },
      speed: 'small',
      verbosity: 1,
      aliases: ['gemini-1.5-flash-001', 'gemini-1.5-flash-preview-0514'],
      retired: true,
    },
    'gemini-1.5-flash-002': {
      prices: { input: 0.075, cachedRead: 0.01875, cacheWrite: 0.075, output: 0.3, source: 'genaiPrices' },
      window: { context: 1_048_576, output: 8_192, source: 'geminiModels' },
      capabilities: { geminiModels: ['tools', 'images', 'audio', 'json-schema'] },
      benchmarks: {
        gemma3Report: { 'mmlu-pro': 0.673, 'gpqa-diamond': 0.51, math: 0.779, 'live-code-bench': 0.307 },
      },
      speed: 'small',
      verbosity: 1,
      aliases: ['gemini-1.5-flash-exp-0827'],
      retired: true,
    },
  },
})
