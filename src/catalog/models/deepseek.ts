import { defineModels } from '../entry.ts'

// Prices are those of the peak hours (01:00-04:00 and 06:00-10:00 UTC on working days); at other times
// half. Recording the dearer one keeps an estimate from being too low.
export const deepseek = defineModels({
  vendor: 'deepseek',
  models: {
    'deepseek-flash': {
      prices: { input: 0.3, cachedRead: 0.006, cacheWrite: 0.3, output: 1.2, source: 'liteLlm' },
      window: { context: 1_000_000, output: 393_216, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'images', 'json-schema', 'reasoning'] },
      benchmarks: { deepSeekV41Card: { 'gpqa-diamond': 0.909 } },
      speed: 'medium',
      verbosity: 4,
      aliases: ['deepseek-v4.1-flash', 'deepseek-v4-flash'],
    },
    'deepseek-v4-pro': {
      prices: { input: 1.32, cachedRead: 0.044, cacheWrite: 1.32, output: 3.96, source: 'liteLlm' },
      window: { context: 1_000_000, output: 393_216, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'json-schema', 'reasoning'] },
      benchmarks: { deepSeekV4Card: { 'mmlu-pro': 0.875, 'gpqa-diamond': 0.901, 'live-code-bench': 0.935 } },
      speed: 'large',
      verbosity: 5,
    },
    'deepseek-v3.2': {
      prices: { input: 0.28, cachedRead: 0.028, cacheWrite: 0.28, output: 0.4, source: 'liteLlm' },
      window: { context: 163_840, output: 163_840, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools', 'reasoning'] },
      benchmarks: { deepSeekV32Report: { 'gpqa-diamond': 0.799 } },
      speed: 'medium',
      verbosity: 3,
      aliases: ['deepseek-v3.2-exp'],
      retired: true,
    },
    // The name outlived several models; the scores and prices are V3's, which it stood for in public data.
    'deepseek-chat': {
      prices: { input: 0.27, cachedRead: 0.07, cacheWrite: 0.27, output: 1.1, source: 'liteLlm' },
      window: { context: 65_536, output: 8_192, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools'] },
      benchmarks: {
        deepSeekV3Report: {
          mmlu: 0.885,
          'mmlu-pro': 0.759,
          'gpqa-diamond': 0.591,
          math: 0.902,
          ifeval: 0.861,
          'live-code-bench': 0.405,
        },
      },
      speed: 'medium',
      verbosity: 1,
      aliases: ['deepseek-v3'],
      retired: true,
    },
    'deepseek-reasoner': {
      prices: { input: 0.55, cachedRead: 0.14, cacheWrite: 0.55, output: 2.19, source: 'liteLlm' },
      window: { context: 65_536, output: 8_192, source: 'liteLlm' },
      capabilities: { liteLlm: ['reasoning'] },
      benchmarks: {
        deepSeekR1Report: {
          mmlu: 0.908,
          'mmlu-pro': 0.84,
          'gpqa-diamond': 0.715,
          math: 0.973,
          ifeval: 0.833,
          'live-code-bench': 0.659,
        },
      },
      speed: 'medium',
      verbosity: 8,
      aliases: ['deepseek-r1'],
      retired: true,
    },
    'deepseek-coder': {
      prices: { input: 0.14, cachedRead: 0.014, cacheWrite: 0.14, output: 0.28, source: 'liteLlm' },
      window: { context: 128_000, output: 4_096, source: 'liteLlm' },
      capabilities: { liteLlm: ['tools'] },
      benchmarks: {
        deepSeekCoderV2Report: {
          mmlu: 0.792,
          'human-eval': 0.902,
          // biome-ignore lint/suspicious/noApproximativeNumericConstant: 43.4 % of problems, not log10(e).
          'live-code-bench': 0.434,
          gsm8k: 0.949,
          math: 0.757,
        },
      },
      speed: 'medium',
      verbosity: 1,
      aliases: ['deepseek-coder-v2', 'deepseek-coder-v2-0724', 'deepseek-v2-coder-0724'],
      retired: true,
    },
    // For this one and the next the vendor's own prices could not be established from a stored copy.
    'deepseek-v2-chat': {
      prices: {
        input: 'unknown',
        cachedRead: 'unknown',
        cacheWrite: 'unknown',
        output: 'unknown',
        source: 'notEstablished',
      },
      window: { context: 128_000, output: 128_000, source: 'deepSeekV2Report' },
      capabilities: { deepSeekV2Report: [] },
      benchmarks: {
        deepSeekV2Report: {
          mmlu: 0.778,
          'human-eval': 0.811,
          'live-code-bench': 0.325,
          gsm8k: 0.922,
          math: 0.539,
        },
        mmluProPaper: { 'mmlu-pro': 0.548 },
      },
      speed: 'medium',
      verbosity: 1,
      aliases: ['deepseek-v2-chat-0628'],
      retired: true,
    },
    'deepseek-v2.5': {
      prices: {
        input: 'unknown',
        cachedRead: 'unknown',
        cacheWrite: 'unknown',
        output: 'unknown',
        source: 'notEstablished',
      },
      window: { context: 32_768, output: 32_768, source: 'liteLlm' },
      capabilities: { deepSeekV3Report: ['tools'] },
      benchmarks: {
        deepSeekV3Report: {
          mmlu: 0.806,
          'mmlu-pro': 0.662,
          'gpqa-diamond': 0.413,
          math: 0.747,
          ifeval: 0.806,
          'live-code-bench': 0.292,
        },
      },
      speed: 'medium',
      verbosity: 1,
      aliases: ['deepseek-v2.5-0908'],
      retired: true,
    },
  },
})
