import type { Job } from '../call-target.ts'
import type { Forwarded, Opened } from '../forward.ts'
import type { Scope } from '../interruption.ts'
import { RecoveringStream } from './recovering-stream.ts'

type OpenedStream = Extract<Opened, { kind: 'stream' }>

/** What the client gets of a stream that has had its first content: to the end, by as many targets as that takes. */
export function recoverStream(opened: OpenedStream, job: Job, scope: Scope): Forwarded {
  const { candidate, target, attempts } = opened
  const frames = new RecoveringStream(opened, job, scope)
  const told = frames.ended
  return {
    kind: 'stream',
    candidate,
    target,
    frames,
    told,
    done: told.then(() => attempts.at(-1)!),
    attempts,
  }
}
