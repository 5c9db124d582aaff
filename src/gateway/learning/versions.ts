/** Versions of what a policy has learnt, as documents that anybody with the store may list and go back to. */

import { z } from 'zod'
import type { Document, Store } from '../../storage/store.ts'
import { type Basis, sameBasis } from './basis.ts'
import type { Contents } from './book.ts'
import type { Tally } from './tally.ts'

export const versionKind = 'learnt'
export const savedKind = (policy: string): string => `learnt ${policy}`
/** Where processes tell each other that something was rolled back. */
export const learntChannel = 'learnt'

const count = z.number()
const tallySchema = z.object({ lessons: count, quality: count, billed: count, usd: count })

const savedSchema = z.object({
  basis: z.object({ learner: z.string(), artefact: z.string() }),
  /** Milliseconds since 1970, when this basis began to serve. */
  beganAt: z.number(),
  why: z.enum(['begun', 'saved', 'rolled-back']),
  restoredFrom: z.number().nullable(),
  tally: tallySchema,
  /** Since the version before: how many lessons, and the mean of their quality. */
  window: z.object({ lessons: count, meanQuality: z.number().nullable() }),
  exploration: z.object({ spentUsd: count, limitUsd: count }).nullable(),
  mark: z.number(),
  sums: z.record(z.string(), z.string()),
})

export type Saved = z.output<typeof savedSchema>

/** What a list of versions shows: all but the sums themselves. */
export type LearntVersion = {
  readonly version: number
  /** ISO 8601, UTC. */
  readonly at: string
  readonly why: Saved['why']
  readonly restoredFrom: number | null
  readonly basis: Basis
  readonly arms: readonly string[]
  readonly lessons: number
  readonly meanQuality: number | null
  readonly window: Saved['window']
  readonly exploration: Saved['exploration']
  /** What is served now goes on from this one. */
  readonly live: boolean
}

export function savedOf(
  { sums, tally, mark }: Contents,
  others: Pick<Saved, 'basis' | 'beganAt' | 'why' | 'restoredFrom' | 'exploration'>,
  before: Tally | null,
): Saved {
  const lessons = Math.max(0, tally.lessons - (before?.lessons ?? 0))
  const gained = tally.quality - (before?.quality ?? 0)
  return {
    ...others,
    tally,
    window: { lessons, meanQuality: lessons > 0 ? gained / lessons : null },
    mark,
    sums: Object.fromEntries([...sums].map(([arm, numbers]) => [arm, packed(numbers)])),
  }
}

export const contentsOf = ({ sums, tally, mark }: Saved): Contents => ({
  sums: new Map(Object.entries(sums).map(([arm, text]) => [arm, unpacked(text)])),
  tally,
  mark,
})

/** `null`: another version of Fairlead wrote it, or it is none. */
export function readSaved(text: string): Saved | null {
  try {
    return savedSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

const packed = (numbers: Float64Array): string =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64')

function unpacked(text: string): Float64Array {
  const bytes = Buffer.from(text, 'base64')
  // A buffer of its own, aligned as doubles want it.
  const numbers = new Float64Array(Math.floor(bytes.length / 8))
  new Uint8Array(numbers.buffer).set(bytes.subarray(0, numbers.byteLength))
  return numbers
}

export class LearningError extends Error {
  override readonly name = 'LearningError'
  readonly code: 'not_found' | 'conflict'

  constructor(code: LearningError['code'], message: string) {
    super(message)
    this.code = code
  }
}

type VersionStore = Pick<Store, 'document' | 'documents' | 'documentHistory' | 'putDocument'>

/** Newest first. */
export async function learntHistory(
  store: Pick<Store, 'documentHistory'>,
  policy: string,
  limit = 50,
): Promise<readonly LearntVersion[]> {
  const documents = await store.documentHistory(versionKind, policy, limit)
  return documents.flatMap((document, place) => {
    const saved = readSaved(document.text)
    return saved ? [shownVersion(document, saved, place === 0)] : []
  })
}

const shownVersion = (document: Document, saved: Saved, live: boolean): LearntVersion => ({
  version: document.version,
  at: document.changedAt,
  why: saved.why,
  restoredFrom: saved.restoredFrom,
  basis: saved.basis,
  arms: Object.keys(saved.sums).sort(),
  lessons: saved.tally.lessons,
  meanQuality: saved.tally.lessons > 0 ? saved.tally.quality / saved.tally.lessons : null,
  window: saved.window,
  exploration: saved.exploration,
  live,
})

/**
 * Puts a version on top that has the sums of an earlier one; gateways that run take it up within seconds, those that start begin
 * with it. @param version `null`: the one before that which is live. Gives back the new version's number.
 * @throws LearningError
 */
export async function rollBackLearnt(
  store: VersionStore,
  policy: string,
  version: number | null,
  now: Date,
): Promise<{ readonly version: number; readonly restoredFrom: number }> {
  const [newest, ...older] = await store.documentHistory(versionKind, policy, 200)
  if (newest === undefined)
    throw new LearningError('not_found', `Nothing that ${policy} has learnt was ever saved.`)
  const current = readSaved(newest.text)
  // Once more means further back, not to and fro.
  const from = current?.restoredFrom ?? newest.version
  const wanted = [newest, ...older].find((one) =>
    version === null ? one.version < from : one.version === version,
  )
  if (wanted === undefined)
    throw new LearningError(
      'not_found',
      version === null
        ? `${policy} has no version before ${from} to go back to.`
        : `${policy} has no version ${version}: they are ${(older.at(-1) ?? newest).version} to ${newest.version}.`,
    )
  const earlier = readSaved(wanted.text)
  if (earlier === null)
    throw new LearningError('conflict', `Version ${wanted.version} was written in a form that can't be read.`)
  if (current !== null && !sameBasis(current.basis, earlier.basis))
    throw new LearningError(
      'conflict',
      `Version ${wanted.version} was learnt over ${earlier.basis.artefact} by ${earlier.basis.learner}, and ${policy} goes by ` +
        `${current.basis.artefact} and ${current.basis.learner} now: it would mean nothing. Name a later version.`,
    )
  const restored: Saved = {
    ...earlier,
    why: 'rolled-back',
    restoredFrom: wanted.version,
    window: { lessons: 0, meanQuality: null },
    mark: newest.version + 1,
  }
  const next: Document = {
    kind: versionKind,
    id: policy,
    version: newest.version + 1,
    changedAt: now.toISOString(),
    text: JSON.stringify(restored),
  }
  if (!(await store.putDocument(next, newest.version)))
    throw new LearningError('conflict', `A version of ${policy} is just being saved. Try again.`)
  return { version: next.version, restoredFrom: wanted.version }
}
