import type { Speed } from '../domain/model.ts'

/**
 * Rough speeds by size of model, for latency estimates until a target has been observed. No vendor publishes
 * figures that hold for a given region and hour, so these are guesses and are marked as such.
 */
export const speedTiers = {
  /** Small models on accelerator hardware made for inference. */
  accelerated: { firstTokenMs: 200, tokensPerSecond: 400 },
  small: { firstTokenMs: 400, tokensPerSecond: 150 },
  medium: { firstTokenMs: 700, tokensPerSecond: 80 },
  large: { firstTokenMs: 1_200, tokensPerSecond: 55 },
} as const satisfies Record<string, Speed>

export type SpeedTier = keyof typeof speedTiers
