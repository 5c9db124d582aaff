import { randomUUID } from 'node:crypto'
import type { DecisionId } from '../domain/decision.ts'

/**
 * 48 bits of milliseconds, then 80 random ones. Ids that rise with time are written at one end of the database's indexes: with
 * random ones each row dirties a page of its own.
 */
export function newDecisionId(now: number = Date.now()): DecisionId {
  // The last 20 hexadecimal digits of a UUID; four of their bits are fixed by its version, two by its variant.
  const uuid = randomUUID()
  return `dec_${now.toString(16).padStart(12, '0')}${uuid.slice(14, 18)}${uuid.slice(19, 23)}${uuid.slice(24)}` as DecisionId
}
