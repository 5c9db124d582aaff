import { randomUUID } from 'node:crypto'
import type { DecisionId } from '../domain/decision.ts'

/**
 * 48 bits of milliseconds, then 80 random ones. Ids that rise with time are written at one end of the database's indexes: with
 * random ones each row dirties a page of its own.
 */
export const newDecisionId = (now: number = Date.now()): DecisionId =>
  `dec_${now.toString(16).padStart(12, '0')}${randomUUID().replaceAll('-', '').slice(-20)}` as DecisionId
