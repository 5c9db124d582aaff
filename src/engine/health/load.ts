/** How busy and how fast a target is: what the choice among targets goes by. */

import { type LatencyHistogram, noLatencies, noteIn } from './latency-histogram.ts'

export type TargetLoad = {
  /** Calls under way, streams until their end. */
  inFlight: number
  /** Those that wait for a place, first come first served. */
  readonly queue: Waiting[]
  readonly firstContent: PeakEwma
  readonly answer: PeakEwma
  readonly firstContents: LatencyHistogram
  readonly answers: LatencyHistogram
  /** The smallest share, 0 to 1, that the vendor's limits left by its last reply, and when that limit is full again. */
  headroom: number
  headroomUntil: number
}

/** Called when a place is free. */
export type Waiting = { readonly admit: () => void }

/**
 * Peak-EWMA (Finagle): a latency above the estimate replaces it at once, one below pulls it down with the age of the
 * estimate, `e^(-elapsed / tau)`. Slowness shows at the first slow call; recovery is believed slowly.
 */
export type PeakEwma = { ms: number; at: number }

const tauMs = 10_000

export const noLoad = (): TargetLoad => ({
  inFlight: 0,
  queue: [],
  firstContent: { ms: 0, at: 0 },
  answer: { ms: 0, at: 0 },
  firstContents: noLatencies(),
  answers: noLatencies(),
  headroom: 1,
  headroomUntil: 0,
})

export function noteLatency(ewma: PeakEwma, ms: number, now: number): void {
  if (ewma.at === 0 || ms > ewma.ms) ewma.ms = ms
  else {
    const keep = Math.exp((ewma.at - now) / tauMs)
    ewma.ms = ewma.ms * keep + ms * (1 - keep)
  }
  ewma.at = now
}

/** A call took so long to its first content, or to its whole answer. */
export function noteTook(load: TargetLoad, stream: boolean, ms: number, now: number): void {
  noteLatency(stream ? load.firstContent : load.answer, ms, now)
  noteIn(latenciesOf(load, stream), ms)
}

export const latenciesOf = (load: TargetLoad, stream: boolean): LatencyHistogram =>
  stream ? load.firstContents : load.answers

/** Expected wait at this target: its latency, once for every call that is there already and once for the new one. */
export const expectedWaitMs = (load: TargetLoad, stream: boolean): number =>
  (stream ? load.firstContent : load.answer).ms * (load.inFlight + 1)

/** The share of the vendor's limits that is left; all of it when the moment of its renewal has passed. */
export const headroomOf = ({ headroom, headroomUntil }: TargetLoad, now: number): number =>
  now < headroomUntil ? headroom : 1

export const hasRoom = ({ inFlight, queue }: TargetLoad, maxConcurrent: number): boolean =>
  inFlight < maxConcurrent && queue.length === 0

export type LoadLimits = {
  /** Calls at one time to one target. */
  readonly maxConcurrent: number
  /** Requests that wait for a place at one target; more are refused. */
  readonly maxQueued: number
  /** How long a request waits for a place. */
  readonly queueMs: number
}
