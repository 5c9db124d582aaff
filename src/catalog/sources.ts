/** Where a figure comes from and the day it was true there. */
export type Source = {
  readonly name: string
  /** `null` where the figure is a choice of ours or of the user's. */
  readonly url: string | null
  /** ISO 8601 date; `null` for what a user states, whose day we don't know. */
  readonly asOf: string | null
}

// Prices and windows stand under the collection that they were read from, with its date; a score stands under the
// publication that reports it, with the day of publication.
export const sources = {
  // Prices, windows and capabilities.
  liteLlm: {
    name: 'LiteLLM model_prices_and_context_window.json, as shipped in litellm 1.110.2',
    url: 'https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json',
    asOf: '2026-11-20',
  },
  genaiPrices: {
    name: 'pydantic/genai-prices 0.2.3',
    url: 'https://github.com/pydantic/genai-prices',
    asOf: '2026-11-11',
  },
  openAiChatApi: {
    name: 'OpenAI API reference, chat completions',
    url: 'https://platform.openai.com/docs/api-reference/chat/create',
    asOf: '2025-08-01',
  },
  geminiModels: {
    name: 'Gemini API, models',
    url: 'https://ai.google.dev/gemini-api/docs/models/gemini',
    asOf: '2025-02-05',
  },
  groqDeprecations: {
    name: 'Groq, models and deprecations',
    url: 'https://console.groq.com/docs/deprecations',
    asOf: '2025-08-01',
  },
  mistralDeprecations: {
    name: 'Mistral, models overview',
    url: 'https://docs.mistral.ai/getting-started/models/models_overview/',
    asOf: '2025-03-01',
  },
  grok4News: { name: 'xAI, Grok 4', url: 'https://x.ai/news/grok-4', asOf: '2025-07-09' },

  // Benchmark scores. Vendors measure their own models at their best setting; treat them as such.
  simpleEvals: {
    name: 'openai/simple-evals README (MATH-500 in place of MATH from o1 on)',
    url: 'https://github.com/openai/simple-evals',
    asOf: '2025-05-01',
  },
  openAiGpt41: { name: 'OpenAI, GPT-4.1', url: 'https://openai.com/index/gpt-4-1/', asOf: '2025-04-14' },
  openAiGpt5Developers: {
    name: 'OpenAI, GPT-5 for developers',
    url: 'https://openai.com/index/introducing-gpt-5-for-developers/',
    asOf: '2025-08-07',
  },
  openAiGpt52: {
    name: 'OpenAI, GPT-5.2',
    url: 'https://openai.com/index/introducing-gpt-5-2/',
    asOf: '2025-12-11',
  },
  openAiGpt54: {
    name: 'OpenAI, GPT-5.4',
    url: 'https://openai.com/index/introducing-gpt-5-4/',
    asOf: '2026-03-05',
  },
  gptOssCard: {
    name: 'gpt-oss model card, high effort, without tools',
    url: 'https://arxiv.org/abs/2508.10925',
    asOf: '2025-08-05',
  },
  claude3Family: {
    name: 'Anthropic, Claude 3 family (also quotes GPT-4 and GPT-3.5)',
    url: 'https://www.anthropic.com/news/claude-3-family',
    asOf: '2024-03-04',
  },
  claude35Upgrade: {
    name: 'Anthropic, upgraded Claude 3.5 Sonnet and Claude 3.5 Haiku',
    url: 'https://www.anthropic.com/news/3-5-models-and-computer-use',
    asOf: '2024-10-22',
  },
  claudeSonnet45: {
    name: 'Anthropic, Claude Sonnet 4.5',
    url: 'https://www.anthropic.com/news/claude-sonnet-4-5',
    asOf: '2025-09-29',
  },
  claudeOpus45: {
    name: 'Anthropic, Claude Opus 4.5',
    url: 'https://www.anthropic.com/news/claude-opus-4-5',
    asOf: '2025-11-24',
  },
  claudeOpus46: {
    name: 'Anthropic, Claude Opus 4.6',
    url: 'https://www.anthropic.com/news/claude-opus-4-6',
    asOf: '2026-02-05',
  },
  gpqaRoundup: {
    name: 'GPQA Diamond round-up quoting the vendors',
    url: 'https://smartchunks.com/gpqa-diamond-score-explained-ai-benchmark-2026/',
    asOf: '2026-04-30',
  },
  artificialAnalysisMmluPro: {
    name: 'Artificial Analysis, MMLU-Pro',
    url: 'https://artificialanalysis.ai/evaluations/mmlu-pro',
    asOf: '2026-02-23',
  },
  artificialAnalysisGpqa: {
    name: 'Artificial Analysis, GPQA Diamond',
    url: 'https://artificialanalysis.ai/evaluations/gpqa-diamond',
    asOf: '2026-02-23',
  },
  artificialAnalysisGrok4: {
    name: 'Artificial Analysis, Grok 4',
    url: 'https://artificialanalysis.ai/models/grok-4',
    asOf: '2026-02-23',
  },
  gemini25Pro: {
    name: 'Google, Gemini 2.5 Pro',
    url: 'https://blog.google/technology/google-deepmind/gemini-model-thinking-updates-march-2025/',
    asOf: '2025-03-25',
  },
  gemini3Flash: {
    name: 'Google, Gemini 3 Flash',
    url: 'https://blog.google/products/gemini/gemini-3-flash/',
    asOf: '2025-12-17',
  },
  gemini31ProCard: {
    name: 'Gemini 3.1 Pro model card',
    url: 'https://deepmind.google/models/model-cards/gemini-3-1-pro/',
    asOf: '2026-02-19',
  },
  gemma3Report: {
    name: 'Gemma 3 technical report, table 6 (also Gemini 1.5, Gemini 2.0, Gemma 2)',
    url: 'https://arxiv.org/abs/2503.19786',
    asOf: '2025-03-25',
  },
  mmluProPaper: { name: 'MMLU-Pro paper', url: 'https://arxiv.org/abs/2406.01574', asOf: '2024-06-03' },
  mmluProReadme: {
    name: 'MMLU-Pro README, leaderboard',
    url: 'https://github.com/TIGER-AI-Lab/MMLU-Pro',
    asOf: '2024-07-10',
  },
  llama3Card: {
    name: 'Llama 3 model card (also Llama 2; models that were not tuned)',
    url: 'https://github.com/meta-llama/llama3/blob/main/MODEL_CARD.md',
    asOf: '2024-04-18',
  },
  llama31Card: {
    name: 'Llama 3.1 model card (also Llama 3)',
    url: 'https://github.com/meta-llama/llama-models/blob/main/models/llama3_1/MODEL_CARD.md',
    asOf: '2024-07-23',
  },
  llama33Card: {
    name: 'Llama 3.3 model card (also Llama 3.1; BFCL is version 2)',
    url: 'https://github.com/meta-llama/llama-models/blob/main/models/llama3_3/MODEL_CARD.md',
    asOf: '2024-12-06',
  },
  llama4: { name: 'Meta, Llama 4', url: 'https://www.llama.com/models/llama-4/', asOf: '2026-02-23' },
  deepSeekV2Report: {
    name: 'DeepSeek-V2 report and README',
    url: 'https://github.com/deepseek-ai/DeepSeek-V2',
    asOf: '2024-05-06',
  },
  deepSeekCoderV2Report: {
    name: 'DeepSeek-Coder-V2 report and README',
    url: 'https://github.com/deepseek-ai/DeepSeek-Coder-V2',
    asOf: '2024-06-17',
  },
  deepSeekV3Report: {
    name: 'DeepSeek-V3 technical report (MATH-500 in place of MATH)',
    url: 'https://arxiv.org/abs/2412.19437',
    asOf: '2024-12-27',
  },
  deepSeekR1Report: {
    name: 'DeepSeek-R1 report (also GPT-4o, o1, o1-mini, Claude 3.5 Sonnet)',
    url: 'https://arxiv.org/abs/2501.12948',
    asOf: '2025-01-22',
  },
  deepSeekV32Report: {
    name: 'DeepSeek-V3.2 report',
    url: 'https://arxiv.org/abs/2512.02556',
    asOf: '2025-12-02',
  },
  deepSeekV4Card: {
    name: 'DeepSeek-V4-Pro model card, as quoted in public notes (also GPT-5.4, Opus 4.6, Gemini 3.1 Pro)',
    url: 'https://huggingface.co/deepseek-ai/DeepSeek-V4-Pro',
    asOf: '2026-04-24',
  },
  deepSeekV41Card: {
    name: 'DeepSeek-V4.1-Flash model card, as quoted in public notes (also Opus 5, GPT-5.6 Sol, K3, GLM-5.3)',
    url: 'https://huggingface.co/deepseek-ai/DeepSeek-V4.1-Flash',
    asOf: '2026-09-10',
  },
  mixtralPaper: { name: 'Mixtral of Experts', url: 'https://arxiv.org/abs/2401.04088', asOf: '2024-01-08' },
  mixtral8x22b: {
    name: 'Mistral, Mixtral 8x22B',
    url: 'https://mistral.ai/news/mixtral-8x22b',
    asOf: '2024-04-17',
  },
  mistralNemo: {
    name: 'Mistral, Mistral NeMo',
    url: 'https://mistral.ai/news/mistral-nemo',
    asOf: '2024-07-18',
  },
  mistralLarge2: {
    name: 'Mistral, Mistral Large 2',
    url: 'https://mistral.ai/news/mistral-large-2407',
    asOf: '2024-07-24',
  },
  mistralLarge3: {
    name: 'Review of Mistral Large 3 quoting its model card',
    url: 'https://medium.com/@leucopsis/mistral-large-3-2512-review-7788c779a5e4',
    asOf: '2026-02-23',
  },
  qwen2Report: {
    name: 'Qwen2 technical report and README (also Qwen1.5, Llama 3, Mistral, Mixtral, Gemma; GPQA is the main set)',
    url: 'https://arxiv.org/abs/2407.10671',
    asOf: '2024-07-15',
  },
  yiPaper: {
    name: 'Yi: Open Foundation Models by 01.AI',
    url: 'https://arxiv.org/abs/2403.04652',
    asOf: '2024-03-07',
  },
  qwen25Blog: { name: 'Qwen2.5', url: 'https://qwenlm.github.io/blog/qwen2.5-llm/', asOf: '2024-09-19' },
  qwen3235bCard: {
    name: 'Qwen3-235B-A22B-Instruct-2507 model card',
    url: 'https://huggingface.co/Qwen/Qwen3-235B-A22B-Instruct-2507',
    asOf: '2025-07-21',
  },
  kimiK26Card: {
    name: 'Kimi-K2.6 model card, as quoted in public notes',
    url: 'https://huggingface.co/moonshotai/Kimi-K2.6',
    asOf: '2026-04-30',
  },

  // Our own choices.
  tierDefault: { name: 'tier default', url: null, asOf: '2026-11-24' },
  notEstablished: { name: 'not established', url: null, asOf: '2026-11-24' },
  simulation: { name: 'simulation: chosen, not measured', url: null, asOf: '2026-11-24' },
} as const satisfies Record<string, Source>

export type SourceKey = keyof typeof sources
