import { describe, expect, it } from 'vitest'
import { aDecision, anAttempt, anOutcome } from '../../../test/support/a-decision.ts'
import { aFeedback } from '../../../test/support/a-feedback.ts'
import type { DecisionId } from '../../domain/decision.ts'
import type { Feedback } from '../../domain/feedback.ts'
import { modelId } from '../../domain/model.ts'
import { microUsd } from '../../domain/money.ts'
import { nobody } from '../../domain/virtual-key.ts'
import { gradedFrom } from './graded-decision.ts'
import { rowsOfLog } from './rows-of-log.ts'

const small = modelId('acme/small')
const large = modelId('acme/large')

describe('the rows of a log', () => {
  it('hold what was chosen, with which probability, what it cost and how good it was', () => {
    const decision = aDecision({ propensity: 0.4, caller: { ...nobody, session: 's-1' } })
    const { rows } = rowsOfLog([{ decision, outcome: anOutcome(), quality: 0.75 }])
    expect(rows).toEqual([
      {
        id: 'd-1',
        unit: 's-1',
        chosen: 0,
        actions: [
          {
            model: small,
            predicted: { quality: 0.81, usd: 0.00012 },
            seen: { propensity: 0.4, quality: 0.75, feedbackProbability: 1, usd: 0.00012 },
          },
          { model: large, predicted: { quality: 0.93, usd: null }, seen: null },
        ],
      },
    ])
  })

  it('weigh feedback by how often prompts as hard as that are graded', () => {
    const { signals } = aDecision()
    const log = Array.from({ length: 400 }, (_, place) => {
      const isHard = place % 2 === 0
      const decision = aDecision({
        id: `d-${place}`,
        signals: { ...signals, complexity: isHard ? 0.9 : 0.1 },
      })
      return { decision, outcome: anOutcome(), quality: isHard || place % 8 === 1 ? 1 : null }
    })
    const { rows } = rowsOfLog(log)
    const chanceOn = (place: number) => rows[place]!.actions[0]!.seen!.feedbackProbability
    // Of 200 hard ones all, of as many easy ones a quarter, each with 20 as they are graded altogether.
    expect(chanceOn(0)).toBeCloseTo((200 + 20 * 0.625) / 220, 12)
    expect(chanceOn(1)).toBeCloseTo((50 + 20 * 0.625) / 220, 12)
  })

  it('leave out what is evidence for nothing, and count it', () => {
    const of = (id: string, changes = {}, outcome: ReturnType<typeof anOutcome> | null = anOutcome()) => ({
      decision: aDecision({ id, ...changes }),
      outcome,
      quality: 1,
    })
    const { rows, leftOut } = rowsOfLog([
      of('kept'),
      of('direct', { policyVersion: 'direct acme/small' }),
      of('cached', { cache: 'exact' }),
      of('refused', { chosen: null }),
      of('judge', { chosen: modelId('acme/judge') }),
      of('open', {}, null),
      of('gone', {}, anOutcome({ status: 'cancelled' })),
    ])
    expect(rows.map(({ id }) => id)).toEqual(['kept'])
    expect(leftOut).toEqual({
      'asked for a model by its own name': 1,
      'answered from a cache': 1,
      refused: 1,
      'answered by a model that was asked for its opinion only': 1,
      'without an outcome': 1,
      'cancelled by the client': 1,
    })
  })

  it('leave out decisions that a conversation had made already', () => {
    const caller = { ...nobody, session: 's-1' }
    const [first, other] = aDecision().candidates
    const of = (id: string, minute: number, candidates: readonly (typeof first)[]) => ({
      decision: aDecision({
        id,
        caller,
        refused: [],
        time: `2026-03-01T10:0${minute}:00.000Z`,
        candidates: candidates.map((one) => one!),
      }),
      outcome: anOutcome(),
      quality: 1,
    })
    const { rows, leftOut } = rowsOfLog([
      of('pinned', 2, [first]),
      of('begun', 1, [first, other]),
      {
        ...of('elsewhere', 3, [first]),
        decision: aDecision({ id: 'elsewhere', refused: [], candidates: [first!] }),
      },
    ])
    expect(rows.map(({ id }) => id)).toEqual(['begun', 'elsewhere'])
    expect(leftOut).toEqual({ 'held to the model of their session': 1 })
  })

  it('say where no propensity is on record', () => {
    for (const propensity of [0, Number.NaN, undefined as unknown as number]) {
      const { rows } = rowsOfLog([{ decision: aDecision({ propensity }), outcome: anOutcome(), quality: 1 }])
      expect(rows[0]!.actions[0]!.seen!.propensity).toBeNull()
    }
  })

  it('count a failure as an answer of no worth, which nobody has to grade', () => {
    const failed = anOutcome({ status: 'failed', failure: 'timed-out', model: null })
    const { rows, graded } = rowsOfLog([{ decision: aDecision(), outcome: failed, quality: null }])
    expect(rows[0]!.actions[0]!.seen).toMatchObject({ quality: 0, feedbackProbability: 1 })
    expect(graded).toBe(0)
  })

  it('give each answer of a cascade to the model that gave it, with what it alone cost', () => {
    const usage = anAttempt().usage
    const decision = aDecision({
      chosen: large,
      trace: {
        driver: 'live',
        steps: [
          {
            kind: 'ask',
            until: 'all',
            calls: [
              {
                model: small,
                result: {
                  kind: 'answered',
                  finish: { kind: 'stop', raw: 'stop' },
                  usage,
                  usd: 0.0001,
                  latencyMs: 9,
                },
              },
            ],
          },
        ],
        end: {
          kind: 'forward',
          models: [large],
          rewritten: false,
          because: 'not sure enough',
          propensity: 1,
        },
      },
    })
    const outcome = anOutcome({
      model: large,
      cost: microUsd(0.0101),
      attempts: [anAttempt({ cost: microUsd(0.0001) }), anAttempt({ model: large, cost: microUsd(0.01) })],
    })
    const { rows } = rowsOfLog([{ decision, outcome, quality: 0.9, gradedModels: new Map([[small, 0.3]]) }])
    expect(rows[0]!.actions.map(({ seen }) => seen && [seen.quality, seen.usd])).toEqual([
      [0.3, 0.0001],
      [0.9, 0.01],
    ])
  })
})

describe('scores', () => {
  let count = 0
  const said = (about: Feedback['about'], score: number | null, changes: Partial<Feedback> = {}): Feedback =>
    aFeedback({
      id: `f-${count++}`,
      about,
      at: '2026-03-01T11:00:00.000Z',
      score,
      author: 'client',
      ...changes,
    })
  const on = (id: string): Feedback['about'] => ({ kind: 'decision', decision: id as DecisionId })

  const graded = async (own: readonly Feedback[], shared: readonly Feedback[] = []) => {
    const log = { feedbackOn: async () => own, feedbackOnSessions: async () => shared }
    const caller = { ...nobody, session: 's-1', episode: 'e-1' }
    const [found] = await gradedFrom(log, [{ decision: aDecision({ caller }), outcome: anOutcome() }])
    return found!.quality
  }

  it('are an author’s last, and the mean of several authors’', async () => {
    const early = said(on('d-1'), 0.2, { at: '2026-03-01T10:30:00.000Z' })
    const late = said(on('d-1'), 0.8)
    expect(await graded([late, early])).toBe(0.8)
    expect(await graded([late, said(on('d-1'), 0.4, { author: 'judge' })])).toBeCloseTo(0.6, 12)
    expect(await graded([said(on('d-1'), null), said(on('d-1'), 1, { metric: 'speed' })])).toBeNull()
  })

  it('of a session or episode count where a decision has none of its own', async () => {
    const session = said({ kind: 'session', session: 's-1' }, 0.5)
    const episode = said({ kind: 'episode', episode: 'e-1' }, 0.1)
    expect(await graded([], [episode, session])).toBe(0.5)
    expect(await graded([], [episode])).toBe(0.1)
    expect(await graded([said(on('d-1'), 1)], [session])).toBe(1)
  })
})
