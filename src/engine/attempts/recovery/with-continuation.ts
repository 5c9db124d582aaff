import { noUsage } from '../../../domain/answer.ts'
import { type Failure, failure } from '../../../domain/failure.ts'
import type { CallTarget, Layer, TargetCall, TargetReply } from '../call-target.ts'
import { interrupt, openScope } from '../interruption.ts'
import type { Sent } from './sent.ts'
import { startSplice } from './splice.ts'
import { SplicedStream } from './spliced-stream.ts'
import { alignmentFor, jobOn, type Way, waysFor } from './ways.ts'

/**
 * Where the client has the beginning of an answer: brings the target to go on with it, in one way or, where that is refused
 * or leads elsewhere, in the next. What comes back begins with what the client does not have.
 */
export const withContinuation: Layer = (next) => async (call, attempt) => {
  const { sent } = call.job
  if (sent === null) return next(call, attempt)
  let last: TargetReply | null = null
  // Each way is an attempt of its own.
  for (const way of waysFor(sent, call.job, call.target).slice(0, call.attemptsLeft)) {
    if (attempt.signal.aborted) break
    last = await tryWay(next, call, attempt.signal, sent, way)
    if (last.kind !== 'failed' || !mayBeTheWay(last.failure)) return last
  }
  return last === null ? { kind: 'failed', failure: otherAnswer(call), usage: noUsage } : passingOver(last)
}

async function tryWay(
  next: CallTarget,
  call: TargetCall,
  signal: AbortSignal,
  sent: Sent,
  way: Way,
): Promise<TargetReply> {
  const { controller, release } = openScope(signal)
  const reply = await next({ ...call, job: jobOn(way, sent, call.job) }, controller)
  if (reply.kind !== 'streaming') {
    release()
    return reply
  }
  const ended = reply.ended.finally(release)
  const stream = new SplicedStream(reply.stream, startSplice(sent, alignmentFor(way, sent, call.target)))
  if (await stream.open()) return { kind: 'streaming', stream, ended }
  // No fault of the target's, and not to be counted as one.
  if (stream.diverged) interrupt(controller, { ...otherAnswer(call), kind: 'cancelled' })
  const { usage, ...end } = await ended
  const reason = stream.diverged || end.kind === 'complete' ? otherAnswer(call) : end.failure
  return { kind: 'failed', failure: reason, usage }
}

/** A request that was good before it was changed, or an answer that leads elsewhere: another way may do. */
const mayBeTheWay = ({ kind, code }: Failure): boolean => kind === 'rejected' || code === notContinued

/** The code of a target's failing at what only an answer that broke off asks of it. It says nothing of the target's health. */
export const notContinued = 'not_continued'

const otherAnswer = ({ target }: TargetCall): Failure =>
  failure('unreadable', `${target.model.id} does not go on with the answer that broke off`, {
    code: notContinued,
  })

/** What one target refuses to go on with another may take: the client's own request was not at fault. */
function passingOver(reply: TargetReply): TargetReply {
  if (reply.kind !== 'failed' || reply.failure.kind !== 'rejected') return reply
  const { message, vendorStatus } = reply.failure
  return { ...reply, failure: failure('unavailable', message, { vendorStatus, code: notContinued }) }
}
