/** What became of a request, as a reply to its client. */

import type { Answer } from '../domain/answer.ts'
import type { Attempt, AttemptOutcome } from '../domain/attempt.ts'
import type { Candidate } from '../domain/candidate.ts'
import type { Decision } from '../domain/decision.ts'
import type { Failure } from '../domain/failure.ts'
import type { ModelId } from '../domain/model.ts'
import { usdOf } from '../domain/money.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { AttemptEngine } from '../engine/attempts/attempt-engine.ts'
import type { Job } from '../engine/attempts/call-target.ts'
import type { Forwarded } from '../engine/attempts/forward.ts'
import { sumOfCosts } from '../engine/cost.ts'
import { type EncodedReply, encodeReply } from './encode-reply.ts'
import type { Incoming, Reply, Served, StreamOver } from './gateway.ts'
import { envelopeOf } from './job.ts'

export function handOn(
  engine: AttemptEngine,
  job: Job,
  forwarded: Forwarded,
  finish: (attempts: readonly Attempt[], end: Failure | null) => void,
  served: (attempts: readonly Attempt[], model: ModelId | null) => Served,
): Reply {
  const { attempts } = forwarded
  switch (forwarded.kind) {
    case 'failed':
      finish(attempts, forwarded.failure)
      return { kind: 'failed', failure: forwarded.failure, served: served(attempts, null) }
    case 'buffered':
      finish(attempts, null)
      return {
        kind: 'buffered',
        bytes: inClientsFormat(engine, forwarded, job),
        served: served(attempts, forwarded.candidate.id),
      }
    case 'stream': {
      // The stream's own attempt joins `attempts` when it has ended, however it ends.
      const over = forwarded.told.then((end) => {
        finish(attempts, end)
        return { served: served(attempts, forwarded.candidate.id), failure: end }
      })
      return {
        kind: 'stream',
        frames: forwarded.frames,
        over,
        served: { ...served(attempts, forwarded.candidate.id), usd: null },
      }
    }
    default:
      return unreachable(forwarded)
  }
}

/** The vendor's own bytes where the client reads its format. */
function inClientsFormat(
  engine: AttemptEngine,
  { answer, bytes, target }: Extract<Forwarded, { kind: 'buffered' }>,
  { clientFormat, envelope }: Job,
): Uint8Array {
  if (engine.format(target.vendor.format).name === clientFormat.name) return bytes
  return Buffer.from(JSON.stringify(clientFormat.encodeAnswer(answer, envelope(target.model))))
}

/** Each once, however often it was asked. One that another target overtook has not failed. */
export const failedModels = (attempts: readonly Attempt[]): readonly ModelId[] => [
  ...new Set(attempts.flatMap(({ model, outcome }) => (hasFailed(outcome) ? [model] : []))),
]

const hasFailed = (outcome: AttemptOutcome): boolean =>
  outcome.kind === 'failed' && outcome.failure !== 'cancelled'

export function dollarsOf(attempts: readonly Attempt[]): number | null {
  const cost = sumOfCosts(attempts.map((attempt) => attempt.cost))
  return cost === null ? null : usdOf(cost)
}

export function encodeAnswerInHand(
  answer: Answer,
  { model }: Candidate,
  { format, asked }: Incoming,
  { id, time }: Decision,
  served: Served,
): EncodedReply & { readonly over: Promise<StreamOver> } {
  const envelope = envelopeOf(id, model, Date.parse(time), asked.request)
  const wanted = { stream: asked.request.stream, usage: asked.usageWanted }
  return {
    ...encodeReply(answer, format, envelope, wanted),
    over: Promise.resolve({ served, failure: null }),
  }
}
