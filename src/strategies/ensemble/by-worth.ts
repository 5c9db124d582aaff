import { ascending, byQuality, type Candidate } from '../../domain/candidate.ts'
import type { NonEmpty } from '../../domain/non-empty.ts'
import type { Turn } from '../../domain/strategy.ts'
import { worth } from '../../domain/value.ts'

/** The best value first; ties by quality, then by cost, then by id. */
export function byWorth({
  candidates,
  objective,
}: Pick<Turn, 'candidates' | 'objective'>): NonEmpty<Candidate> {
  const places = byQuality(candidates)
  return places.sort((a, b) =>
    ascending(worth(b, objective), worth(a, objective)),
  ) as unknown as NonEmpty<Candidate>
}
