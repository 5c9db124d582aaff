import { describe, expect, test } from 'vitest'
import { aDecision, anOutcome } from '../../../test/support/a-decision.ts'
import { modelId } from '../../domain/model.ts'
import { microUsd } from '../../domain/money.ts'
import { normal, seededDraw } from '../../domain/random.ts'
import { nobody } from '../../domain/virtual-key.ts'
import type { StoredDecision } from '../../storage/store.ts'
import { holdOutOf, savingOf } from './saving.ts'

const baseline = modelId('acme/large')
const draw = seededDraw('savings')
let count = 0

type Told = {
  readonly usd: number
  readonly baselineUsd: number
  readonly session?: string
  readonly held?: boolean
}

function stored({ usd, baselineUsd, session = '', held = false }: Told): StoredDecision {
  const decision = aDecision({ id: `dec_${count++}` })
  const [template] = decision.candidates
  return {
    decision: {
      ...decision,
      candidates: [
        { ...template!, id: baseline, cost: { kind: 'known', usd: { mean: baselineUsd, deviation: 0 } } },
      ],
      ...(session !== '' && { caller: { ...nobody, session } }),
      ...(held && { experiment: { id: holdOutOf('auto'), arm: 'baseline', unit: session } }),
    },
    outcome: { ...anOutcome({ decision: decision.id }), status: 'answered', cost: microUsd(usd) },
  }
}

const spread = (mean: number) => mean * Math.exp(0.3 * normal(draw))

describe('the saving', () => {
  test('is estimated from what the baseline was predicted to cost, with an interval, and says so', () => {
    const found = Array.from({ length: 400 }, () => stored({ usd: spread(0.002), baselineUsd: spread(0.01) }))
    const saving = savingOf(found, baseline)!
    expect(saving).toMatchObject({ by: 'estimates', decisions: 400, heldOut: null })
    expect(saving.share.mean).toBeCloseTo(0.8, 1)
    expect(saving.share.low).toBeLessThan(saving.share.mean)
    expect(saving.share.high).toBeGreaterThan(saving.share.mean)
    expect(saving.share.high - saving.share.low).toBeLessThan(0.05)
  })

  test('is measured where a share was held out, whatever was predicted', () => {
    const routed = Array.from({ length: 600 }, () => stored({ usd: spread(0.002), baselineUsd: 99 }))
    const held = Array.from({ length: 100 }, () => stored({ usd: spread(0.01), baselineUsd: 99, held: true }))
    const saving = savingOf([...routed, ...held], baseline)!
    expect(saving).toMatchObject({ by: 'hold-out', decisions: 600, heldOut: 100 })
    expect(saving.share.low).toBeLessThan(0.8)
    expect(saving.share.high).toBeGreaterThan(0.8)
  })

  test('of few sessions with many requests each is not as sure as of many', () => {
    const of = (sessions: number) =>
      savingOf(
        Array.from({ length: 400 }, (_, index) => {
          const session = `s${index % sessions}`
          return stored({ usd: 0.001 * (1 + (index % sessions)), baselineUsd: 0.02, session })
        }),
        baseline,
      )!.share
    const [few, many] = [of(4), of(40)]
    expect(few.high - few.low).toBeGreaterThan(0.1)
    expect(many.high - many.low).toBeGreaterThan(0)
  })

  test('covers the truth nineteen times in twenty', () => {
    let covered = 0
    for (let run = 0; run < 300; run++) {
      const found = Array.from({ length: 60 }, () =>
        stored({ usd: spread(0.004), baselineUsd: spread(0.01) }),
      )
      const { share } = savingOf(found, baseline)!
      if (share.low <= 0.6 && share.high >= 0.6) covered++
    }
    expect(covered).toBeGreaterThan(270)
  })

  test('is nothing to tell where no cost of the baseline is known, and has no interval for one decision', () => {
    expect(savingOf([stored({ usd: 0.1, baselineUsd: 0.2 })], modelId('acme/other'))).toBeNull()
    expect(savingOf([], baseline)).toBeNull()
    expect(savingOf([stored({ usd: 0.1, baselineUsd: 0.2 })], baseline)!.share.low).toBe(
      Number.NEGATIVE_INFINITY,
    )
  })
})
