/** A form of a virtual key or of a team or project: what it holds, and what is sent of it. Pure. */

import type { ShownGroup, ShownKey } from '../../../../src/gateway/admin/key-bodies.ts'
import { type LimitDraft, type LimitEntry, limitDraftOf, limitsOf } from './limit-draft.ts'

/** What keys and groups have in common. Rates: empty is no limit. Lists: names with commas; empty: all. */
export type OwnerDraft = {
  readonly name: string
  readonly limits: readonly LimitDraft[]
  readonly requestsPerMinute: string
  readonly tokensPerMinute: string
  readonly concurrency: string
  readonly policies: string
  readonly models: string
  readonly tools: string
}

/** `stays`: as it is, which a new key has not. */
export type Expiry = 'stays' | 'never' | 'after'

export type KeyDraft = OwnerDraft & {
  /** Id of a team or project; empty: none. */
  readonly group: string
  readonly user: string
  readonly tags: string
  readonly expiry: Expiry
  /** A span such as 30d, where it expires after one. */
  readonly expiresIn: string
}

export type GroupDraft = OwnerDraft & {
  readonly kind: 'team' | 'project'
  /** Id of a project's team; empty: none. */
  readonly team: string
}

const emptyOwner: OwnerDraft = {
  name: '',
  limits: [],
  requestsPerMinute: '',
  tokensPerMinute: '',
  concurrency: '',
  policies: '',
  models: '',
  tools: '',
}

export const emptyKey: KeyDraft = {
  ...emptyOwner,
  group: '',
  user: '',
  tags: '',
  expiry: 'never',
  expiresIn: '',
}

export const emptyGroup: GroupDraft = { ...emptyOwner, kind: 'team', team: '' }

export const keyDraftOf = (key: ShownKey): KeyDraft => ({
  ...ownerDraftOf(key),
  group: key.group ?? '',
  user: key.user ?? '',
  tags: key.tags.join(', '),
  expiry: key.expiresAt === null ? 'never' : 'stays',
  expiresIn: '',
})

export const groupDraftOf = (group: ShownGroup): GroupDraft => ({
  ...ownerDraftOf(group),
  kind: group.kind,
  team: group.team ?? '',
})

const ownerDraftOf = (owner: ShownKey | ShownGroup): OwnerDraft => ({
  name: owner.name,
  limits: owner.spendLimits.map(limitDraftOf),
  requestsPerMinute: textOf(owner.rateLimits.requestsPerMinute),
  tokensPerMinute: textOf(owner.rateLimits.tokensPerMinute),
  concurrency: textOf(owner.rateLimits.concurrency),
  policies: listText(owner.policies),
  models: listText(owner.models),
  tools: listText(owner.tools),
})

const textOf = (number: number | null): string => (number === null ? '' : String(number))

/** An empty list allows nothing, and must not read as one that allows all. */
export const nothingAllowed = '(none)'

const listText = (names: readonly string[] | null): string =>
  names === null ? '' : names.length === 0 ? nothingAllowed : names.join(', ')

export type FaultPlace = Exclude<keyof KeyDraft, 'limits'> | `limit ${number}`
export type Faults = Readonly<Partial<Record<FaultPlace, string>>>

/** All that a form says. `null` and empty lists are told as well: a change lifts by them what was there. */
type Whole = {
  readonly name: string
  readonly limits: readonly LimitEntry[]
  readonly requestsPerMinute: number | null
  readonly tokensPerMinute: number | null
  readonly concurrency: number | null
  readonly policies: readonly string[] | null
  readonly models: readonly string[] | null
  readonly tools: readonly string[] | null
} & Partial<{
  readonly group: string | null
  readonly user: string | null
  readonly tags: readonly string[]
  readonly expiresAt: null
  readonly expiresIn: string
  readonly kind: GroupDraft['kind']
  readonly team: string | null
}>

export type Body = Partial<Whole> & { readonly version?: string }
export type Read =
  | { readonly kind: 'body'; readonly body: Body }
  | { readonly kind: 'faults'; readonly faults: Faults }

/** What makes a new one: nothing of what is left empty. */
export function newBody(draft: KeyDraft | GroupDraft): Read {
  const read = wholeOf(draft)
  if ('faults' in read) return read
  const said = Object.entries(read.whole).filter(
    ([, one]) => one !== null && !(Array.isArray(one) && one.length === 0),
  )
  // Lists that allow nothing are said all the same.
  const closed = accessNames.filter((name) => read.whole[name]?.length === 0).map((name) => [name, []])
  return { kind: 'body', body: Object.fromEntries([...said, ...closed]) as Body }
}

const accessNames = ['policies', 'models', 'tools'] as const

/** What is other than it was, and which version that was; `same`: nothing is. */
export function changedBody<Draft extends KeyDraft | GroupDraft>(
  draft: Draft,
  before: Draft,
  version: string,
): Read | { readonly kind: 'same' } {
  const [read, was] = [wholeOf(draft), wholeOf(before)]
  if ('faults' in read) return read
  const old: Partial<Whole> = 'faults' in was ? {} : was.whole
  const changed = Object.entries(read.whole).filter(([name, one]) => !same(one, old[name as keyof Whole]))
  if (changed.length === 0) return { kind: 'same' }
  return { kind: 'body', body: { version, ...(Object.fromEntries(changed) as Body) } }
}

/** Plain values, made in one order. */
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/**
 * What somebody is writing, on top of what another has made of it meanwhile: what was not touched becomes what it is now.
 * `theirs`: what the other has changed.
 */
export function rebased<Draft extends KeyDraft | GroupDraft>(
  draft: Draft,
  before: Draft,
  now: Draft,
): { readonly draft: Draft; readonly theirs: readonly (keyof Draft)[] } {
  const names = Object.keys(now) as (keyof Draft)[]
  const untouched = names.filter((name) => same(draft[name], before[name]))
  const fresh = Object.fromEntries(untouched.map((name) => [name, now[name]]))
  return {
    draft: { ...draft, ...(fresh as Partial<Draft>) },
    theirs: names.filter((name) => !same(before[name], now[name])),
  }
}

function wholeOf(
  draft: KeyDraft | GroupDraft,
): { readonly whole: Whole } | { readonly kind: 'faults'; readonly faults: Faults } {
  const faults: { -readonly [Place in FaultPlace]?: string } = {}
  const rate = (name: 'requestsPerMinute' | 'tokensPerMinute' | 'concurrency'): number | null => {
    const found = numberOf(draft[name])
    if (found !== null && !(Number.isInteger(found) && found > 0))
      faults[name] = 'Write a whole number above 0, or nothing for no limit.'
    return found
  }
  if (draft.name.trim() === '') faults.name = 'Give it a name, so that you know whose it is.'
  const { entries, faults: atLimits } = limitsOf(draft.limits)
  for (const [index, fault] of atLimits) faults[`limit ${index}`] = fault
  const owner = {
    name: draft.name.trim(),
    limits: entries,
    requestsPerMinute: rate('requestsPerMinute'),
    tokensPerMinute: rate('tokensPerMinute'),
    concurrency: rate('concurrency'),
    policies: allowed(draft.policies),
    models: allowed(draft.models),
    tools: allowed(draft.tools),
  }
  const own = 'kind' in draft ? ofGroup(draft) : ofKey(draft)
  if ('expiresIn' in own && !/^\d+(s|m|h|d|w)$/.test(own.expiresIn ?? ''))
    faults.expiresIn = 'Write a span such as 12h or 30d.'
  return Object.keys(faults).length > 0 ? { kind: 'faults', faults } : { whole: { ...owner, ...own } }
}

const ofGroup = ({ kind, team }: GroupDraft) => ({ kind, team: kind === 'team' || team === '' ? null : team })

const ofKey = ({ group, user, tags, expiry, expiresIn }: KeyDraft) => ({
  group: group === '' ? null : group,
  user: user.trim() === '' ? null : user.trim(),
  tags: namesOf(tags),
  ...(expiry === 'never' && { expiresAt: null }),
  ...(expiry === 'after' && { expiresIn: expiresIn.trim() }),
})

/** Text that is no number becomes NaN, which no check lets through. */
const numberOf = (text: string): number | null => (text.trim() === '' ? null : Number(text))

const allowed = (text: string): readonly string[] | null => {
  if (text.trim() === nothingAllowed) return []
  const names = namesOf(text)
  return names.length === 0 ? null : names
}

const namesOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
