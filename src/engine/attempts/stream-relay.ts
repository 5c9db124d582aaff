import { noUsage, type Usage } from '../../domain/answer.ts'
import { type Failure, failure } from '../../domain/failure.ts'
import type { Clock } from '../../domain/transport.ts'
import type { Spoken, StreamEnd, TargetCall, TargetStream } from './call-target.ts'
import { clientGone, interrupt, interruptionOf } from './interruption.ts'
import { ofModel } from './of-model.ts'
import { oneBuffer } from './read-body.ts'
import { startPace, type StreamPace, tooSlow } from './stream-pace.ts'
import { estimatedUsage } from './usage.ts'
import { readChunk, readRest, type StreamWatch, takeParts } from './watch-stream.ts'
import { withoutSecrets } from './without-secrets.ts'

/** What comes before the first content is small. A vendor that sends more than this before it is not waited for. */
const mostHeldBytes = 64 * 1024

/** How long a vendor may keep the connection open when its answer is over; usage comes right after a finish reason. */
const afterEndMs = 1000
const afterFinishMs = 2000

export type RelaySource = {
  readonly call: TargetCall
  readonly attempt: AbortController
  readonly body: AsyncIterable<Uint8Array>
  readonly watch: StreamWatch
  readonly idleMs: number
  readonly clock: Clock
  /** Names an error that `body` threw. */
  readonly asFailure: (error: unknown) => Failure
}

/** Hands a vendor's stream on, whole events at a time, as fast as it is read, and says how it ended. */
export class StreamRelay implements TargetStream {
  readonly ended: Promise<StreamEnd>
  readonly #source: RelaySource
  readonly #body: AsyncIterator<Uint8Array>
  readonly #pace: StreamPace | null
  readonly #onAbort = (): void => this.#conclude(interruptionOf(this.#source.attempt.signal))
  #settle: (end: StreamEnd) => void = () => {}
  #end: StreamEnd | null = null
  #held: Uint8Array[] = []
  #tail: Uint8Array | null = null
  #idle: NodeJS.Timeout | null = null
  #waiting = false

  constructor(source: RelaySource) {
    this.#source = source
    this.#body = source.body[Symbol.asyncIterator]()
    this.#pace = startPace(source.call.job.streamRules)
    this.ended = new Promise((resolve) => {
      this.#settle = resolve
    })
    // Also where nobody reads: an attempt that is aborted is over.
    source.attempt.signal.addEventListener('abort', this.#onAbort, { once: true })
    if (source.attempt.signal.aborted) this.#onAbort()
  }

  get end(): StreamEnd | null {
    return this.#end
  }

  get decoding(): unknown {
    return this.#source.watch.decoding
  }

  /** Reads up to the first content. `null`: it is there, and the stream may be handed on. */
  async open(): Promise<Extract<StreamEnd, { kind: 'failed' }> | null> {
    const { watch } = this.#source
    let heldBytes = 0
    while (this.#end === null && !watch.contentSeen && heldBytes <= mostHeldBytes) {
      const bytes = await this.#pull()
      if (bytes === null) continue
      this.#held.push(bytes)
      heldBytes += bytes.length
    }
    if (this.#end?.kind === 'failed') return this.#end
    this.#startIdleTimer()
    return null
  }

  async read(): Promise<Spoken | null> {
    const { watch } = this.#source
    if (this.#held.length > 0) {
      const bytes = oneBuffer(this.#held)
      this.#held = []
      return { bytes, parts: takeParts(watch) }
    }
    while (this.#end === null) {
      const bytes = await this.#pull()
      if (bytes !== null) return { bytes, parts: takeParts(watch) }
    }
    const bytes = this.#tail
    this.#tail = null
    return bytes === null ? null : { bytes, parts: takeParts(watch) }
  }

  close(): void {
    this.#held = []
    this.#tail = null
    if (this.#end === null) interrupt(this.#source.attempt, clientGone())
  }

  async #pull(): Promise<Uint8Array | null> {
    const { watch, attempt, asFailure, clock } = this.#source
    this.#waiting = true
    this.#idle?.refresh()
    const asked = this.#pace === null ? 0 : clock.now()
    try {
      const { done, value } = await this.#body.next()
      if (this.#end !== null) return null
      if (done) return this.#finish()
      const bytes = readChunk(watch, value)
      if (watch.failure !== null) this.#breakOff(ofModel(this.#source.call.target, watch.failure))
      else if (watch.finish !== null) this.#startIdleTimer()
      else if (this.#pace !== null) this.#checkPace(this.#pace, clock.now() - asked)
      return bytes
    } catch (error) {
      this.#conclude(attempt.signal.aborted ? interruptionOf(attempt.signal) : asFailure(error))
      return null
    } finally {
      this.#waiting = false
    }
  }

  #finish(): Uint8Array | null {
    const { watch, call } = this.#source
    const rest = readRest(watch)
    this.#conclude(
      failure('truncated', `${call.target.vendor.title} ended its answer before it was complete`),
    )
    return rest
  }

  #checkPace(pace: StreamPace, waitedMs: number): void {
    const { watch, call } = this.#source
    if (!watch.contentSeen || watch.finish !== null || !tooSlow(pace, watch.outputChars, waitedMs)) return
    const { vendor, model } = call.target
    const floor = `${pace.leastTokensPerSecond} tokens a second`
    this.#breakOff(failure('timed-out', `${vendor.title} is slower than ${floor} (${model.id})`))
  }

  /** The stream has failed, but the vendor may hold the connection open. */
  #breakOff(reason: Failure): void {
    this.#conclude(reason)
    interrupt(this.#source.attempt, reason)
  }

  /** Settles the end, once: complete if a finish reason was seen, else failed for `reason`. */
  #conclude(reason: Failure): void {
    if (this.#end !== null) return
    const { watch, attempt, call } = this.#source
    const usage = this.#usage()
    if (watch.finish === null) {
      this.#end = { kind: 'failed', failure: withoutSecrets(reason, call.target), usage }
    } else {
      this.#end = { kind: 'complete', finish: watch.finish, usage }
      this.#tail = watch.endMarked ? null : (watch.codec.endMarker?.bytes ?? null)
    }
    if (this.#idle !== null) clearTimeout(this.#idle)
    attempt.signal.removeEventListener('abort', this.#onAbort)
    this.#settle(this.#end)
  }

  #usage(): Usage {
    const { watch, call } = this.#source
    if (watch.usage !== null) return watch.usage
    // A vendor that reports a failure before it has written anything bills nothing.
    if (watch.failure !== null && watch.outputChars === 0) return noUsage
    return estimatedUsage(call.job.promptTokens, watch.outputChars)
  }

  /** Runs only while a chunk is waited for: a client that reads slowly is no stalled vendor. */
  #startIdleTimer(): void {
    if (this.#end !== null) return
    if (this.#idle !== null) clearTimeout(this.#idle)
    const waitMs = this.#patienceMs()
    this.#idle = setTimeout(() => {
      if (this.#waiting) interrupt(this.#source.attempt, this.#stalled(waitMs))
    }, waitMs)
  }

  #patienceMs(): number {
    const { watch, idleMs } = this.#source
    if (watch.endMarked) return afterEndMs
    return watch.finish === null ? idleMs : Math.min(afterFinishMs, idleMs)
  }

  #stalled(waitMs: number): Failure {
    const { vendor, model } = this.#source.call.target
    return failure('timed-out', `${vendor.title} stalled: nothing came for ${waitMs} ms (${model.id})`)
  }
}
