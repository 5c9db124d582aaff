/** Reads what is needed to learn from feedback: the decisions that it is about, who answered, and what had been said before. */

import { LRUCache } from 'lru-cache'
import type { Decision, DecisionId } from '../../domain/decision.ts'
import { aboutName, type Feedback } from '../../domain/feedback.ts'
import { groupBy } from '../../domain/group-by.ts'
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
  /** It will not be learnt: what takes its place later has nothing to take back. */
  readonly passOver: (feedback: Feedback) => void
  /** Who answered, as it becomes known: spares a look into the store. */
  readonly answered: (decision: DecisionId, model: ModelId | null) => void
}

export type GatherStore = Pick<Store, 'decision' | 'decisions' | 'feedbackOn' | 'feedbackOnSessions'>

/** Of a session or an episode, the newest so many decisions are credited. */
const mostCredited = 200
const rememberedAnswers = 20_000
/** Words under ids of the client's own, which may be said again in place of the first. */
const rememberedWords = 20_000

type About = { readonly decision: Decision; readonly words: Heard[] }

export function createGatherer(store: GatherStore): Gatherer {
  const answers = new LRUCache<string, { readonly model: ModelId | null }>({ max: rememberedAnswers })
  const words = new LRUCache<string, Feedback>({ max: rememberedWords })
  const passed = new LRUCache<string, true>({ max: rememberedWords })

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
    passOver: (feedback) => void passed.set(wordOf(feedback), true),
    answered: (decision, model) => void answers.set(decision, { model }),
    gather: async (heard, isLearnt) => {
      const later: Heard[] = []
      const about = new Map<DecisionId, About>()
      for (const one of heard) {
        const found = await decisionsOf(one)
        if (found === null) later.push(one)
        for (const decision of found ?? []) {
          if (!isLearnt(decision)) continue
          const known = about.get(decision.id)
          if (known) known.words.push(one)
          else about.set(decision.id, { decision, words: [one] })
        }
      }
      const said = grouped(await saidOf([...about.values()].map(({ decision }) => decision)))
      const changes: Change[] = []
      for (const { decision, words: own } of about.values()) {
        const model = await modelOf(decision)
        // Of a session, those that have ended are learnt from now, and others bring no word of their own.
        if (model === undefined)
          later.push(...own.filter(({ feedback }) => feedback.about.kind === 'decision'))
        if (model == null) continue
        const rows = said(decision).filter((word) => !passed.has(wordOf(word)))
        for (const { before, after } of steps(
          decision,
          own.map(({ feedback }) => feedback),
          rows,
          words,
        ))
          changes.push({ decision, model, before, after })
      }
      const again = new Set(later)
      // Only what is handed on as a whole was learnt.
      for (const one of [...heard].sort(bySaying))
        if (!again.has(one)) words.set(one.feedback.id, one.feedback)
      return { changes, later }
    },
  }
}

/**
 * What these words change, one after another, given all that was said. Words that follow each other with no other between them are
 * one step: of a thousand that come at once the answer is judged twice, and not two thousand times.
 */
function steps(
  decision: Decision,
  own: readonly Feedback[],
  said: readonly Feedback[],
  words: Pick<Map<string, Feedback>, 'get'>,
): readonly Pick<Change, 'before' | 'after'>[] {
  const inOrder = [...own].sort((a, b) => (comesBefore(a, b) ? -1 : 1))
  const ids = new Set(inOrder.map(({ id }) => id))
  const others = said.filter(({ id }) => !ids.has(id)).sort((a, b) => (comesBefore(a, b) ? -1 : 1))
  const now = new Map<string, Feedback>()
  const earlier = (id: Feedback['id']): Feedback | null => now.get(id) ?? words.get(id) ?? null
  const found: Pick<Change, 'before' | 'after'>[] = []
  let next = 0
  let other = 0
  while (next < inOrder.length) {
    const first = inOrder[next]!
    while (other < others.length && comesBefore(others[other]!, first)) other++
    const end = others[other]
    const stood = new Map(saidBefore(said, first, earlier).map((one) => [one.id, one]))
    const before = believedOf(decision, [...stood.values()])
    for (; next < inOrder.length && (!end || comesBefore(inOrder[next]!, end)); next++) {
      const word = inOrder[next]!
      now.set(word.id, word)
      // Of an author's words the one that stands last counts where two were said in one moment.
      stood.delete(word.id)
      stood.set(word.id, word)
    }
    found.push({ before, after: believedOf(decision, [...stood.values()]) })
  }
  return found
}

const wordOf = ({ id, at }: Feedback): string => `${id} ${at}`

const bySaying = ({ feedback: one }: Heard, { feedback: other }: Heard): number =>
  comesBefore(one, other) ? -1 : comesBefore(other, one) ? 1 : 0

/** What was said of a decision itself, of its session and of its episode. */
function grouped(said: readonly Feedback[]): (decision: Decision) => readonly Feedback[] {
  const byName = groupBy(said, ({ about }) => aboutName(about))
  return ({ id, caller }) => [
    ...(byName.get(`decision ${id}`) ?? []),
    ...(byName.get(`session ${caller?.session}`) ?? []),
    ...(byName.get(`episode ${caller?.episode}`) ?? []),
  ]
}
