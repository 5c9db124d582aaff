import type { Usage } from '../../../domain/answer.ts'
import { consequences, type Failure } from '../../../domain/failure.ts'
import { unreachable } from '../../../domain/unreachable.ts'
import { comment } from '../../../wire/sse.ts'
import type { Job, StreamEnd, TargetStream } from '../call-target.ts'
import type { Opened } from '../forward.ts'
import { clientGone, interrupt, interruptionOf, type Scope } from '../interruption.ts'
import { lastWord } from '../last-word.ts'
import { sumOfUsage } from '../usage.ts'
import { dropHeld, type Gate, gateFor, isHolding, letThrough } from './gate.ts'
import { afterParts, nothingSent, type Sent } from './sent.ts'
import { sameVoice, translatedVoice, type Voice, vendorsVoice } from './voice.ts'
import { obstacleTo } from './ways.ts'

type OpenedStream = Extract<Opened, { kind: 'stream' }>

type Phase =
  | { readonly kind: 'relaying' }
  | { readonly kind: 'broken'; readonly failure: Failure }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'over' }

const keepAlive = comment('keep-alive')

/**
 * What the client gets of a stream: the events of the target that began it and, where that breaks off, of others that go on
 * in its name. It ends as complete only if a finish reason was seen, else with an error in the client's format. A target is
 * read as fast as the client reads.
 */
export class RecoveringStream implements AsyncIterableIterator<Uint8Array> {
  /** Resolves when the stream is over, however it ends, read or not: with the failure that the client was told, or `null`. */
  readonly ended: Promise<Failure | null>
  readonly #job: Job
  readonly #scope: Scope
  readonly #gate: Gate
  // Whoever still reads is told why there is no more.
  readonly #onAbort = (): void => this.#close(interruptionOf(this.#scope.controller.signal))
  #settle: (told: Failure | null) => void = () => {}
  #opened: OpenedStream
  #voice: Voice
  #sent: Sent
  #begun = false
  #usedBefore: Usage | null = null
  #phase: Phase = { kind: 'relaying' }
  #step: Promise<Uint8Array | null> | null = null
  #asked: Promise<Opened> | null = null
  #silence: Silence | null = null

  constructor(opened: OpenedStream, job: Job, scope: Scope) {
    this.#opened = opened
    this.#job = job
    this.#scope = scope
    this.#gate = gateFor(job.streamRules.recovery)
    this.#sent = nothingSent(opened.target.model.id)
    this.#voice = this.#voiceFor(opened)
    this.ended = new Promise((resolve) => {
      this.#settle = resolve
    })
    scope.controller.signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    while (this.#phase.kind !== 'over' || this.#step !== null) {
      this.#step ??= this.#advance()
      const value = this.#isQuiet() ? await this.#orKeepAlive(this.#step) : await this.#step
      if (value !== keepAlive) this.#step = null
      if (value !== null) return { done: false, value }
    }
    return { done: true, value: undefined }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    if (this.#phase.kind !== 'over') {
      this.#phase = { kind: 'over' }
      // Also where the next target is being asked.
      interrupt(this.#scope.controller, clientGone())
    }
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** One step on; what of it the client gets. */
  async #advance(): Promise<Uint8Array | null> {
    const phase = this.#phase
    switch (phase.kind) {
      case 'relaying':
        return this.#relay(this.#opened.stream)
      case 'broken':
        return this.#goOn(phase.failure)
      case 'failed':
        this.#phase = { kind: 'over' }
        this.#close(phase.failure)
        return this.#lastEvent(phase.failure)
      case 'over':
        return null
      default:
        return unreachable(phase)
    }
  }

  async #relay(stream: TargetStream): Promise<Uint8Array | null> {
    const spoken = await stream.read()
    if (spoken === null) return this.#conclude(stream.end!)
    const through = letThrough(this.#gate, spoken)
    for (const { parts } of through) this.#sent = afterParts(this.#sent, parts)
    if (through.length > 0) this.#begun = true
    return this.#voice.say(through)
  }

  #conclude(end: StreamEnd): Uint8Array | null {
    const used = sumOfUsage(this.#usedBefore, end.usage)
    if (end.kind === 'complete') {
      this.#phase = { kind: 'over' }
      this.#close(null)
      return this.#voice.end(used)
    }
    // What the client has nothing of was another answer's cost.
    if (this.#begun) this.#usedBefore = used
    dropHeld(this.#gate)
    this.#phase = this.#afterBreak(end.failure)
    return null
  }

  #afterBreak(reason: Failure): Phase {
    const { otherTarget, otherModel } = consequences[reason.kind]
    const gone = this.#scope.controller.signal.aborted || (!otherTarget && !otherModel)
    if (gone || this.#job.streamRules.recovery === 'error') return { kind: 'failed', failure: reason }
    const obstacle = this.#begun ? obstacleTo(this.#sent, this.#job) : null
    if (obstacle === null) return { kind: 'broken', failure: reason }
    const message = `${reason.message.replace(/\.$/, '')}. No other model can go on with the answer: ${obstacle}.`
    return { kind: 'failed', failure: { ...reason, message } }
  }

  /** Nothing is to be seen of the change where nothing was sent, and little where something was. */
  async #goOn(broken: Failure): Promise<Uint8Array | null> {
    await this.#opened.done
    const { stream, goOn, target } = this.#opened
    const job = { ...this.#job, sent: this.#begun ? this.#sent : null }
    this.#asked = goOn(broken, () => job)
    const next = await this.#asked
    // The reader has left meanwhile: the scope has closed whatever was opened.
    if (this.#phase.kind === 'over') return null
    switch (next.kind) {
      case 'failed':
        this.#phase = { kind: 'failed', failure: this.#lastWord(broken, next.failure) }
        return null
      case 'buffered':
        throw new Error('a stream was gone on with by an answer that is none')
      case 'stream': {
        if (!this.#begun) this.#voice = this.#voiceFor(next)
        else if (this.#voice === vendorsVoice)
          this.#voice = sameVoice(this.#opened.format, stream.decoding, this.#job.usageWanted)
        this.#opened = next
        this.#phase = { kind: 'relaying' }
        return this.#begun
          ? comment(`${next.target.model.id} goes on after ${target.model.id} broke off`)
          : null
      }
      default:
        return unreachable(next)
    }
  }

  /** Told in the name of the stream that broke off, where its format has a way to. */
  #lastEvent(reason: Failure): Uint8Array {
    const { format, stream } = this.#opened
    const { clientFormat, usageWanted } = this.#job
    const voice =
      this.#begun && this.#voice === vendorsVoice
        ? sameVoice(format, stream.decoding, usageWanted)
        : this.#voice
    return voice.fail(reason) ?? Buffer.from(clientFormat.encodeStreamFailure(reason))
  }

  /** The vendor's own where the client reads its format. */
  #voiceFor({ format, target }: OpenedStream): Voice {
    const { clientFormat, envelope, usageWanted } = this.#job
    return format.name === clientFormat.name
      ? vendorsVoice
      : translatedVoice(clientFormat, envelope(target.model), usageWanted)
  }

  /** What broke the stream, not what kept others from going on with it. */
  #lastWord(broken: Failure, after: Failure): Failure {
    return this.#begun && after.kind !== 'cancelled' ? lastWord([broken], this.#opened.attempts) : after
  }

  #isQuiet(): boolean {
    return this.#phase.kind === 'broken' || isHolding(this.#gate)
  }

  /** The step's own result, or a sign of life where nothing has been sent for long. The step goes on. */
  async #orKeepAlive(step: Promise<Uint8Array | null>): Promise<Uint8Array | null> {
    this.#silence ??= startSilence(this.#job.streamRules.keepAliveMs)
    const value = await Promise.race([step, this.#silence.over])
    if (value !== null) this.#breakSilence()
    return value
  }

  #breakSilence(): void {
    clearTimeout(this.#silence?.timer)
    this.#silence = null
  }

  /** Nobody else is asked any more; the books are closed with the attempt that is at work. */
  #close(told: Failure | null): void {
    this.#scope.controller.signal.removeEventListener('abort', this.#onAbort)
    this.#breakSilence()
    void this.#closeBooks(told)
  }

  /** The last to be asked may yet be at work. */
  async #closeBooks(told: Failure | null): Promise<void> {
    const asked = await this.#asked
    if (asked?.kind === 'stream') await asked.done
    await this.#opened.done
    this.#scope.release()
    this.#settle(told)
  }
}

type Silence = { readonly timer: NodeJS.Timeout; readonly over: Promise<Uint8Array> }

function startSilence(waitMs: number): Silence {
  let timer!: NodeJS.Timeout
  const over = new Promise<Uint8Array>((resolve) => {
    timer = setTimeout(resolve, waitMs, keepAlive)
  })
  return { timer, over }
}
