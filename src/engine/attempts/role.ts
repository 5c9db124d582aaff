import type { AttemptRole } from '../../domain/attempt.ts'
import type { Job } from './call-target.ts'
import type { Stop } from './plan.ts'
import type { Walk } from './walk.ts'

/**
 * What the next attempt of a walk is made for, by those that were made before it. A target that was too full to take the request
 * in was not asked: whoever is asked in its place may be the first.
 */
export function roleOf(
  { attempts, wanted }: Pick<Walk, 'attempts' | 'wanted'>,
  { candidate, target }: Stop,
  { sent, opening = 'first' }: Job,
): AttemptRole {
  if (sent !== null) return 'continuation'
  if (attempts.length === 0) return candidate.id === wanted ? opening : 'fallback'
  if (attempts.some((before) => before.target === target.id)) return 'retry'
  return attempts.some(({ model }) => model === candidate.id) ? 'other-target' : 'fallback'
}
