import type { Candidate } from '../domain/candidate.ts'
import type { Model } from '../domain/model.ts'
import type { Request } from '../domain/request.ts'
import type { Reading } from '../domain/signals.ts'
import { callCost, limitedOutput } from './cost.ts'
import { callLatency } from './latency.ts'
import type { Router } from './router.ts'

/** Everything that is predicted of one model after another for one request. */
export function candidateEstimator(
  router: Router,
  request: Request,
  reading: Reading,
): (model: Model) => Candidate {
  const quality = router.quality(reading)
  return (model) => {
    const outputTokens = limitedOutput(router.outputTokens(reading.encoding, model), request, model)
    return {
      id: model.id,
      model,
      quality: quality(model),
      cost: callCost(model, reading.signals.inputTokens, outputTokens, request.sampling.answers),
      latencyMs: callLatency(model, outputTokens),
      outputTokens,
    }
  }
}
