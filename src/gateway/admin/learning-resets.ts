/** When a policy began to decide by something else: from there on a curve goes on under other terms. Pure. */

import type { RegretRow } from './learning-rows.ts'

export type Reset = {
  /** ISO 8601, UTC. */
  readonly at: string
  readonly kind: /** It began to learn anew: another artefact, or other rules of forgetting. */
    | 'begun'
    /** What it had learnt was taken back to an earlier version. */
    | 'rolled-back'
    /** A corrected set of predictions began to serve. */
    | 'correction'
    /** The policy's configuration changed. */
    | 'configuration'
  /** In a few words. */
  readonly what: string
}

export type VersionSeen = {
  readonly version: number
  readonly at: string
  readonly why: 'begun' | 'saved' | 'rolled-back'
  readonly restoredFrom: number | null
}

const most = 20

/** Those within the time of the rows; of very many the newest. @param rows oldest first */
export function resetsWithin(
  versions: readonly VersionSeen[],
  rows: readonly Pick<RegretRow, 'at' | 'policyVersion'>[],
): readonly Reset[] {
  const [since, until] = [rows[0]?.at, rows.at(-1)?.at]
  if (since === undefined || until === undefined) return []
  return [...versions.flatMap(learntReset), ...configuredResets(rows)]
    .filter(({ at }) => at >= since && at <= until)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .slice(-most)
}

function learntReset({ version, at, why, restoredFrom }: VersionSeen): readonly Reset[] {
  if (why === 'saved') return []
  if (why === 'begun') return [{ at, kind: 'begun', what: `version ${version}: begins to learn anew` }]
  return [
    { at, kind: 'rolled-back', what: `version ${version}: back to ${restoredFrom ?? 'an earlier one'}` },
  ]
}

/** Where a version of the policy decides for the first time. Several may take turns, as with a correction that serves a share. */
function configuredResets(rows: readonly Pick<RegretRow, 'at' | 'policyVersion'>[]): readonly Reset[] {
  const known = new Set<string>()
  const configured = new Set<string>()
  const found: Reset[] = []
  for (const { at, policyVersion } of rows) {
    if (known.has(policyVersion)) continue
    known.add(policyVersion)
    const [own = '', correction] = policyVersion.split('+c')
    const isFirst = configured.size === 0
    const isOther = !configured.has(own)
    configured.add(own)
    if (isFirst) continue
    found.push({ at, ...changed(isOther ? own : null, correction) })
  }
  return found
}

/** @param configured `null`: the same as before */
function changed(configured: string | null, correction: string | undefined): Omit<Reset, 'at'> {
  if (configured !== null)
    return { kind: 'configuration', what: `the configuration became ${configured.slice(0, 8)}` }
  const what =
    correction === undefined
      ? 'predictions serve uncorrected'
      : `correction ${correction} of the predictions begins to serve`
  return { kind: 'correction', what }
}
