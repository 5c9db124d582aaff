/**
 * What clients show without saying it. Who asks the same again within minutes, or in other words, was not content with the answer;
 * who goes on says nothing. What came of the tools that an answer called says a little of it.
 */

import { LRUCache } from 'lru-cache'
import type { Decision, DecisionId, Outcome } from '../../domain/decision.ts'
import type { Feedback } from '../../domain/feedback.ts'
import type { Request } from '../../domain/request.ts'
import type { Clock } from '../../domain/transport.ts'
import type { ImplicitSettings } from '../../config/resolve-aside.ts'
import type { Asked, TelemetryEvent } from '../../telemetry/events.ts'
import type { FeedbackDesk } from '../feedback.ts'
import { feedbackOn } from './judge.ts'
import { isAside } from '../../domain/experiment.ts'
import { likeness, type Trail, trailOf } from './trail.ts'

/** Requests. */
const mostRemembered = 20_000

/** Words that are being written at one time; where a store is slower than that, more are not said. */
const mostWriting = 1_000

/** Of a message that was written again: the share of words that both have, by which it is the same question in other words. */
const leastLikeness = 0.5

const scores = { again: 0.2, reworded: 0.3, toolFailed: 0.35, toolWorked: 0.65 } as const

/** Hashes alone: tens of thousands of them are kept. */
type Past = {
  readonly decision: DecisionId
  readonly said: Pick<Trail, 'saidHash' | 'words'>
  /** Milliseconds of the gateway's clock. */
  readonly endedAt: number
  /** Another decision had the same past: which of the two is gone on with can't be told. */
  readonly shared: boolean
  /** It has been said already. */
  told: boolean
}

export type Implicit = {
  readonly take: (event: TelemetryEvent) => void
  readonly follow: (settings: ImplicitSettings | null) => void
  /** What has been seen is looked at, and what has been said is written. */
  readonly close: () => Promise<void>
}

export type ImplicitParts = {
  readonly settings: ImplicitSettings | null
  readonly feedback: Pick<FeedbackDesk, 'add'>
  readonly clock: Clock
  readonly onProblem: (error: unknown) => void
}

export function createImplicit({ settings: first, feedback, clock, onProblem }: ImplicitParts): Implicit {
  let settings = first
  const turns = new LRUCache<string, Past>({ max: mostRemembered })
  const steps = new LRUCache<string, Past>({ max: mostRemembered })

  const writing = new Set<Promise<void>>()
  let unseen: (() => void)[] = []

  const say = (past: Past, score: number, why: string): void => {
    if (past.told || writing.size >= mostWriting) return
    past.told = true
    const about = { id: past.decision }
    const row: Feedback = feedbackOn(about, 'implicit', clock, 'quality', score, why, 'implicit')
    const written = feedback.add([row]).finally(() => writing.delete(written))
    writing.add(written)
  }
  const lookAtAll = (): void => {
    const now = unseen
    unseen = []
    for (const one of now)
      try {
        one()
      } catch (error) {
        // Nobody awaits this: a bug in it must not take the process with it.
        onProblem(error)
      }
  }
  /** Off the path of the request that it is about. */
  const later = (work: () => void): void => {
    if (unseen.push(work) === 1) setImmediate(lookAtAll)
  }
  const isFresh = (past: Past | undefined, beganAt: number): past is Past =>
    past !== undefined &&
    !past.shared &&
    // What was asked while the other was still being answered is no second try.
    past.endedAt <= beganAt &&
    beganAt - past.endedAt <= (settings?.withinMs ?? 0)

  const look = ({ retries, tools }: ImplicitSettings, trail: Trail, beganAt: number): void => {
    const turn = trail.turnKey === null ? undefined : turns.get(trail.turnKey)
    if (retries && isFresh(turn, beganAt)) {
      if (turn.said.saidHash === trail.saidHash) say(turn, scores.again, 'the same was asked again')
      else if (likeness(turn.said.words, trail.words) >= leastLikeness)
        say(turn, scores.reworded, 'the same was asked again in other words')
    }
    if (!tools || trail.results === null) return
    const step = steps.get(trail.results.of)
    if (!isFresh(step, beganAt)) return
    if (trail.results.failed) say(step, scores.toolFailed, 'a tool that it called failed')
    else say(step, scores.toolWorked, 'the tools that it called did their work')
  }
  const learn = (decision: Decision, outcome: Outcome, request: Request, endedAt: number): void => {
    if (settings === null) return
    const trail = trailOf(request, decision)
    look(settings, trail, endedAt - outcome.latencyMs)
    // What came out of a cache is evidence for no model.
    if (outcome.status !== 'answered' || decision.cache !== undefined) return
    const { saidHash, words, turnKey, wholeKey } = trail
    const past = { decision: decision.id, said: { saidHash, words }, endedAt, told: false }
    if (turnKey !== null) turns.set(turnKey, { ...past, shared: false })
    const before = steps.get(wholeKey)
    const shared = before !== undefined && endedAt - before.endedAt < settings.withinMs
    steps.set(wholeKey, { ...past, shared })
  }

  return {
    take: (event) => {
      if (settings === null || event.kind !== 'finished') return
      const { decision, outcome, asked } = event
      if (!isOfUse(asked) || isAside(decision)) return
      const endedAt = clock.now()
      later(() => learn(decision, outcome, asked.request, endedAt))
    },
    follow: (changed) => {
      settings = changed
    },
    close: async () => {
      lookAtAll()
      await Promise.all(writing)
    },
  }
}

const isOfUse = (asked: Asked | undefined): asked is Asked & { readonly request: Request } =>
  asked !== undefined && asked.operation === 'chat' && asked.request !== null
