import type { Request } from '../../domain/request.ts'
import type { Choosing, Step, Strategy, StepResult, Turn } from '../../domain/strategy.ts'

/**
 * Lets another strategy choose for another request than the client's. Where it says nothing of the request that is asked or
 * forwarded it means the turn's own, which to whoever answers it is the client's: that is filled in.
 */
export function* throughRewritten(choose: Strategy, turn: Turn, request: Request): Choosing {
  const choosing = choose({ ...turn, request })
  let results: StepResult = []
  for (;;) {
    const next = choosing.next(results)
    if (!next.done) results = yield withRequest(next.value, request)
    else if (next.value.kind === 'forward' && next.value.request === null) return { ...next.value, request }
    else return next.value
  }
}

function withRequest(step: Step, request: Request): Step {
  if (step.kind === 'consult') return step
  const [first, ...others] = step.calls.map((call) => ({ ...call, request: call.request ?? request }))
  return { ...step, calls: [first!, ...others] }
}
