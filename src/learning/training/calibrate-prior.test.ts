import { describe, expect, test } from 'vitest'
import { normal, seededDraw } from '../../domain/random.ts'
import { sigmoid } from '../../estimate/log-odds.ts'
import { calibratePrior } from './calibrate-prior.ts'

const outcomesOf = (truth: { level: number; within: number; intercept: number }) => {
  const draw = seededDraw('placed')
  return Array.from({ length: 4000 }, () => {
    const level = normal(draw)
    const within = 2 * normal(draw)
    const chance = sigmoid(truth.level * level + truth.within * within + truth.intercept)
    return { level, within, score: draw() < chance ? 1 : 0 }
  })
}

describe('the calibration of models placed by descriptors', () => {
  test('shrinks what prompts add where that is too certain, and leaves levels that are right', () => {
    const { levelSlope, withinSlope, intercept } = calibratePrior(
      outcomesOf({ level: 1, within: 0.5, intercept: -0.2 }),
    )
    expect(Math.abs(levelSlope - 1)).toBeLessThan(0.12)
    expect(Math.abs(withinSlope - 0.5)).toBeLessThan(0.06)
    expect(Math.abs(intercept + 0.2)).toBeLessThan(0.1)
  })

  test('without outcomes leaves predictions as they are', () => {
    expect(calibratePrior([])).toEqual({ levelSlope: 1, withinSlope: 1, intercept: 0 })
  })

  test('hardly moves for a handful of outcomes', () => {
    const few = [0.3, -0.2, 0.1].map((level) => ({ level, within: 0.5, score: 0 }))
    const { levelSlope, withinSlope } = calibratePrior(few)
    expect(Math.abs(levelSlope - 1)).toBeLessThan(0.2)
    expect(Math.abs(withinSlope - 1)).toBeLessThan(0.3)
  })

  test('never turns a ranking round', () => {
    const perverse = calibratePrior(outcomesOf({ level: -1, within: -1, intercept: 0 }))
    expect(perverse.levelSlope).toBeGreaterThan(0)
    expect(perverse.withinSlope).toBeGreaterThan(0)
  })
})
