import type { Decision, Outcome } from '../domain/decision.ts'
import type { Store } from '../storage/store.ts'
import { StoreError } from '../storage/store-error.ts'

/** Writes decisions and outcomes to a store in batches, off the hot path. */
export type DecisionLog = {
  /** Never throws and never waits. */
  readonly decided: (decision: Decision) => void
  readonly finished: (outcome: Outcome) => void
  /** Tries once to write what is queued now. */
  readonly flush: () => Promise<void>
  /** Writes all that is queued, trying again while the store fails, and takes no more. */
  readonly close: () => Promise<void>
  readonly counts: () => DecisionLogCounts
}

/** Decisions and outcomes alike. */
export type DecisionLogCounts = {
  readonly queued: number
  readonly written: number
  readonly dropped: number
}

export type DecisionLogProblem =
  /** Kept in memory; tried again. */
  | { readonly kind: 'not-written'; readonly error: unknown; readonly queued: number }
  /** Gone. `total` counts from the start. */
  | { readonly kind: 'dropped'; readonly why: string; readonly dropped: number; readonly total: number }

export type Timers = {
  readonly start: (work: () => void, delayMs: number) => unknown
  readonly cancel: (timer: unknown) => void
}

export type DecisionLogOptions = {
  /** Short, so that at 1,000 requests a second a batch holds the event loop up for half a millisecond. */
  readonly flushIntervalMs?: number
  /** A queue of this length is written at once: under more load batches get no longer, but more. */
  readonly maxQueued?: number
  /** While the store fails, this many are kept; later ones are dropped and reported. */
  readonly maxKept?: number
  /** How often `close` tries to write before it gives up. */
  readonly closeAttempts?: number
  readonly timers?: Timers
  readonly onProblem: (problem: DecisionLogProblem) => void
}

type Entry =
  | { readonly kind: 'decision'; readonly decision: Decision }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }

const systemTimers: Timers = {
  start: (work, delayMs) => setTimeout(work, delayMs),
  cancel: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

const longestPauseMs = 5000

export function createDecisionLog(store: Pick<Store, 'append'>, options: DecisionLogOptions): DecisionLog {
  return new BatchedLog(store, options)
}

class BatchedLog implements DecisionLog {
  readonly #store: Pick<Store, 'append'>
  readonly #options: Required<DecisionLogOptions>
  #queue: Entry[] = []
  #writing: Promise<void> | null = null
  /** How many entries `#writing` holds: they count as queued until they are stored. */
  #inFlight = 0
  #timer: unknown = null
  #failuresInARow = 0
  #written = 0
  #dropped = 0
  /** Dropped and not reported yet: drops come by the thousand, reports once per write. */
  #unreported = 0
  #closed = false

  constructor(store: Pick<Store, 'append'>, options: DecisionLogOptions) {
    const { flushIntervalMs = 10, maxQueued = 100, closeAttempts = 5 } = options
    const { maxKept = 20_000, timers = systemTimers, onProblem } = options
    this.#store = store
    this.#options = { flushIntervalMs, maxQueued, maxKept, closeAttempts, timers, onProblem }
  }

  readonly decided = (decision: Decision): void => this.#take({ kind: 'decision', decision })

  readonly finished = (outcome: Outcome): void => this.#take({ kind: 'outcome', outcome })

  readonly flush = async (): Promise<void> => {
    // What is queued now may not be in the write under way.
    await this.#writing
    await this.#write()
  }

  readonly close = async (): Promise<void> => {
    this.#closed = true
    this.#stopTimer()
    for (let attempt = 1; this.#held() > 0 && attempt <= this.#options.closeAttempts; attempt++) {
      if (attempt > 1) await this.#pause()
      await this.flush()
    }
    this.#stopTimer()
    this.#drop(this.#queue.splice(0).length, 'the store still failed when Fairlead stopped')
    this.#reportDropped('the decision log was closed')
  }

  readonly counts = (): DecisionLogCounts => ({
    queued: this.#held(),
    written: this.#written,
    dropped: this.#dropped,
  })

  #held(): number {
    return this.#queue.length + this.#inFlight
  }

  #take(entry: Entry): void {
    if (this.#closed) this.#drop(1, 'the decision log was closed')
    else if (this.#held() >= this.#options.maxKept) this.#dropForWantOfRoom()
    else {
      this.#queue.push(entry)
      // While the store fails, only the timer tries again: a full queue must not turn every request into a write.
      if (this.#queue.length >= this.#options.maxQueued && this.#failuresInARow === 0) void this.#write()
      else this.#startTimer()
    }
  }

  /** The first is reported at once; the rest are summed up at the next write. */
  #dropForWantOfRoom(): void {
    if (this.#dropped === 0) this.#drop(1, this.#fullBecause())
    else {
      this.#dropped += 1
      this.#unreported += 1
    }
  }

  /** One write at a time, so that a decision is never overtaken by its outcome's replacement. */
  #write(): Promise<void> {
    this.#stopTimer()
    this.#writing ??= this.#writeQueue().finally(() => {
      this.#writing = null
      this.#inFlight = 0
      if (this.#queue.length > 0) this.#startTimer()
    })
    return this.#writing
  }

  async #writeQueue(): Promise<void> {
    const batch = this.#queue
    if (batch.length === 0) return
    this.#queue = []
    this.#inFlight = batch.length
    try {
      await this.#append(batch)
      this.#failuresInARow = 0
    } catch (error) {
      this.#failuresInARow += 1
      this.#queue = [...batch, ...this.#queue]
      this.#inFlight = 0
      this.#options.onProblem({ kind: 'not-written', error, queued: this.#queue.length })
    }
    this.#reportDropped(this.#fullBecause())
  }

  async #append(batch: readonly Entry[]): Promise<void> {
    try {
      await this.#store.append(unzip(batch))
      this.#written += batch.length
    } catch (error) {
      // A `StoreError` is the store's fault and passes; anything else is the fault of some entry, which must not hold up the rest.
      if (error instanceof StoreError) throw error
      this.#written += await this.#appendOneByOne(batch)
    }
  }

  async #appendOneByOne(batch: readonly Entry[]): Promise<number> {
    let written = 0
    for (const entry of batch) {
      try {
        await this.#store.append(unzip([entry]))
        written += 1
      } catch (error) {
        if (error instanceof StoreError) throw error
        this.#drop(1, `the store can't hold it: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    return written
  }

  #drop(dropped: number, why: string): void {
    if (dropped === 0) return
    this.#dropped += dropped
    this.#options.onProblem({ kind: 'dropped', why, dropped, total: this.#dropped })
  }

  #reportDropped(why: string): void {
    const dropped = this.#unreported
    if (dropped === 0) return
    this.#unreported = 0
    this.#options.onProblem({ kind: 'dropped', why, dropped, total: this.#dropped })
  }

  #fullBecause(): string {
    return `the store does not keep up, and ${this.#options.maxKept} decisions and outcomes wait already`
  }

  #startTimer(): void {
    if (this.#timer !== null || this.#writing !== null || this.#closed) return
    this.#timer = this.#options.timers.start(() => {
      this.#timer = null
      void this.#write()
    }, this.#delayMs())
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#options.timers.cancel(this.#timer)
    this.#timer = null
  }

  /** Doubles with each failure in a row, up to five seconds. */
  #delayMs(): number {
    const { flushIntervalMs } = this.#options
    if (this.#failuresInARow === 0) return flushIntervalMs
    return Math.max(flushIntervalMs, Math.min(longestPauseMs, flushIntervalMs * 2 ** this.#failuresInARow))
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#options.timers.start(resolve, this.#options.flushIntervalMs)
    })
  }
}

const unzip = (batch: readonly Entry[]) => ({
  decisions: batch.flatMap((entry) => (entry.kind === 'decision' ? [entry.decision] : [])),
  outcomes: batch.flatMap((entry) => (entry.kind === 'outcome' ? [entry.outcome] : [])),
})
