/** What clients say of answers: read, checked, and written down in batches. */

import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Decision, DecisionId } from '../domain/decision.ts'
import { type Failure, failure } from '../domain/failure.ts'
import type { Feedback, FeedbackId } from '../domain/feedback.ts'
import type { Clock } from '../domain/transport.ts'
import type { Identity } from '../governance/key-ring.ts'
import type { Store } from '../storage/store.ts'
import type { Events } from '../telemetry/events.ts'

/** What was taken down, for whoever sent it. */
export type Received = { readonly kind: 'received'; readonly feedback: readonly Feedback[] }

/** Who says it: a client with its key or without one, or the program that Fairlead is a part of, which may speak of everything. */
export type Speaker = Identity | 'program' | null

export type FeedbackDesk = {
  /** It is written before this resolves. A failure names what is wrong with it. */
  readonly receive: (body: unknown, speaker: Speaker) => Promise<Received | Failure>
  /** Feedback that Fairlead makes itself: by judges, or from what clients do. What can't be written is told of and dropped. */
  readonly add: (feedback: readonly Feedback[], decision?: Decision) => Promise<void>
}

const text = z.string().trim().min(1).max(200)
const score = z.number().min(0).max(1)

const bodySchema = z
  .strictObject({
    id: text.optional().describe('Of this word: sent again, it takes the place of the earlier one.'),
    decision: text.optional(),
    session: text.optional(),
    episode: text.optional(),
    metric: text.default('quality'),
    score: score.optional(),
    value: z.union([z.boolean(), score]).optional(),
    rating: z.enum(['up', 'down']).optional(),
    over: text.optional().describe('Another decision, whose answer was found worse.'),
    comment: z.string().max(10_000).optional(),
    correction: z.string().max(200_000).optional(),
    author: text.optional(),
  })
  .refine(
    ({ decision, session, episode }) =>
      [decision, session, episode].filter((one) => one !== undefined).length === 1,
    {
      error: 'name one of decision, session and episode',
    },
  )
  .refine(
    ({ score: given, value, rating, over, comment, correction }) =>
      [given, value, rating, over, comment, correction].some((one) => one !== undefined),
    { error: 'say something: score (0 to 1), value, rating, over, comment or correction' },
  )
  .refine(({ over, decision }) => over === undefined || decision !== undefined, {
    error: 'over compares decisions: name one in decision',
  })

type Body = z.output<typeof bodySchema>

/** So many are being looked up and written at one time; more are asked to come again. */
const mostAtOnce = 256

export type FeedbackParts = {
  readonly store: Pick<Store, 'decision' | 'addFeedback'>
  readonly events: Events
  readonly clock: Clock
  /** Writes what is queued of decisions: feedback may be quicker than they are. */
  readonly flush: () => Promise<void>
  readonly onProblem: (error: unknown) => void
}

export function createFeedbackDesk({ store, events, clock, flush, onProblem }: FeedbackParts): FeedbackDesk {
  let under = 0
  const decisionOf = async (id: string): Promise<Decision | null> => {
    const found = await store.decision(id as DecisionId)
    if (found) return found.decision
    await flush()
    return (await store.decision(id as DecisionId))?.decision ?? null
  }
  const write = async (rows: readonly Feedback[], decisions: readonly (Decision | null)[]): Promise<void> => {
    await store.addFeedback(rows)
    for (const [index, feedback] of rows.entries()) {
      const decision = decisions[index]
      events.emit({ kind: 'feedback', feedback, ...(decision && { decision }) })
    }
  }
  const receive = async (body: unknown, speaker: Speaker): Promise<Received | Failure> => {
    const parsed = bodySchema.safeParse(body)
    if (!parsed.success) return unreadable(parsed.error)
    const entry = parsed.data
    const ids = [entry.decision, entry.over].filter((id) => id !== undefined)
    const decisions: Decision[] = []
    for (const id of ids) {
      const decision = await decisionOf(id)
      // Another key's decisions are nobody else's to know of.
      if (decision === null || !mayJudge(decision, speaker)) return unknownDecision(id)
      decisions.push(decision)
    }
    const rows = rowsOf(entry, speaker, clock.wall().toISOString())
    await write(rows, decisions)
    return { kind: 'received', feedback: rows }
  }
  return {
    receive: async (body, speaker) => {
      if (under >= mostAtOnce) return tooMuch()
      under++
      try {
        return await receive(body, speaker)
      } catch (error) {
        onProblem(error)
        return notWritten()
      } finally {
        under--
      }
    },
    add: async (rows, decision) => {
      try {
        await write(
          rows,
          rows.map(() => decision ?? null),
        )
      } catch (error) {
        onProblem(error)
      }
    },
  }
}

const mayJudge = ({ caller }: Decision, speaker: Speaker): boolean =>
  !caller?.key || speaker === 'program' || caller.key === speaker?.key.id

/** A comparison says something of two answers. */
function rowsOf(entry: Body, speaker: Speaker, at: string): readonly Feedback[] {
  const common = {
    at,
    source: 'client' as const,
    metric: entry.metric,
    comment: entry.comment ?? null,
    correction: entry.correction ?? null,
    author: [authorOf(speaker), entry.author].filter((one) => one !== undefined).join(' '),
  }
  const first: Feedback = {
    ...common,
    id: entry.id === undefined ? newFeedbackId() : (`${authorOf(speaker)} ${entry.id}` as FeedbackId),
    about: aboutOf(entry),
    score: scoreIn(entry),
  }
  if (entry.over === undefined) return [first]
  const worse: Feedback = {
    ...common,
    id: `${first.id}-over` as FeedbackId,
    about: { kind: 'decision', decision: entry.over as DecisionId },
    score: 0,
    comment: null,
    correction: null,
  }
  return [{ ...first, score: first.score ?? 1 }, worse]
}

/** Whose word it is: the key comes first, so that nobody speaks for another, or takes back what another said. */
const authorOf = (speaker: Speaker): string =>
  speaker === 'program' ? 'program' : (speaker?.key.id ?? 'anonymous')

function aboutOf({ decision, session, episode }: Body): Feedback['about'] {
  if (decision !== undefined) return { kind: 'decision', decision: decision as DecisionId }
  if (session !== undefined) return { kind: 'session', session }
  return { kind: 'episode', episode: episode ?? '' }
}

function scoreIn({ score: given, value, rating, over }: Body): number | null {
  if (given !== undefined) return given
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value !== undefined) return value
  if (rating !== undefined) return rating === 'up' ? 1 : 0
  return over === undefined ? null : 1
}

export const newFeedbackId = (): FeedbackId => `fb_${randomBytes(9).toString('base64url')}` as FeedbackId

const unreadable = (error: z.ZodError): Failure =>
  failure(
    'rejected',
    error.issues
      .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
      .join('; '),
    { code: 'invalid_feedback' },
  )

const unknownDecision = (id: string): Failure =>
  failure(
    'rejected',
    `There is no decision ${JSON.stringify(id.slice(0, 100))} of yours. The header x-fairlead-decision of a reply has its id.`,
    { code: 'not_found', param: 'decision' },
  )

const tooMuch = (): Failure =>
  failure('rate-limited', 'Too much feedback is coming in at once. Send it again in a moment.', {
    retryAfterMs: 1_000,
  })

const notWritten = (): Failure =>
  failure('unavailable', 'The feedback could not be written down. Send it again in a moment.', {
    code: 'store_unavailable',
    retryAfterMs: 1_000,
  })
