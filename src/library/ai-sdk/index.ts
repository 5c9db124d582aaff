/** `fairlead/ai-sdk`: Fairlead as a provider of the Vercel AI SDK (`ai` 6, the specification v3). */

export {
  createFairleadProvider,
  type FairleadProvider,
  type FairleadProviderSettings,
  fairlead,
} from './provider.ts'
export type { HttpSettings } from './over-http.ts'
export type { FairleadModelSettings } from './settings.ts'
