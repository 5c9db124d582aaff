import type { Candidate } from '../../domain/candidate.ts'
import type { NonEmpty } from '../../domain/non-empty.ts'
import type { Request } from '../../domain/request.ts'
import type { Call } from '../../domain/strategy.ts'

/** The same request to each. */
export const callsTo = (members: NonEmpty<Candidate>, request: Request | null): NonEmpty<Call> =>
  members.map((candidate) => ({ candidate, request })) as unknown as NonEmpty<Call>
