/** What learnt sums speak of: residuals over one artefact, in the numbers of one learner. Those of another basis are of no use. */

import { hash } from 'node:crypto'
import type { RouterArtefact } from '../../estimate/router-artefact.ts'

export type Basis = { readonly learner: string; readonly artefact: string }

export const sameBasis = (one: Basis, other: Basis): boolean =>
  one.learner === other.learner && one.artefact === other.artefact

/** Where the processes of one Fairlead add up what a policy learns. */
export const sumsKey = (policy: string, { learner, artefact }: Basis): string =>
  `learnt ${policy} ${hash('sha256', JSON.stringify([learner, artefact]), 'hex').slice(0, 12)}`

const names = new WeakMap<RouterArtefact, string>()

/** An artefact that is trained again keeps its name: what it says of itself tells the two apart. */
export function artefactName(artefact: RouterArtefact): string {
  const known = names.get(artefact)
  if (known !== undefined) return known
  const { about, models } = artefact
  const print = hash('sha256', JSON.stringify([about, models]), 'hex').slice(0, 8)
  const name = `${about.name} ${print}`
  names.set(artefact, name)
  return name
}
