import { describe, expect, test } from 'vitest'
import { normal, seededDraw } from '../../domain/random.ts'
import { fitOutputTokens, type SeenTokens } from './fit-output-tokens.ts'

const dims = 3
const offsets: Readonly<Record<string, number>> = { terse: -0.7, plain: 0, wordy: 1.6 }
const noise = 0.6

/** log tokens = 5 + 0.8 y_0 - 0.5 y_2 + offset + noise; each prompt was answered by some of the models. */
function synthetic(count: number, share = 0.7): SeenTokens[] {
  const draw = seededDraw('tokens')
  return Array.from({ length: count }, () => {
    const encoding = Float32Array.from({ length: dims }, () => normal(draw))
    const tokens = new Map<string, number>()
    for (const [model, offset] of Object.entries(offsets)) {
      if (draw() > share) continue
      const log = 5 + 0.8 * encoding[0]! - 0.5 * encoding[2]! + offset + noise * normal(draw)
      tokens.set(model, Math.exp(log))
    }
    return { encoding, tokens }
  }).filter(({ tokens }) => tokens.size > 0)
}

describe('from lengths that were seen', () => {
  const fit = fitOutputTokens(synthetic(1500), dims)

  test('verbosity is each model’s length beside the median model’s', () => {
    expect(fit.verbosity.get('plain')).toBeCloseTo(1, 6)
    expect(fit.verbosity.get('terse')! / Math.exp(-0.7)).toBeCloseTo(1, 1)
    expect(fit.verbosity.get('wordy')! / Math.exp(1.6)).toBeCloseTo(1, 1)
  })

  test('the head follows the prompt', () => {
    expect(fit.head[0]).toBeCloseTo(0.8, 1)
    expect(fit.head[1]).toBeCloseTo(0, 1)
    expect(fit.head[2]).toBeCloseTo(-0.5, 1)
    expect(fit.logDeviation).toBeCloseTo(noise, 1)
  })

  test('the prediction is the mean, not the median: half the variance is in the bias', () => {
    expect(fit.head[dims]! - noise ** 2 / 2).toBeCloseTo(5, 1)
  })

  test('a model that answered only long prompts is not called wordy', () => {
    const seen = synthetic(1500).map(({ encoding, tokens }) => ({
      encoding,
      tokens: new Map([...tokens].filter(([model]) => model !== 'terse' || encoding[0]! > 0.5)),
    }))
    const uneven = fitOutputTokens(
      seen.filter(({ tokens }) => tokens.size > 0),
      dims,
    )
    expect(uneven.verbosity.get('terse')! / Math.exp(-0.7)).toBeGreaterThan(0.85)
    expect(uneven.verbosity.get('terse')! / Math.exp(-0.7)).toBeLessThan(1.2)
  })
})

test('with no length on record an answer is of middling length and uncertain, never of one token', () => {
  const { head, verbosity, logDeviation } = fitOutputTokens([], dims)
  expect([...head.subarray(0, dims)]).toEqual([0, 0, 0])
  expect(Math.exp(head[dims]!)).toBeCloseTo(400, 1)
  expect(verbosity.size).toBe(0)
  expect(logDeviation).toBe(1)
})
