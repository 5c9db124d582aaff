import type { Usage } from '../../domain/answer.ts'
import type { Attempt, AttemptOutcome } from '../../domain/attempt.ts'
import { failure, type Failure } from '../../domain/failure.ts'
import type { Request } from '../../domain/request.ts'
import type { Clock } from '../../domain/transport.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { WireFormatName } from '../../domain/vendor.ts'
import { costOf, nameOfPrices } from '../cost.ts'
import type { Layer, StreamEnd, TargetCall } from './call-target.ts'
import { interrupt } from './interruption.ts'
import { answerMsOf, type EngineLimits, firstContentMsOf } from './limits.ts'

/**
 * Bounds the wait for a stream's first content, and for the whole of a buffered answer: vendors send no byte of one before
 * all of it is made, so it can't be told earlier that they are silent.
 */
export const withFirstContentTimeout =
  (limits: EngineLimits): Layer =>
  (next) =>
  async (call, attempt) => {
    const { stream } = call.job.request
    const waitMs = stream ? firstContentMsOf(call, limits) : answerMsOf(call, limits)
    const timer = setTimeout(stopSilent, waitMs, attempt, call, waitMs)
    try {
      return await next(call, attempt)
    } finally {
      clearTimeout(timer)
    }
  }

/** One deadline for all attempts together, and for the length of the stream that the last of them opens. */
export const withDeadline =
  (clock: Clock): Layer =>
  (next) =>
  async (call, attempt) => {
    const leftMs = call.job.deadlineAt - clock.now()
    if (leftMs <= 0) stopLate(attempt, call)
    const timer = setTimeout(stopLate, Math.min(Math.max(leftMs, 0), longestTimerMs), attempt, call)
    const reply = await next(call, attempt)
    if (reply.kind === 'streaming') void reply.ended.then(() => clearTimeout(timer))
    else clearTimeout(timer)
    return reply
  }

/** What a format has no place for of a request, in words. */
export type LossesTo = (format: WireFormatName, request: Request) => readonly string[]

/** Writes down how each attempt went, when it is over. */
export const withAttemptRecords =
  (clock: Clock, lossesTo: LossesTo): Layer =>
  (next) =>
  async (call, attempt) => {
    const begun = clock.now()
    const reply = await next(call, attempt)
    const seen = clock.now()
    switch (reply.kind) {
      case 'answered':
        call.record(
          attemptOf(call, clock, lossesTo, begun, seen, reply.usage, answered(reply.answer.finish.raw)),
        )
        return reply
      case 'failed':
        call.record(attemptOf(call, clock, lossesTo, begun, null, reply.usage, failed(reply.failure)))
        return reply
      case 'streaming': {
        const ended = reply.ended.then((end) => {
          call.record(attemptOf(call, clock, lossesTo, begun, seen, end.usage, outcomeOf(end)))
          return end
        })
        return { ...reply, ended }
      }
      default:
        return unreachable(reply)
    }
  }

/** The code of a failure that is the request's own: its time was up, however quick the target was. */
export const deadlinePassed = 'deadline_exceeded'

/** `setTimeout` takes a longer wait for none at all. */
const longestTimerMs = 2 ** 31 - 1

function stopSilent(attempt: AbortController, { target, job }: TargetCall, waitMs: number): void {
  const awaited = job.request.stream ? 'began no answer' : 'had no answer ready'
  const message = `${target.vendor.title} ${awaited} within ${waitMs} ms (${target.model.id})`
  interrupt(attempt, failure('timed-out', message))
}

function stopLate(attempt: AbortController, { target }: TargetCall): void {
  const message = `the request's deadline passed before ${target.model.id} had answered`
  interrupt(attempt, failure('timed-out', message, { code: deadlinePassed }))
}

function attemptOf(
  { target, job, role }: TargetCall,
  clock: Clock,
  lossesTo: LossesTo,
  begun: number,
  firstContent: number | null,
  usage: Usage,
  outcome: AttemptOutcome,
): Attempt {
  const { format } = target.vendor
  const { from } = job.request
  const lost = from === undefined || from === format ? [] : lossesTo(format, job.request)
  return {
    model: target.model.id,
    target: target.id,
    role,
    startedAfterMs: begun - job.startedAt,
    firstContentAfterMs: firstContent === null ? null : firstContent - job.startedAt,
    endedAfterMs: clock.now() - job.startedAt,
    usage,
    cost: costOf(usage, target.model.prices),
    prices: nameOfPrices(target.model.prices),
    ...(lost.length > 0 && { lost }),
    ...(job.variant !== undefined && { variant: job.variant }),
    outcome,
  }
}

const answered = (finish: string): AttemptOutcome => ({ kind: 'answered', finish })

const failed = ({ kind, message, vendorStatus }: Failure): AttemptOutcome => ({
  kind: 'failed',
  failure: kind,
  message,
  vendorStatus,
})

const outcomeOf = (end: StreamEnd): AttemptOutcome =>
  end.kind === 'complete' ? answered(end.finish.raw) : failed(end.failure)
