import { failure } from '../../domain/failure.ts'
import type { Opinion } from '../../domain/strategy.ts'
import type { Asked } from './consultant.ts'

/** A decision keeps what was said: more than this of it is of no use to who reads it. */
const mostChars = 400
const mostScores = 1_024

/**
 * What of a reply can be used: `score` and `scores` from 0 to 1, `label`, `because`. Fields that are not known are passed
 * over, `null` counts as nothing said, and a number out of bounds makes the consultant silent: it may stand for anything.
 */
export function readOpinion(reply: unknown, consultant: string, secrets: readonly string[]): Asked {
  const fields = mapOf(reply)
  if (fields === null) return unusable(consultant, 'did not answer with a JSON object')
  const score = fields.score ?? undefined
  if (score !== undefined && !isShare(score))
    return unusable(consultant, `gave the score ${shown(score)}, which is no number from 0 to 1`)
  const scores = mapOf(fields.scores ?? {})
  if (scores === null) return unusable(consultant, 'gave scores that are no map of models to numbers')
  const rows = Object.entries(scores).filter(([, value]) => value !== null)
  if (rows.length > mostScores) return unusable(consultant, `gave more than ${mostScores} scores`)
  const wrong = rows.find(([, value]) => !isShare(value))
  if (wrong)
    return unusable(consultant, `gave a model the score ${shown(wrong[1])}, which is no number from 0 to 1`)
  const label = textOf(fields.label, secrets)
  const because = textOf(fields.because, secrets)
  if (score === undefined && rows.length === 0 && label === null)
    return unusable(consultant, 'said nothing: its reply has neither score nor scores nor label')
  const opinion: Opinion = {
    ...(score !== undefined && { score }),
    ...(rows.length > 0 && { scores: Object.fromEntries(rows) as Readonly<Record<string, number>> }),
    ...(label !== null && { label }),
    ...(because !== null && { because }),
  }
  return { kind: 'said', opinion }
}

const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1

const mapOf = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null

/** A number is shown; what else stands in its place may be anything. */
const shown = (value: unknown): string => (typeof value === 'number' ? String(value) : `(${typeof value})`)

function textOf(value: unknown, secrets: readonly string[]): string | null {
  if (typeof value !== 'string' || value.trim() === '') return null
  let text = value
  for (const secret of secrets) text = text.replaceAll(secret, '[secret]')
  return text.slice(0, mostChars)
}

const unusable = (consultant: string, what: string): Asked => ({
  kind: 'failed',
  failure: failure(
    'unreadable',
    `The consultant ${consultant} ${what}. Let it answer as docs/consultants.md says.`,
  ),
})
