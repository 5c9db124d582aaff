import type { Estimate } from '../domain/estimate.ts'
import type { Model } from '../domain/model.ts'

/**
 * Milliseconds to the last token: first token, as observed or by the catalogue, + tokens / rate.
 * Published speeds are typical, not promised: a quarter of the time that they say is added as deviation.
 */
export function callLatency(
  { speed }: Model,
  outputTokens: Estimate,
  firstTokenMs: Estimate | null = null,
): Estimate {
  const writingMs = (1000 * outputTokens.mean) / speed.tokensPerSecond
  const lengthMs = (1000 * outputTokens.deviation) / speed.tokensPerSecond
  if (firstTokenMs === null) {
    const mean = speed.firstTokenMs + writingMs
    return { mean, deviation: Math.hypot(mean / 4, lengthMs) }
  }
  return {
    mean: firstTokenMs.mean + writingMs,
    deviation: Math.hypot(firstTokenMs.deviation, writingMs / 4, lengthMs),
  }
}
