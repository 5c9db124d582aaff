/** Graded answers out of the record: what had been predicted of them before any correction, and what was said of them. */

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Decision, Outcome } from '../../../domain/decision.ts'
import type { Feedback } from '../../../domain/feedback.ts'
import { scoreOf } from '../../../domain/feedback-score.ts'
import type { Store, StoredDecision } from '../../../storage/store.ts'
import { type CorrectionModel, uncorrect } from './correction.ts'
import type { Graded } from './fit.ts'

/** `correction`: the version that the decision was made with; 0: none. */
export type GradedDecision = Graded & { readonly correction: number }

/** Of the newest decisions, so many are looked at. */
const mostDecisions = 20_000
const pageSize = 500

/** Oldest first. @param since ISO 8601, UTC; `null`: as far as there are any */
export async function readGraded(
  store: Pick<Store, 'decisions' | 'feedbackOn'>,
  corrections: ReadonlyMap<number, CorrectionModel>,
  since: string | null,
): Promise<readonly GradedDecision[]> {
  const found: GradedDecision[] = []
  let after: Pick<Decision, 'time' | 'id'> | null = null
  for (let read = 0; read < mostDecisions; read += pageSize) {
    const filter = { since, policy: null, status: 'answered', limit: pageSize, after } as const
    const page: readonly StoredDecision[] = await store.decisions(filter)
    const said = byDecision(await store.feedbackOn(page.map(({ decision }) => decision.id)))
    for (const { decision, outcome } of page) {
      const score = scoreOf(said.get(decision.id) ?? [])
      const graded = outcome && score !== null && gradedOf(decision, outcome, score, corrections)
      if (graded) found.push(graded)
    }
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) break
    after = last.decision
    // Requests go first.
    await nextTurn()
  }
  return found.reverse()
}

/** `null`: it says nothing of a prediction. */
function gradedOf(
  decision: Decision,
  { model, status }: Outcome,
  score: number,
  corrections: ReadonlyMap<number, CorrectionModel>,
): GradedDecision | null {
  const { candidates, cache, signals, caller, id, time, policyVersion } = decision
  const predicted = candidates.find((candidate) => candidate.id === model)?.quality.mean
  if (model === null || predicted === undefined || status !== 'answered' || cache !== undefined) return null
  const correction = correctionIn(policyVersion)
  const by = corrections.get(correction)
  if (correction !== 0 && by === undefined) return null
  return {
    time,
    unit: caller?.session ?? id,
    model,
    task: signals.taskType,
    predicted: by === undefined ? predicted : uncorrect(by, model, signals.taskType, predicted),
    score,
    correction,
  }
}

/** How a policy's version says which correction its predictions went through. */
export const withCorrection = (policyVersion: string, correction: number | null): string =>
  correction === null ? policyVersion : `${policyVersion}+c${correction}`

const correctionIn = (policyVersion: string): number => Number(/\+c(\d{1,9})$/.exec(policyVersion)?.[1] ?? 0)

function byDecision(said: readonly Feedback[]): ReadonlyMap<string, Feedback[]> {
  const groups = new Map<string, Feedback[]>()
  for (const one of said) {
    if (one.about.kind !== 'decision') continue
    const known = groups.get(one.about.decision)
    if (known) known.push(one)
    else groups.set(one.about.decision, [one])
  }
  return groups
}
