import { describe, expect, test } from 'vitest'
import { aDecision, anOutcome } from '../../../../test/support/a-decision.ts'
import type { Decision } from '../../../domain/decision.ts'
import type { Feedback, FeedbackId } from '../../../domain/feedback.ts'
import { modelId } from '../../../domain/model.ts'
import { seededDraw } from '../../../domain/random.ts'
import { openSqliteStore } from '../../../storage/sqlite/sqlite-store.ts'
import type { Store } from '../../../storage/store.ts'
import { createCalibration } from './calibration.ts'
import { correct, type Correction } from './correction.ts'
import { withCorrection } from './graded.ts'
import type { CalibrationRules } from './rules.ts'
import { calibrationHistory, rollBackCalibration } from './state.ts'

const small = modelId('acme/small')
const rules: CalibrationRules = { everyMs: 1_000, minGraded: 300, laterShare: 0.3, canary: null }
const beganAt = Date.parse('2026-03-01T00:00:00Z')

/** Decisions of a small model that is said to be right four times in five, and is as often as `truth` says. */
async function serveAndGrade(
  store: Store,
  from: number,
  count: number,
  truth: number,
  served: (unit: string) => Correction | null = () => null,
): Promise<void> {
  const draw = seededDraw(`truth ${from}`)
  const [decisions, outcomes, feedback] = [
    [] as Decision[],
    [] as ReturnType<typeof anOutcome>[],
    [] as Feedback[],
  ]
  for (let n = from; n < from + count; n++) {
    const id = `d-${n}`
    const session = `s-${n}`
    const time = new Date(beganAt + (n + 1) * 1_000).toISOString()
    const by = served(session)
    const mean = by === null ? 0.8 : correct(by.model, small, 'code', 0.8)
    const [first, ...others] = aDecision().candidates
    decisions.push(
      aDecision({
        id,
        time,
        policyVersion: withCorrection('v', by?.version ?? null),
        caller: { key: null, team: null, project: null, user: null, tags: [], session, episode: null },
        candidates: [{ ...first!, quality: { mean, deviation: 0.05 } }, ...others],
      }),
    )
    outcomes.push(anOutcome({ decision: id }))
    feedback.push({
      id: `fb-${n}` as FeedbackId,
      about: { kind: 'decision', decision: id as Decision['id'] },
      at: time,
      source: 'client',
      metric: 'quality',
      score: draw() < truth ? 1 : 0,
      comment: null,
      correction: null,
      author: 'anonymous',
    })
  }
  await store.append({ decisions, outcomes })
  await store.addFeedback(feedback)
}

async function opened(changes: Partial<CalibrationRules> = {}, startsOn = true) {
  let on = startsOn
  const store = await openSqliteStore({ path: ':memory:' })
  const calibration = createCalibration({
    store,
    state: { publish: () => {} },
    clock: { wall: () => new Date(beganAt) },
    rules: () => (on ? { ...rules, ...changes } : null),
  })
  await calibration.over('artefact')
  const turn = (to: boolean) => {
    on = to
  }
  return { store, calibration, turn }
}

describe('the calibration', () => {
  test('corrects nothing while there is too little to go by, and nothing that is right', async () => {
    const { store, calibration } = await opened()
    await serveAndGrade(store, 0, 100, 0.3)
    await calibration.tick()
    expect((await calibrationHistory(store)).map(({ why }) => why)).toEqual(['begun'])
    await store.close()

    const right = await opened()
    await serveAndGrade(right.store, 0, 600, 0.8)
    await right.calibration.tick()
    expect((await calibrationHistory(right.store))[0]).toMatchObject({ why: 'not-better', live: null })
    expect(right.calibration.correction('artefact', 'x')).toBe(null)
    // Without new answers it is not looked at again.
    await right.calibration.tick()
    expect(await calibrationHistory(right.store)).toHaveLength(2)
    await right.store.close()
  })

  test('takes up a fit that later answers speak for, and goes back when told to', async () => {
    const { store, calibration } = await opened()
    await serveAndGrade(store, 0, 600, 0.3)
    await calibration.tick()
    const [newest] = await calibrationHistory(store)
    expect(newest).toMatchObject({ why: 'promoted', live: 2 })
    expect(newest!.judgement!.gain.logLossOverNone).toMatchObject({ kind: 'interval' })
    const correction = calibration.correction('artefact', 'x')!
    expect(correct(correction.model, small, 'code', 0.8)).toBeLessThan(0.45)
    expect(calibration.correction('another artefact', 'x')).toBe(null)

    // Served by the fit, what had been predicted before it is still known: it is not corrected twice.
    await serveAndGrade(store, 600, 600, 0.3, () => correction)
    await calibration.tick()
    expect((await calibrationHistory(store))[0]).toMatchObject({ why: 'not-better', live: 2 })

    await rollBackCalibration(store, null, new Date())
    await calibration.refresh()
    expect(calibration.correction('artefact', 'x')).toBe(null)
    expect((await calibrationHistory(store))[0]).toMatchObject({ why: 'rolled-back', live: null })
    await expect(rollBackCalibration(store, 99, new Date())).rejects.toThrow('no version 99')
    await store.close()
  })

  test.each([
    ['promoted where scores are no worse', 0.3, 0.3, 'promoted'],
    ['left where they are', 0.6, 0.2, 'canary-lost'],
  ])(
    'serves a share of the sessions first; it is %s',
    async (_, without, withIt, why) => {
      const { store, calibration } = await opened({ canary: { share: 0.3, minGraded: 200, maxLoss: 0.1 } })
      await serveAndGrade(store, 0, 600, 0.3)
      await calibration.tick()
      expect((await calibrationHistory(store))[0]).toMatchObject({
        why: 'fitted',
        live: null,
        canary: { version: 2 },
      })
      const by = (unit: string) => calibration.correction('artefact', unit)
      const sessions = Array.from({ length: 1_000 }, (__, n) => by(`s-${n + 600}`))
      const share = sessions.filter((one) => one !== null).length / 1_000
      expect(share).toBeGreaterThan(0.25)
      expect(share).toBeLessThan(0.35)
      // How good an answer is hangs on the side that its session is on.
      for (let n = 600; n < 4_600; n++)
        await serveAndGrade(store, n, 1, by(`s-${n}`) === null ? without : withIt, by)
      await calibration.tick()
      expect((await calibrationHistory(store))[0]!.why).toBe(why)
      await store.close()
    },
    60_000,
  )

  test('leaves predictions as they are while the configuration does not want it', async () => {
    const { store, calibration, turn } = await opened({}, false)
    await calibration.tick()
    expect(await calibrationHistory(store)).toEqual([])
    turn(true)
    await calibration.tick()
    await serveAndGrade(store, 0, 600, 0.3)
    await calibration.tick()
    expect(calibration.correction('artefact', 'x')).not.toBe(null)
    turn(false)
    expect(calibration.correction('artefact', 'x')).toBe(null)
    await store.close()
  })
})
