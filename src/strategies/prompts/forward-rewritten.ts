import type { Candidate } from '../../domain/candidate.ts'
import type { NonEmpty } from '../../domain/non-empty.ts'
import type { Request } from '../../domain/request.ts'
import type { Verdict } from '../../domain/strategy.ts'

/** Streams to the client, with another request than the client's. */
export const forwardRewritten = (to: NonEmpty<Candidate>, request: Request, because: string): Verdict => ({
  kind: 'forward',
  to,
  request,
  because,
  propensity: 1,
})
