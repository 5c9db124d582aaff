/** One consultant, within the limits of its settings: how many questions at one time, and how long each may take. */

import { type Failure, failure } from '../../domain/failure.ts'
import type { ConsultResult, Opinion, Question } from '../../domain/strategy.ts'

export type Consultant = {
  readonly ask: (question: Question, signal: AbortSignal) => Promise<ConsultResult>
  readonly close: () => Promise<void>
}

/** What came of one question, before anybody looks at the clock. */
export type Asked =
  | { readonly kind: 'said'; readonly opinion: Opinion }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** Puts one question. May throw: a function of the user's own. Settles soon after `signal` is aborted, if it can. */
export type AskOne = (question: Question, signal: AbortSignal) => Promise<Asked>

type Limits = { readonly name: string; readonly timeoutMs: number; readonly maxConcurrent: number }

/** Questions that may wait for a free place; more than that will not be answered in time. */
const mostWaiting = 256

export function consultantWithin(limits: Limits, askOne: AskOne, close: () => Promise<void>): Consultant {
  const places = placesFor(limits.maxConcurrent)
  return {
    ask: async (question, signal) => {
      const startedAt = performance.now()
      const silent = (problem: Failure): ConsultResult => ({
        kind: 'silent',
        consultant: limits.name,
        failure: problem,
      })
      const within = AbortSignal.any([signal, AbortSignal.timeout(limits.timeoutMs)])
      const place = await places.take(within)
      if (place === 'full') return silent(overloaded(limits))
      if (place === 'aborted') return silent(stopped(within, limits))
      // The place is free again when the work has ended, which may be long after anybody waited for it.
      const asked = settled(limits.name, () => askOne(question, within)).finally(places.leave)
      const result = await untilAborted(asked, within)
      if (result === null) return silent(stopped(within, limits))
      if (result.kind === 'failed') return silent(result.failure)
      const latencyMs = performance.now() - startedAt
      return { kind: 'said', consultant: limits.name, opinion: result.opinion, latencyMs }
    },
    close,
  }
}

/** What a function of the user's own throws may hold anything: its kind alone is shown. */
async function settled(name: string, work: () => Promise<Asked>): Promise<Asked> {
  try {
    return await work()
  } catch (error) {
    const kind = error instanceof Error ? error.name : typeof error
    return {
      kind: 'failed',
      failure: failure(
        'unavailable',
        `The consultant ${name} threw (${kind.slice(0, 60)}). Catch errors in it to see what they say.`,
      ),
    }
  }
}

type Places = {
  readonly take: (signal: AbortSignal) => Promise<'taken' | 'full' | 'aborted'>
  readonly leave: () => void
}

function placesFor(most: number): Places {
  let taken = 0
  const waiting = new Set<() => void>()
  return {
    take: (signal) => {
      if (signal.aborted) return Promise.resolve('aborted')
      if (taken < most) {
        taken++
        return Promise.resolve('taken')
      }
      if (waiting.size >= mostWaiting) return Promise.resolve('full')
      return new Promise((resolve) => {
        const abort = () => {
          waiting.delete(enter)
          resolve('aborted')
        }
        const enter = () => {
          signal.removeEventListener('abort', abort)
          resolve('taken')
        }
        waiting.add(enter)
        signal.addEventListener('abort', abort, { once: true })
      })
    },
    leave: () => {
      const [next] = waiting
      if (next === undefined) {
        taken--
        return
      }
      waiting.delete(next)
      next()
    },
  }
}

/** `null` as soon as the signal is aborted. */
function untilAborted(asked: Promise<Asked>, signal: AbortSignal): Promise<Asked | null> {
  if (signal.aborted) return Promise.resolve(null)
  return new Promise((resolve) => {
    const onAbort = () => resolve(null)
    signal.addEventListener('abort', onAbort, { once: true })
    void asked.then((result) => {
      signal.removeEventListener('abort', onAbort)
      resolve(result)
    })
  })
}

const overloaded = ({ name, maxConcurrent }: Limits): Failure =>
  failure(
    'overloaded',
    `${mostWaiting} questions wait for the consultant ${name} already. Make it faster, or raise its maxConcurrent (${maxConcurrent}).`,
  )

function stopped({ reason }: AbortSignal, { name, timeoutMs }: Limits): Failure {
  const timedOut = reason instanceof DOMException && reason.name === 'TimeoutError'
  return timedOut
    ? failure('timed-out', `The consultant ${name} said nothing within ${timeoutMs} ms (its timeoutMs).`)
    : failure('cancelled', 'The request was cancelled.')
}
