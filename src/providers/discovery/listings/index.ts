import { llamaCpp } from './llama-cpp.ts'
import type { Listing } from './listing.ts'
import { lmStudio } from './lm-studio.ts'
import { ollama } from './ollama.ts'
import { openaiList } from './openai-list.ts'
import { openrouter } from './openrouter.ts'

/** In the order in which a server is asked for them: those that say more come first. */
export const listings: readonly Listing[] = [lmStudio, ollama, llamaCpp, openrouter, openaiList]
