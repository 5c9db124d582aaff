/** All that is done beside the served path, by one configuration after another. */

import type { AsideSettings, JudgeSettings, ShadowSettings } from '../../config/resolve-aside.ts'
import type { Decision } from '../../domain/decision.ts'
import type { Clock } from '../../domain/transport.ts'
import { placeOf } from '../../experiments/assign.ts'
import type { Governor } from '../../governance/governor.ts'
import type { SharedState } from '../../storage/state/shared-state.ts'
import type { Events } from '../../telemetry/events.ts'
import type { Considered } from '../consider.ts'
import type { FeedbackDesk } from '../feedback.ts'
import type { Gateway, Incoming } from '../gateway.ts'
import type { Generation } from '../generation.ts'
import { createAsk } from './ask.ts'
import { createImplicit } from './implicit.ts'
import { createJudge, judgePurpose } from './judge.ts'
import { createLane, createRoom, createTell, type Lane, type LaneCounts } from './lane.ts'
import { openWatch, type Sample, type Watch } from './sample.ts'
import { createShadow, shadowPurpose } from './shadow.ts'

export type AsideWork = {
  /** Looks on where the decision is in a sample; `null`, as a rule: it is in none. */
  readonly watch: (
    incoming: Incoming,
    considered: Pick<Considered, 'policy'>,
    decision: Decision,
  ) => Watch | null
  /** Of each purpose: `judge`, `shadow NAME`. */
  readonly counts: () => Readonly<Record<string, LaneCounts>>
  readonly follow: (settings: AsideSettings) => Promise<void>
  readonly close: () => Promise<void>
}

/** For requests that are no conversations. */
export const noAsideWork: Pick<AsideWork, 'watch' | 'counts'> = { watch: () => null, counts: () => ({}) }

export type AsideParts = {
  readonly settings: AsideSettings
  readonly chat: Gateway['chat']
  readonly generation: () => Generation
  readonly governor: Governor
  readonly state: SharedState
  readonly events: Events
  readonly feedback: FeedbackDesk
  readonly clock: Clock
  readonly onProblem: (error: unknown) => void
}

/** What all purposes together keep of requests and answers. */
const mostBytes = 32 * 1024 * 1024

/** Of each purpose. */
const mostWaiting = 200
const atOnce = 4

/** For one grade, one shadow with its comparison. */
const limitMs = 60_000

/** How long closing waits for what is under way. */
const graceMs = 1_000

/** A purpose with its share of the decisions. */
type Purpose = {
  readonly name: string
  readonly share: number
  /** `null`: of all policies. */
  readonly policies: readonly string[] | null
  readonly lane: Lane<Sample>
}

export function openAside(parts: AsideParts): AsideWork {
  const { events, feedback, clock } = parts
  const room = createRoom(mostBytes)
  const closing = new Set<Promise<void>>()
  const implicit = createImplicit({
    settings: parts.settings.implicit,
    feedback,
    clock,
    onProblem: parts.onProblem,
  })
  const unheard = events.add({ name: 'implicit feedback', take: implicit.take })
  let purposes = purposesOf(parts.settings, parts, room)
  const retire = async (retired: readonly Purpose[]): Promise<void> => {
    await Promise.all(retired.map(({ lane }) => lane.close(graceMs)))
  }
  return {
    watch: (incoming, { policy }, decision) => {
      if (purposes.length === 0 || decision.cache !== undefined) return null
      const wanted = purposes.filter((one) => isIn(one, decision))
      if (wanted.length === 0) return null
      return openWatch({ incoming, policy, decision }, (sample, bytes) => {
        for (const { lane } of wanted) lane.offer(sample, bytes)
      })
    },
    counts: () => Object.fromEntries(purposes.map(({ name, lane }) => [name, lane.counts()])),
    follow: async (settings) => {
      const before = purposes
      purposes = purposesOf(settings, parts, room)
      implicit.follow(settings.implicit)
      // What waits by the old settings is let go; nobody waits for what is under way.
      const retired = retire(before).finally(() => closing.delete(retired))
      closing.add(retired)
    },
    close: async () => {
      unheard()
      const last = purposes
      purposes = []
      await Promise.all([implicit.close(), retire(last), ...closing])
    },
  }
}

/** By a hash of the purpose and the decision: purposes draw apart from each other, and every process draws alike. */
const isIn = ({ name, share, policies }: Purpose, { id, policy, askedModel }: Decision): boolean =>
  (policies === null || policies.includes(policy) || policies.includes(askedModel)) &&
  (share >= 1 || placeOf(name, id) < share)

type Room = ReturnType<typeof createRoom>

function purposesOf({ judge, shadows }: AsideSettings, parts: AsideParts, room: Room): readonly Purpose[] {
  const ask = createAsk(parts)
  const graded = judge === null ? null : judgeOf(judge, { ...parts, ask })
  return [
    ...(judge === null || graded === null || judge.share === 0
      ? []
      : [
          {
            name: judgePurpose,
            share: judge.share,
            policies: judge.policies,
            lane: laneOf(graded.judge.grade, graded.tell, room),
          },
        ]),
    ...shadows.map((settings) => shadowPurposeOf(settings, { ...parts, ask }, graded?.judge ?? null, room)),
  ]
}

type WithAsk = AsideParts & { readonly ask: ReturnType<typeof createAsk> }

function judgeOf(settings: JudgeSettings, parts: WithAsk) {
  const tell = createTell('the judge', parts.onProblem)
  return { tell, judge: createJudge({ ...parts, settings, tell }) }
}

function shadowPurposeOf(
  settings: ShadowSettings,
  parts: WithAsk,
  judge: ReturnType<typeof createJudge> | null,
  room: Room,
): Purpose {
  const name = shadowPurpose(settings.name)
  const tell = createTell(name, parts.onProblem)
  const shadow = createShadow({ ...parts, settings, judge, tell })
  return { name, share: settings.share, policies: [settings.policy], lane: laneOf(shadow, tell, room) }
}

const laneOf = (
  work: (sample: Sample, signal: AbortSignal) => Promise<void>,
  tell: (why: string) => void,
  room: Room,
): Lane<Sample> => createLane({ work, tell, room, atOnce, mostWaiting, limitMs })
