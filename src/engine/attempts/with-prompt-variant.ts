import { adaptCall } from '../../adaptation/rules.ts'
import type { Layer } from './call-target.ts'

/** Words the request for the model at hand: each model that a request falls back to has its own variant, or none. */
export const withPromptVariant: Layer = (next) => (call, attempt) => next(adaptCall(call), attempt)
