/** A form for a new virtual key, and what is sent of it. Pure. */

import type { LimitPeriod } from '../../../../src/domain/limits.ts'

export type KeyDraft = {
  readonly name: string
  /** Id of a team or project; empty: none. */
  readonly group: string
  readonly user: string
  /** Names with commas; empty: all. */
  readonly policies: string
  readonly models: string
  /** Dollars; empty: no limit. */
  readonly usd: string
  readonly per: LimitPeriod
  /** Requests a minute; empty: no limit. */
  readonly requestsPerMinute: string
  /** A span such as 30d; empty: never. */
  readonly expiresIn: string
}

export const emptyKey: KeyDraft = {
  name: '',
  group: '',
  user: '',
  policies: '',
  models: '',
  usd: '',
  per: 'month',
  requestsPerMinute: '',
  expiresIn: '',
}

export type KeyFaults = Partial<Record<keyof KeyDraft, string>>

export type KeyBody = {
  readonly name: string
  readonly group?: string
  readonly user?: string
  readonly policies?: readonly string[]
  readonly models?: readonly string[]
  readonly limits?: readonly { readonly usd: number; readonly per: LimitPeriod }[]
  readonly requestsPerMinute?: number
  readonly expiresIn?: string
}

/** @returns every fault at once, or the body */
export function keyBody(
  draft: KeyDraft,
):
  | { readonly kind: 'body'; readonly body: KeyBody }
  | { readonly kind: 'faults'; readonly faults: KeyFaults } {
  const faults: { -readonly [Field in keyof KeyDraft]?: string } = {}
  const [usd, requests] = [numberOf(draft.usd), numberOf(draft.requestsPerMinute)]
  const expiresIn = draft.expiresIn.trim()
  if (draft.name.trim() === '') faults.name = 'Give it a name, so that you know whose it is.'
  if (usd !== null && !(usd > 0)) faults.usd = 'Write dollars above 0, or nothing for no limit.'
  if (requests !== null && !(Number.isInteger(requests) && requests > 0))
    faults.requestsPerMinute = 'Write a whole number above 0, or nothing for no limit.'
  if (expiresIn !== '' && !/^\d+(s|m|h|d|w)$/.test(expiresIn))
    faults.expiresIn = 'Write a span such as 12h or 30d, or nothing.'
  if (Object.keys(faults).length > 0) return { kind: 'faults', faults }
  const [policies, models] = [namesOf(draft.policies), namesOf(draft.models)]
  return {
    kind: 'body',
    body: {
      name: draft.name.trim(),
      ...(draft.group !== '' && { group: draft.group }),
      ...(draft.user.trim() !== '' && { user: draft.user.trim() }),
      ...(policies.length > 0 && { policies }),
      ...(models.length > 0 && { models }),
      ...(usd !== null && { limits: [{ usd, per: draft.per }] }),
      ...(requests !== null && { requestsPerMinute: requests }),
      ...(expiresIn !== '' && { expiresIn }),
    },
  }
}

/** Text that is no number becomes NaN, which no check lets through. */
const numberOf = (text: string): number | null => (text.trim() === '' ? null : Number(text.replace('$', '')))

const namesOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
