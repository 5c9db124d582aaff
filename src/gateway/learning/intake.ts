/**
 * What is to be learnt, on its way from the events into the books. Taking it costs a place in a list; the work is done in batches
 * beside the requests, and where more comes than can be learnt, the rest is dropped and counted.
 */

import { setTimeout as pause } from 'node:timers/promises'
import type { Decision, Outcome } from '../../domain/decision.ts'
import { aboutName } from '../../domain/feedback.ts'
import type { Increment, Lesson } from '../../domain/learner.ts'
import type { Sink } from '../../telemetry/events.ts'
import type { Book } from './book.ts'
import { createGatherer, type GatherStore, type Heard } from './gather.ts'
import { dollarLesson, qualityLessons, taughtBy } from './lessons.ts'
import { addTallies, noTally, type Tally } from './tally.ts'

export type Intake = {
  readonly sink: Sink
  readonly counts: () => IntakeCounts
  /** The last words of feedback that changed something, newest first. */
  readonly changes: (policy: string) => readonly LearntChange[]
  /** Learns what has come by now. */
  readonly settled: () => Promise<void>
  readonly close: () => Promise<void>
}

export type IntakeCounts = {
  readonly waiting: number
  /** Came when too much was waiting. */
  readonly dropped: number
  /** Was about an answer that never ended, as far as is known here. */
  readonly unanswered: number
}

export type LearntChange = {
  /** ISO 8601, UTC: when it was said. */
  readonly at: string
  readonly decision: string
  readonly model: string
  /** 0 to 1; `null`: nothing was said of it, or nothing is any more. */
  readonly before: number | null
  readonly after: number | null
}

export type IntakeParts = {
  readonly store: GatherStore
  /** The book that a decision is a lesson for; `null`: none. */
  readonly bookOf: (decision: Decision) => Book | null
  /** Whether any policy learns: feedback on sessions is passed over where none does. */
  readonly anyLearns: () => boolean
  readonly onProblem: (error: unknown) => void
  /** After each batch. */
  readonly onLearnt: () => Promise<void>
  readonly most?: number
}

type Finished = { readonly decision: Decision; readonly outcome: Outcome }

const mostWaiting = 20_000
/** Words that are learnt at one go, about so many things: those about one answer cost little more than one. */
const batchWords = 2_000
const batchThings = 25
const batchOutcomes = 200
/** Feedback is often quicker than the record: what it is about is written by then. */
const gatherMs = 100
const retryMs = 1_000
const mostTries = 30
const mostRestMs = 100
/** Whoever shuts down does not wait for longer. */
const mostCloseMs = 5_000
const changesKept = 20

export function createIntake(parts: IntakeParts): Intake {
  const { store, bookOf, anyLearns, onProblem, onLearnt, most = mostWaiting } = parts
  const gatherer = createGatherer(store)
  const changes = new Map<string, LearntChange[]>()
  let heard: Heard[] = []
  const finished: Finished[] = []
  let later: Heard[] = []
  let [dropped, unanswered] = [0, 0]
  let timer: NodeJS.Timeout | null = null
  let busy: Promise<void> | null = null
  let closed = false
  let lastAt = Number.POSITIVE_INFINITY
  const waiting = (): number => heard.length + finished.length + later.length

  const schedule = (waitMs: number): void => {
    if (timer !== null || closed) return
    timer = setTimeout(() => {
      timer = null
      void settled()
    }, waitMs)
    timer.unref()
  }
  const room = (): boolean => {
    if (waiting() < most) return true
    dropped++
    return false
  }
  const note = (policy: string, change: LearntChange): void => {
    changes.set(policy, [change, ...(changes.get(policy) ?? [])].slice(0, changesKept))
  }
  const learnDollars = (batch: readonly Finished[], gains: Gains): void => {
    for (const { decision, outcome } of batch) {
      const book = bookOf(decision)
      const lesson = book && dollarLesson(decision, outcome)
      if (lesson) gains.add(book, lesson)
    }
  }
  const learnQuality = async (batch: readonly Heard[], gains: Gains): Promise<void> => {
    const gathered = await gatherer.gather(batch, (decision) => bookOf(decision) !== null)
    for (const { decision, model, before, after } of gathered.changes) {
      const book = bookOf(decision)
      const lessons = book ? qualityLessons(decision, model, before, after) : []
      for (const lesson of lessons) gains.add(book!, lesson)
      if (lessons.length === 0) continue
      const at = new Date().toISOString()
      const said = {
        at,
        decision: decision.id,
        model,
        before: before?.score ?? null,
        after: after?.score ?? null,
      }
      note(decision.policy, said)
    }
    for (const one of gathered.later)
      if (one.tries >= mostTries) {
        unanswered++
        gatherer.passOver(one.feedback)
      } else later.push({ ...one, tries: one.tries + 1 })
  }
  const batch = async (): Promise<void> => {
    const gains = createGains()
    const { taken, left } = takeBatch(heard)
    heard = left
    const ended = finished.splice(0, batchOutcomes)
    learnDollars(ended, gains)
    try {
      await learnQuality(taken, gains)
    } catch (error) {
      // The store can't be read now: what was said is in it, and is asked for again.
      onProblem(error)
      later.push(
        ...taken.filter(({ tries }) => tries < mostTries).map((one) => ({ ...one, tries: one.tries + 1 })),
      )
    }
    gains.put()
  }
  const drain = async (): Promise<void> => {
    heard.push(...later)
    later = []
    while ((heard.length > 0 || finished.length > 0) && performance.now() < lastAt) {
      const begun = performance.now()
      await batch()
      // Requests go first: of a flood no more is learnt than half of the time allows.
      await pause(closed ? 0 : Math.min(mostRestMs, performance.now() - begun))
    }
    await onLearnt()
  }
  const settled = async (): Promise<void> => {
    while (busy !== null) await busy
    busy = drain()
      .catch(onProblem)
      .finally(() => {
        busy = null
        if (later.length > 0) schedule(retryMs)
      })
    await busy
  }
  return {
    sink: {
      name: 'learning',
      take: (event) => {
        if (event.kind === 'finished') {
          const { decision, outcome } = event
          if (decision.features === undefined || bookOf(decision) === null) return
          gatherer.answered(decision.id, taughtBy(decision, outcome))
          if (room()) finished.push({ decision, outcome })
          schedule(gatherMs)
        } else if (event.kind === 'feedback') {
          const { feedback, decision = null } = event
          if (feedback.metric !== 'quality') return
          const concerns =
            decision === null ? anyLearns() : decision.features !== undefined && bookOf(decision)
          if (!concerns) return
          if (room()) heard.push({ feedback, decision, tries: 0 })
          else gatherer.passOver(feedback)
          schedule(gatherMs)
        }
      },
    },
    counts: () => ({ waiting: waiting(), dropped, unanswered }),
    changes: (policy) => changes.get(policy) ?? [],
    settled,
    close: async () => {
      closed = true
      if (timer !== null) clearTimeout(timer)
      lastAt = performance.now() + mostCloseMs
      await settled()
      const left = heard.length + finished.length
      if (left > 0) onProblem(new Error(`${left} lessons were too many to be learnt while closing.`))
    },
  }
}

/** Words about the first things that wait, all that there are of these: what was said of one thing is read once. */
function takeBatch(heard: readonly Heard[]): { readonly taken: readonly Heard[]; readonly left: Heard[] } {
  const things = new Set<string>()
  const taken: Heard[] = []
  const left: Heard[] = []
  for (const one of heard) {
    const thing = aboutName(one.feedback.about)
    if (things.size < batchThings) things.add(thing)
    if (taken.length < batchWords && things.has(thing)) taken.push(one)
    else left.push(one)
  }
  return { taken, left }
}

type Gains = {
  readonly add: (book: Book, lesson: Lesson) => void
  readonly put: () => void
}

type Gain = { readonly arms: Map<string, Float64Array>; tally: Tally }

/** The increments of a batch, added up before they change what turns are given. */
function createGains(): Gains {
  const gains = new Map<Book, Gain>()
  return {
    add: (book, lesson) => {
      const increment = book.learner.learn(lesson)
      if (increment === null) return
      const gain = gains.get(book) ?? { arms: new Map(), tally: noTally }
      gains.set(book, gain)
      addInto(gain.arms, increment)
      gain.tally = addTallies(gain.tally, tallyOf(lesson))
    },
    put: () => {
      for (const [book, { arms, tally }] of gains) {
        for (const [arm, add] of arms) book.add({ arm, add }, noTally)
        book.add(null, tally)
      }
      gains.clear()
    },
  }
}

function addInto(arms: Map<string, Float64Array>, { arm, add }: Increment): void {
  const before = arms.get(arm)
  if (before === undefined) arms.set(arm, Float64Array.from(add))
  else for (let place = 0; place < add.length; place++) before[place]! += add[place]!
}

const tallyOf = ({ quality, usd, weight }: Lesson): Tally => ({
  lessons: quality === null ? 0 : weight,
  quality: quality === null ? 0 : weight * quality,
  billed: usd === null ? 0 : weight,
  usd: usd === null ? 0 : weight * usd,
})
