/** Keeps what a policy has learnt beyond the process: as it stands, every half a minute; as a version, now and then and at the end. */

import type { Clock } from '../../domain/transport.ts'
import type { Learner } from '../../domain/learner.ts'
import type { BudgetFacts } from '../../domain/strategy.ts'
import type { SharedState } from '../../storage/state/shared-state.ts'
import type { Document, Store } from '../../storage/store.ts'
import { type Basis, sameBasis } from './basis.ts'
import { type Book, createBook, nothingLearnt } from './book.ts'
import { contentsOf, readSaved, type Saved, savedKind, savedOf, versionKind } from './versions.ts'

export type KeeperStore = Pick<
  Store,
  'saveState' | 'savedState' | 'document' | 'documents' | 'documentHistory' | 'putDocument'
>

export type KeeperParts = {
  readonly store: KeeperStore
  readonly state: Pick<SharedState, 'addSums' | 'readSums' | 'replaceSums'>
  readonly clock: Pick<Clock, 'wall'>
  readonly exploration: (policy: string) => BudgetFacts | null
}

export type Keeper = {
  readonly book: Book
  /** The number of the newest version that this process knows of; 0: none. */
  readonly version: () => number
  /** Writes what stands, where it has changed. */
  readonly save: () => Promise<void>
  /** Makes a version of it, where enough was learnt since the last, or some time has passed; `always`: where anything was. */
  readonly saveVersion: (always?: boolean) => Promise<void>
  /** Takes up what was rolled back by others. */
  readonly follow: () => Promise<void>
}

const versionLessons = 1_000
const versionMs = 3_600_000

/** What was saved over this basis, else nothing: then a first version says from when on it counts. */
export async function openKeeper(
  policy: string,
  learner: Learner,
  artefact: string,
  parts: KeeperParts,
): Promise<Keeper> {
  const { store, state, clock } = parts
  const basis: Basis = { learner: learner.id, artefact }
  const document = await store.document(versionKind, policy)
  const newest = document && readSaved(document.text)
  const known = newest !== null && sameBasis(newest.basis, basis) ? newest : null
  const beganAt = known?.beganAt ?? clock.wall().getTime()
  const text = (await store.savedState(savedKind(policy)))?.text
  const stood = text === undefined ? null : readSaved(text)
  // What was rolled back while no process ran does not stand any more.
  const isLater = stood !== null && sameBasis(stood.basis, basis) && stood.mark >= (known?.mark ?? 0)
  const stands = isLater ? stood : known
  const contents = stands ? contentsOf(stands) : nothingLearnt
  const book = createBook({ policy, learner, basis, beganAt, contents, state })
  const keeper = keeperOver(book, document, parts)
  await keeper.follow()
  if (known === null) await keeper.saveVersion(true)
  return keeper
}

function keeperOver(book: Book, first: Document | null, parts: KeeperParts): Keeper {
  const { store, clock, exploration } = parts
  const { policy, basis, beganAt } = book
  let latest = first
  let followed = 0
  let savedText = ''
  const now = (why: Saved['why'], before: Saved | null): Saved => {
    const facts = exploration(policy)
    const spent = facts && { spentUsd: facts.spentUsd, limitUsd: facts.limitUsd }
    const others = { basis, beganAt, why, restoredFrom: null, exploration: spent }
    return savedOf(book.contents(), others, before?.tally ?? null)
  }
  const ownLatest = (): Saved | null => {
    const saved = latest && readSaved(latest.text)
    return saved && sameBasis(saved.basis, basis) ? saved : null
  }
  const follow = async (): Promise<void> => {
    await book.refresh()
    latest = await store.document(versionKind, policy)
    if (latest === null || latest.version === followed) return
    followed = latest.version
    const saved = ownLatest()
    if (saved !== null && saved.mark > book.contents().mark) await book.replace(contentsOf(saved))
  }
  return {
    book,
    version: () => latest?.version ?? 0,
    save: async () => {
      const text = JSON.stringify(now('saved', null))
      if (text === savedText) return
      await store.saveState(savedKind(policy), { savedAt: clock.wall().toISOString(), text })
      savedText = text
    },
    saveVersion: async (always = false) => {
      await book.forget(clock.wall().getTime())
      // What was rolled back elsewhere must not be put on top again.
      await follow()
      const before = ownLatest()
      if (!isWorthIt(before, latest, book, always, clock.wall().getTime())) return
      const version = (latest?.version ?? 0) + 1
      const next: Document = {
        kind: versionKind,
        id: policy,
        version,
        changedAt: clock.wall().toISOString(),
        text: JSON.stringify(now(before === null ? 'begun' : 'saved', before)),
      }
      // Where another process was quicker there is a version, which is all that was wanted.
      if (await store.putDocument(next, version - 1)) latest = next
    },
    follow,
  }
}

/** Several processes keep the same sums: what one of them has saved, the others need not. */
function isWorthIt(
  before: Saved | null,
  latest: Document | null,
  book: Book,
  always: boolean,
  wallMs: number,
): boolean {
  if (before === null || latest === null) return true
  const { tally } = book.contents()
  const news = Math.abs(tally.lessons - before.tally.lessons) + Math.abs(tally.billed - before.tally.billed)
  if (news < 0.5) return false
  if (always || tally.lessons - before.tally.lessons >= versionLessons) return true
  return wallMs - Date.parse(latest.changedAt) >= versionMs
}
