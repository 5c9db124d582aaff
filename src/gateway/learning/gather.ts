/** Reads what is needed to learn from feedback: the decisions that it is about, who answered, and what had been said before. */

import { LRUCache } from 'lru-cache'
import type { Decision, DecisionId } from '../../domain/decision.ts'
import type { Feedback } from '../../domain/feedback.ts'
import type { ModelId } from '../../domain/model.ts'
import type { Store } from '../../storage/store.ts'
import { type Believed, believedOf, comesBefore, saidBefore, speaksOf } from './believed.ts'
import { taughtBy } from './lessons.ts'

/** Something that was said; the decision, where whoever took it down had it at hand. */
export type Heard = {
  readonly feedback: Feedback
  readonly decision: Decision | null
  readonly tries: number
}

/** What is believed of an answer changes by one word of feedback. */
export type Change = {
  readonly decision: Decision
  readonly model: ModelId
  readonly before: Believed | null
  readonly after: Believed | null
}

export type Gathered = {
  readonly changes: readonly Change[]
  /** About answers that have not ended, or are not written yet: to be asked for again. */
  readonly later: readonly Heard[]
}

export type Gatherer = {
  /** In the order in which it was said. */
  readonly gather: (heard: readonly Heard[], isLearnt: (decision: Decision) => boolean) => Promise<Gathered>
  /** Who answered, as it becomes known: spares a look into the store. */
  readonly answered: (decision: DecisionId, model: ModelId | null) => void
}

export type GatherStore = Pick<Store, 'decision' | 'decisions' | 'feedbackOn' | 'feedbackOnSessions'>

/** Of a session or an episode, the newest so many decisions are credited. */
const mostCredited = 200
const rememberedAnswers = 20_000
/** Words under ids of the client's own, which may be said again in place of the first. */
const rememberedWords = 20_000

type About = { readonly heard: Heard; readonly decision: Decision }

export function createGatherer(store: GatherStore): Gatherer {
  const answers = new LRUCache<string, { readonly model: ModelId | null }>({ max: rememberedAnswers })
  const words = new LRUCache<string, Feedback>({ max: rememberedWords })

  const decisionsOf = async ({ feedback, decision }: Heard): Promise<readonly Decision[] | null> => {
    const { about } = feedback
    if (about.kind === 'decision') {
      const found = decision ?? (await store.decision(about.decision))?.decision
      return found ? [found] : null
    }
    const name = about.kind === 'session' ? { session: about.session } : { episode: about.episode }
    const found = await store.decisions({ since: null, policy: null, ...name, limit: mostCredited })
    return found
      .filter((one) => speaksOf(feedback, one.decision))
      .map((one) => {
        if (one.outcome) answers.set(one.decision.id, { model: taughtBy(one.decision, one.outcome) })
        return one.decision
      })
  }
  /** `undefined`: it has not ended. */
  const modelOf = async (decision: Decision): Promise<ModelId | null | undefined> => {
    const known = answers.get(decision.id)
    if (known) return known.model
    const outcome = (await store.decision(decision.id))?.outcome
    if (!outcome) return undefined
    const model = taughtBy(decision, outcome)
    answers.set(decision.id, { model })
    return model
  }
  const saidOf = async (decisions: readonly Decision[]): Promise<readonly Feedback[]> => {
    const names = new Set<string>()
    for (const { caller } of decisions)
      for (const name of [caller?.session, caller?.episode]) if (name) names.add(name)
    const [own, others] = await Promise.all([
      store.feedbackOn(decisions.map(({ id }) => id)),
      names.size > 0 ? store.feedbackOnSessions([...names]) : [],
    ])
    return [...own, ...others]
  }
  return {
    answered: (decision, model) => void answers.set(decision, { model }),
    gather: async (heard, isLearnt) => {
      const later: Heard[] = []
      const about: About[] = []
      for (const one of heard) {
        const found = await decisionsOf(one)
        if (found === null) later.push(one)
        else for (const decision of found) if (isLearnt(decision)) about.push({ heard: one, decision })
      }
      const said = grouped(await saidOf(about.map(({ decision }) => decision)))
      const changes: Change[] = []
      let last: Heard | null = null
      for (const { heard: one, decision } of about.sort(bySaying)) {
        if (last !== null && last !== one) words.set(last.feedback.id, last.feedback)
        last = one
        const model = await modelOf(decision)
        if (model === undefined) {
          // Of a session, those that have ended are learnt from now, and others bring no word of their own.
          if (one.feedback.about.kind === 'decision') later.push(one)
          continue
        }
        if (model === null) continue
        const replaced = words.get(one.feedback.id) ?? null
        const before = saidBefore(said(decision), one.feedback, replaced)
        changes.push({
          decision,
          model,
          before: believedOf(decision, before),
          after: believedOf(decision, [...before.filter(({ id }) => id !== one.feedback.id), one.feedback]),
        })
      }
      if (last !== null) words.set(last.feedback.id, last.feedback)
      return { changes, later }
    },
  }
}

const bySaying = ({ heard: one }: About, { heard: other }: About): number =>
  one.feedback.id === other.feedback.id ? 0 : comesBefore(one.feedback, other.feedback) ? -1 : 1

/** What was said of a decision itself, of its session and of its episode. */
function grouped(said: readonly Feedback[]): (decision: Decision) => readonly Feedback[] {
  const byName = new Map<string, Feedback[]>()
  for (const one of said) {
    const name = nameOf(one)
    const known = byName.get(name)
    if (known) known.push(one)
    else byName.set(name, [one])
  }
  return ({ id, caller }) => [
    ...(byName.get(`decision ${id}`) ?? []),
    ...(byName.get(`session ${caller?.session}`) ?? []),
    ...(byName.get(`episode ${caller?.episode}`) ?? []),
  ]
}

const nameOf = ({ about }: Feedback): string => {
  switch (about.kind) {
    case 'decision':
      return `decision ${about.decision}`
    case 'session':
      return `session ${about.session}`
    case 'episode':
      return `episode ${about.episode}`
  }
}
