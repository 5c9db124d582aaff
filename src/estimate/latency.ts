import type { Estimate } from '../domain/estimate.ts'
import type { Model } from '../domain/model.ts'

/**
 * Milliseconds to the last token, from the catalogue's speeds: first token + tokens / rate.
 * Published speeds are typical, not promised: a quarter of the time is added as deviation.
 */
export function callLatency({ speed }: Model, outputTokens: Estimate): Estimate {
  const mean = speed.firstTokenMs + (1000 * outputTokens.mean) / speed.tokensPerSecond
  return { mean, deviation: Math.hypot(mean / 4, (1000 * outputTokens.deviation) / speed.tokensPerSecond) }
}
