import type { SharedV3Warning } from '@ai-sdk/provider'

/** Gathers what the caller should know of a call that goes ahead all the same; each once. */
export type Warn = {
  readonly unsupported: (feature: string, details?: string) => void
  readonly warnings: readonly SharedV3Warning[]
}

export function createWarn(): Warn {
  const warnings: SharedV3Warning[] = []
  return {
    warnings,
    unsupported: (feature, details) => {
      if (warnings.some((one) => one.type === 'unsupported' && one.feature === feature)) return
      warnings.push({ type: 'unsupported', feature, ...(details !== undefined && { details }) })
    },
  }
}
