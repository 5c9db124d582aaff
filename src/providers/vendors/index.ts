import type { Vendor } from '../../domain/vendor.ts'
import { anthropic } from './anthropic.ts'
import { deepseek } from './deepseek.ts'
import { fireworks } from './fireworks.ts'
import { google } from './google.ts'
import { groq } from './groq.ts'
import { llamaCpp } from './llama-cpp.ts'
import { lmStudio } from './lm-studio.ts'
import { mistral } from './mistral.ts'
import { ollama } from './ollama.ts'
import { openai } from './openai.ts'
import { openrouter } from './openrouter.ts'
import { together } from './together.ts'
import { vllm } from './vllm.ts'
import { xai } from './xai.ts'

/** Every vendor that Fairlead can reach unasked. A new one is a file and a line here. */
export const vendors: readonly Vendor[] = [
  openai,
  anthropic,
  google,
  openrouter,
  groq,
  mistral,
  deepseek,
  together,
  fireworks,
  xai,
  ollama,
  vllm,
  lmStudio,
  llamaCpp,
]

export const vendorNamed = (name: string): Vendor | undefined =>
  vendors.find((vendor) => vendor.name === name)
