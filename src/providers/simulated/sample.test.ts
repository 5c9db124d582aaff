import { describe, expect, it } from 'vitest'
import { aModel } from '../../../test/support/builders.ts'
import { simulatedOutcomes } from './sample.ts'

const nano = aModel({ id: 'simulated/nano', usdPerMillion: { input: 0.1, output: 0.4 } })
const free = aModel({
  id: 'simulated/mid',
  prices: { input: 'unknown', cachedRead: 'unknown', cacheWrite: 'unknown', output: 'unknown' },
})

describe('simulatedOutcomes', () => {
  const rows = simulatedOutcomes([nano, free], 'sample', 180)

  it('has a row per task and an outcome per model, priced by its tokens', () => {
    expect(rows).toHaveLength(180)
    for (const { outcomes } of rows) {
      const outcome = outcomes['simulated/nano']!
      expect(outcome.cost_usd).toBeCloseTo(
        (outcome.input_tokens * 0.1 + outcome.output_tokens * 0.4) / 1e6,
        8,
      )
      expect(outcome.latency_s).toBeGreaterThan(0)
    }
  })

  it('leaves out a cost that is not known', () => {
    expect(rows.every(({ outcomes }) => !('cost_usd' in outcomes['simulated/mid']!))).toBe(true)
  })

  it('keeps about one row in seven for dev, by the question', () => {
    const dev = rows.filter(({ split }) => split === 'dev').length
    expect(dev).toBeGreaterThan(10)
    expect(dev).toBeLessThan(50)
    const splits = new Map(rows.map(({ qhash, split }) => [qhash, split]))
    for (const { qhash, split } of rows) expect(splits.get(qhash)).toBe(split)
  })

  it('is the same for the same seed', () => {
    expect(simulatedOutcomes([nano, free], 'sample', 180)).toEqual(rows)
  })

  it('scores right and wrong answers', () => {
    const scores = rows.map(({ outcomes }) => outcomes['simulated/nano']!.score)
    expect(new Set(scores)).toEqual(new Set([0, 1]))
  })
})
