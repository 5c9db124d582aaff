import type { CatalogEntry } from '../entry.ts'
import { anthropic } from './anthropic.ts'
import { deepseek } from './deepseek.ts'
import { fireworks } from './fireworks.ts'
import { fireworksRetired } from './fireworks-retired.ts'
import { google } from './google.ts'
import { groq } from './groq.ts'
import { mistral } from './mistral.ts'
import { openai } from './openai.ts'
import { openaiRetired } from './openai-retired.ts'
import { openrouter } from './openrouter.ts'
import { simulated } from './simulated.ts'
import { together } from './together.ts'
import { xai } from './xai.ts'

/** Every model that Fairlead knows unasked, grouped by vendor. */
export const builtInModels: readonly CatalogEntry[] = [
  ...openai,
  ...openaiRetired,
  ...anthropic,
  ...google,
  ...mistral,
  ...deepseek,
  ...xai,
  ...groq,
  ...together,
  ...fireworks,
  ...fireworksRetired,
  ...openrouter,
  ...simulated,
]
