import type { Candidate, Refusal } from '../domain/candidate.ts'
import { access } from './access.ts'
import { budget } from './budget.ts'
import { capabilities } from './capabilities.ts'
import { contextWindow } from './context-window.ts'
import { conversion } from './conversion.ts'
import { dataPolicy } from './data-policy.ts'
import { knownPrice } from './known-price.ts'
import { maxCost } from './max-cost.ts'
import { region } from './region.ts'
import type { Circumstances } from './rule.ts'
import { vendors } from './vendors.ts'

export type { Circumstances } from './rule.ts'

/** In the order in which they are asked; the first refusal is the one reported. */
export const rules = [
  access,
  vendors,
  dataPolicy,
  region,
  capabilities,
  conversion,
  contextWindow,
  knownPrice,
  maxCost,
  budget,
] as const

/** Splits candidates into those that may serve the request and those that may not, each with its reason. */
export function eligible(
  candidates: readonly Candidate[],
  circumstances: Circumstances,
): { readonly lawful: readonly Candidate[]; readonly refused: readonly Refusal[] } {
  const lawful: Candidate[] = []
  const refused: Refusal[] = []
  for (const candidate of candidates) {
    const refusal = firstRefusal(candidate, circumstances)
    if (refusal) refused.push(refusal)
    else lawful.push(candidate)
  }
  return { lawful, refused }
}

function firstRefusal(candidate: Candidate, circumstances: Circumstances): Refusal | null {
  for (const { name, refuse } of rules) {
    const reason = refuse(candidate, circumstances)
    if (reason !== null) return { id: candidate.id, rule: name, reason }
  }
  return null
}
