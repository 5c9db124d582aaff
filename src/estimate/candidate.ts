import type { Candidate } from '../domain/candidate.ts'
import type { Estimate } from '../domain/estimate.ts'
import type { Model, ModelId } from '../domain/model.ts'
import type { Request } from '../domain/request.ts'
import type { Reading } from '../domain/signals.ts'
import { callCost, limitedOutput } from './cost.ts'
import { callLatency } from './latency.ts'
import type { Router } from './router.ts'

/** Milliseconds to a model's first token as observed of late; `null`: not observed. */
export type FirstTokens = (model: ModelId) => Estimate | null

const noneObserved: FirstTokens = () => null

/** Everything that is predicted of one model after another for one request. */
export function candidateEstimator(
  router: Router,
  request: Request,
  reading: Reading,
  observed: FirstTokens = noneObserved,
): (model: Model) => Candidate {
  const quality = router.quality({ ...reading, toolCategory: reading.signals.toolCategory })
  return (model) => {
    const firstTokenMs = observed(model.id)
    const outputTokens = limitedOutput(router.outputTokens(reading.encoding, model), request, model)
    return {
      id: model.id,
      model,
      quality: quality(model),
      cost: callCost(model, reading.signals.inputTokens, outputTokens, request.sampling.answers),
      latencyMs: callLatency(model, outputTokens, firstTokenMs),
      ...(firstTokenMs !== null && { firstTokenMs }),
      outputTokens,
    }
  }
}
