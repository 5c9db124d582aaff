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
