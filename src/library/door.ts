/** How a program's requests reach the gateway, and how they end: answered, failed, aborted, or cut short by `close`. */

import { failure } from '../domain/failure.ts'
import { openScope } from '../engine/attempts/interruption.ts'
import { cutShort, type Gateway, type Incoming, type Reply, type Served } from '../gateway/gateway.ts'
import { type DecisionFacts, decisionFacts } from './decision-facts.ts'
import { FairleadError } from './fairlead-error.ts'

/** A reply that is no failure. */
export type Received =
  | { readonly kind: 'buffered'; readonly bytes: Uint8Array; readonly decision: DecisionFacts }
  | ReceivedStream

export type ReceivedStream = {
  readonly kind: 'stream'
  /** Whole server-sent events. @throws FairleadError where the stream broke off, and the signal's reason where it was aborted */
  readonly frames: () => AsyncGenerator<Uint8Array, void, undefined>
  /** What it cost is known when it has ended. */
  readonly decision: () => DecisionFacts
  /** The caller's own: once it is aborted nothing more is given out. */
  readonly signal: AbortSignal | undefined
}

export type Door = {
  /** @throws FairleadError, and the signal's reason where it was aborted */
  readonly ask: (incoming: Incoming, signal: AbortSignal | undefined) => Promise<Received>
  /** Takes no more requests; waits for those that are being answered or read, and cuts the others short. */
  readonly close: (graceMs: number) => Promise<void>
}

type Call = {
  readonly controller: AbortController
  readonly release: () => void
  /** A stream that nobody has begun to read. */
  unread: boolean
}

export function createDoor(gateway: Gateway): Door {
  const calls = new Set<Call>()
  let closed = false
  let onIdle = () => {}
  const end = (call: Call): void => {
    call.release()
    calls.delete(call)
    if (calls.size === 0) onIdle()
  }
  return {
    ask: async (incoming, signal) => {
      if (closed) throw new FairleadError(closedFailure())
      signal?.throwIfAborted()
      const call: Call = { ...openScope(signal ?? neverAborted), unread: false }
      calls.add(call)
      try {
        const received = receive(await gateway.chat(incoming, call.controller.signal), call, signal, end)
        if (received.kind !== 'stream') end(call)
        return received
      } catch (error) {
        end(call)
        throw error
      }
    },
    close: async (graceMs) => {
      closed = true
      const idle = new Promise<void>((resolve) => {
        onIdle = resolve
        if (calls.size === 0) resolve()
      })
      for (const { unread, controller } of calls) if (unread) cutShort(controller)
      await within(graceMs, idle)
      for (const { controller } of calls) cutShort(controller)
      await within(lastWordsMs, idle)
    },
  }
}

/** How long what is cut short may take to end. */
const lastWordsMs = 1_000

const neverAborted = new AbortController().signal

const closedFailure = () =>
  failure('overloaded', 'This Fairlead was closed. Create another one to send requests.', { code: 'closed' })

function receive(
  reply: Reply,
  call: Call,
  signal: AbortSignal | undefined,
  end: (call: Call) => void,
): Received {
  switch (reply.kind) {
    case 'failed':
      signal?.throwIfAborted()
      throw errorOf(reply)
    case 'buffered':
      return { kind: 'buffered', bytes: reply.bytes, decision: decisionFacts(servedBy(reply)) }
    case 'stream': {
      call.unread = true
      let served = servedBy(reply)
      const over = reply.over.then((told) => {
        served = told.served
        end(call)
        return told
      })
      // A bug of the gateway's shows where the stream is read.
      over.catch(() => end(call))
      return {
        kind: 'stream',
        frames: () => readFrames({ ...reply, over }, call, signal),
        decision: () => decisionFacts(served),
        signal,
      }
    }
  }
}

async function* readFrames(
  { frames, over }: Extract<Reply, { kind: 'stream' }>,
  call: Call,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  call.unread = false
  let ended = false
  try {
    for await (const frame of frames) {
      signal?.throwIfAborted()
      yield frame
    }
    ended = true
  } finally {
    // Whoever stops reading wants no more of it.
    if (!ended) call.controller.abort()
  }
  const { failure: told, served } = await over
  if (told === null) return
  signal?.throwIfAborted()
  throw new FairleadError(told, decisionFacts(served), served.attempts)
}

/** Only a failure may come without a decision. */
function servedBy({ served }: Reply): Served {
  if (served === null) throw new Error('an answer came without a decision')
  return served
}

const errorOf = ({ failure: problem, served }: Extract<Reply, { kind: 'failed' }>): FairleadError =>
  new FairleadError(problem, served && decisionFacts(served), served?.attempts ?? [])

/** Whichever is first: the time, or `done`. */
async function within(waitMs: number, done: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const time = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitMs)
  })
  await Promise.race([time, done])
  clearTimeout(timer)
}
