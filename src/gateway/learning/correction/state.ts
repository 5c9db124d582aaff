/** Which correction serves, as a document with a version for each change. */

import { z } from 'zod'
import type { Document, Store } from '../../../storage/store.ts'
import type { Correction, CorrectionModel } from './correction.ts'
import type { Judgement } from './judge.ts'

export const calibrationKind = 'calibration'
/** There is one for all policies: predictions are the artefact's. */
export const calibrationId = 'quality'
export const calibrationChannel = 'calibration'

const modelSchema = z.object({
  slope: z.number().positive(),
  offset: z.number(),
  models: z.record(z.string(), z.object({ offset: z.number(), tasks: z.record(z.string(), z.number()) })),
})
const correctionSchema = z.object({ version: z.number(), model: modelSchema })

const stateSchema = z.object({
  /** The artefact whose predictions it corrects: of another it says nothing. */
  artefact: z.string(),
  /** ISO 8601, UTC: from when on it served. What was predicted before it was another's to predict. */
  since: z.string(),
  why: z.enum(['begun', 'fitted', 'promoted', 'not-better', 'canary-lost', 'rolled-back']),
  /** In words, with numbers. */
  because: z.string(),
  restoredFrom: z.number().nullable(),
  /** What serves; `null`: predictions as they are. */
  live: correctionSchema.nullable(),
  /** What serves a share of the sessions until it is decided on. `since`: ISO 8601, UTC. */
  canary: correctionSchema.extend({ share: z.number(), since: z.string() }).nullable(),
  /** The time of the newest answer that the last fit has seen, and how many it had. */
  seen: z.object({ until: z.string(), answers: z.number() }).nullable(),
  judgement: z.unknown(),
})

export type CalibrationState = Omit<z.output<typeof stateSchema>, 'judgement'> & {
  readonly judgement: Judgement | null
}

/** `null`: another version of Fairlead wrote it. */
export function readCalibration(text: string): CalibrationState | null {
  try {
    const parsed = stateSchema.safeParse(JSON.parse(text))
    return parsed.success ? (parsed.data as CalibrationState) : null
  } catch {
    return null
  }
}

export type CalibrationVersion = Omit<CalibrationState, 'live' | 'canary'> & {
  readonly version: number
  readonly at: string
  /** The versions whose fits serve. */
  readonly live: number | null
  readonly canary: { readonly version: number; readonly share: number } | null
  readonly current: boolean
}

type CalibrationStore = Pick<Store, 'document' | 'documentHistory' | 'putDocument'>

/** Newest first. */
export async function calibrationHistory(
  store: Pick<Store, 'documentHistory'>,
  limit = 50,
): Promise<readonly CalibrationVersion[]> {
  const documents = await store.documentHistory(calibrationKind, calibrationId, limit)
  return documents.flatMap(({ version, changedAt, text }, place) => {
    const state = readCalibration(text)
    if (state === null) return []
    const { live, canary, ...others } = state
    return [
      {
        ...others,
        version,
        at: changedAt,
        live: live?.version ?? null,
        canary: canary && { version: canary.version, share: canary.share },
        current: place === 0,
      },
    ]
  })
}

/** Every correction that decisions may be marked with, by version. */
export async function knownCorrections(
  store: Pick<Store, 'documentHistory'>,
): Promise<ReadonlyMap<number, CorrectionModel>> {
  const found = new Map<number, CorrectionModel>()
  for (const { text } of await store.documentHistory(calibrationKind, calibrationId, 200)) {
    const state = readCalibration(text)
    for (const one of [state?.live, state?.canary]) if (one) found.set(one.version, one.model)
  }
  return found
}

export class CalibrationError extends Error {
  override readonly name = 'CalibrationError'
  readonly code: 'not_found' | 'conflict'

  constructor(code: CalibrationError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Serves again what served at an earlier version, with no canary beside it. @param version `null`: the last one at which something
 * else served, or else nothing. Gateways take it up within seconds. @throws CalibrationError
 */
export async function rollBackCalibration(
  store: CalibrationStore,
  version: number | null,
  now: Date,
): Promise<{ readonly version: number; readonly live: number | null }> {
  const documents = await store.documentHistory(calibrationKind, calibrationId, 200)
  const [newest] = documents
  const current = newest && readCalibration(newest.text)
  if (!newest || !current) throw new CalibrationError('not_found', 'No correction was ever made.')
  const target = version === null ? earlierLive(documents, current.live) : liveAt(documents, version)
  const next: CalibrationState = {
    ...current,
    why: 'rolled-back',
    because: target.because,
    restoredFrom: target.version,
    live: target.live,
    canary: null,
    judgement: null,
  }
  const put = await putCalibration(store, next, newest.version, now)
  if (put === null)
    throw new CalibrationError('conflict', 'It is just being changed by somebody else. Try again.')
  return { version: put, live: target.live?.version ?? null }
}

type Target = { readonly version: number; readonly live: Correction | null; readonly because: string }

function earlierLive(documents: readonly Document[], live: Correction | null): Target {
  for (const { version, text } of documents) {
    const state = readCalibration(text)
    // A roll-back goes further back, never to what was rolled back.
    if (state && (state.live?.version ?? 0) < (live?.version ?? 0))
      return { version, live: state.live, because: `back to what served at version ${version}` }
  }
  const first = documents.at(-1)?.version ?? 1
  return { version: first, live: null, because: 'back to predictions as they are' }
}

function liveAt(documents: readonly Document[], version: number): Target {
  const found = documents.find((one) => one.version === version)
  const state = found && readCalibration(found.text)
  if (!state) throw new CalibrationError('not_found', `There is no version ${version} of the calibration.`)
  return { version, live: state.live, because: `back to what served at version ${version}` }
}

/** The new version; `null`: somebody else was quicker. */
export async function putCalibration(
  store: Pick<Store, 'putDocument'>,
  state: CalibrationState,
  after: number,
  now: Date,
): Promise<number | null> {
  const document: Document = {
    kind: calibrationKind,
    id: calibrationId,
    version: after + 1,
    changedAt: now.toISOString(),
    text: JSON.stringify(state),
  }
  return (await store.putDocument(document, after)) ? after + 1 : null
}
