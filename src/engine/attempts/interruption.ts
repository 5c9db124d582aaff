import { type Failure, failure } from '../../domain/failure.ts'

/** Why one of our own signals was aborted. An abort can only carry an error, so the failure rides in one. */
class Interruption extends Error {
  readonly failure: Failure

  constructor(reason: Failure) {
    super(reason.message)
    this.failure = reason
  }
}

/** Stops an attempt; what it was doing ends with `reason`. */
export const interrupt = (attempt: AbortController, reason: Failure): void =>
  attempt.abort(new Interruption(reason))

/** The failure behind an aborted signal; any other reason than an interruption is the client's going away. */
export const interruptionOf = ({ reason }: AbortSignal): Failure =>
  reason instanceof Interruption ? reason.failure : clientGone()

export const clientGone = (): Failure =>
  failure('cancelled', 'the client closed the connection before the answer was complete')

/** A controller that is aborted with its parent. `release` ends that when the work is over. */
export type Scope = { readonly controller: AbortController; readonly release: () => void }

/** `AbortSignal.any` would do, but keeps its sources alive on Node 20. */
export function openScope(parent: AbortSignal): Scope {
  const controller = new AbortController()
  if (parent.aborted) controller.abort(parent.reason)
  const onAbort = () => controller.abort(parent.reason)
  parent.addEventListener('abort', onAbort, { once: true })
  return { controller, release: () => parent.removeEventListener('abort', onAbort) }
}

/**
 * What an attempt is stopped by: a controller and its signal in one. To make Node's own pair, listen to it and
 * stop listening takes some 3 microseconds, which every attempt would pay twice; this takes a tenth of one. Transports may read it, listen to it and hand it to `undici`; what insists
 * on an `AbortSignal` made by the platform, as `fetch` and `AbortSignal.any` do, refuses it.
 */
export class Stopper implements AbortController, AbortSignal {
  onabort: AbortSignal['onabort'] = null
  #reason: unknown
  #aborted = false
  #listeners: Set<Listener> | null = null

  get signal(): AbortSignal {
    return this
  }

  get aborted(): boolean {
    return this.#aborted
  }

  get reason(): unknown {
    return this.#reason
  }

  abort(reason: unknown = new DOMException('This operation was aborted', 'AbortError')): void {
    if (this.#aborted) return
    this.#aborted = true
    this.#reason = reason
    if (this.#listeners !== null || this.onabort !== null) this.dispatchEvent(new Event('abort'))
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason
  }

  /** There is one event, and it comes once. */
  addEventListener(type: string, listener: Listener | null): void {
    if (type !== 'abort' || listener === null || this.#aborted) return
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
  }

  removeEventListener(_type: string, listener: Listener | null): void {
    if (listener !== null) this.#listeners?.delete(listener)
  }

  dispatchEvent(event: Event): boolean {
    const listeners = this.#listeners ?? new Set()
    if (this.onabort !== null) tell(this, this.onabort, event)
    // One may take another off the list.
    for (const listener of [...listeners]) if (listeners.has(listener)) tell(this, listener, event)
    this.#listeners = null
    return true
  }
}

/** A listener that throws is a bug, which keeps neither the others from being told nor whoever aborts from going on. */
function tell(stopper: Stopper, listener: Listener, event: Event): void {
  try {
    if (typeof listener === 'function') listener.call(stopper, event)
    else listener.handleEvent(event)
  } catch (error) {
    process.nextTick(() => {
      throw error
    })
  }
}

type Listener = NonNullable<Parameters<AbortSignal['addEventListener']>[1]>

/** `openScope` for what only attempts and transports see. */
export function openAttempt(parent: AbortSignal): Scope {
  const stopper = new Stopper()
  if (parent.aborted) stopper.abort(parent.reason)
  const onAbort = () => stopper.abort(parent.reason)
  parent.addEventListener('abort', onAbort, { once: true })
  return { controller: stopper, release: () => parent.removeEventListener('abort', onAbort) }
}
