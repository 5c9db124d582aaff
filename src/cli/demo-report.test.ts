import { describe, expect, it } from 'vitest'
import { type DemoCall, type DemoRuns, demoReport, printDemoReport, verdict, wilson } from './demo-report.ts'

function calls(count: number, make: (index: number) => Partial<DemoCall>): DemoCall[] {
  return Array.from({ length: count }, (_, index) => ({
    task: { kind: index % 2 === 0 ? 'dates' : 'logic' },
    correct: true,
    usd: 0.01,
    latencyMs: 100 + index,
    model: 'simulated/frontier',
    ...make(index),
  }))
}

const runs = (changes: Partial<DemoRuns> = {}): DemoRuns => ({
  cheapest: calls(200, (index) => ({ correct: index % 2 === 0, usd: 0.001, model: 'simulated/nano' })),
  strongest: calls(200, (index) => ({ correct: index % 20 !== 0 })),
  auto: calls(200, (index) => ({
    correct: index % 20 !== 0,
    ...(index % 2 === 0 ? { usd: 0.001, model: 'simulated/nano' } : { usd: 0.006 }),
  })),
  ...changes,
})

describe('wilson', () => {
  it('gives the textbook interval', () => {
    const { value, low, high } = wilson(8, 10)
    expect(value).toBe(0.8)
    expect(low).toBeCloseTo(0.4902, 4)
    expect(high).toBeCloseTo(0.9433, 4)
  })

  it('stays within 0 and 1 at the ends', () => {
    expect(wilson(0, 5).low).toBeCloseTo(0, 12)
    expect(wilson(5, 5).high).toBeCloseTo(1, 12)
    expect(wilson(5, 5).low).toBeLessThan(1)
  })
})

describe('demoReport', () => {
  it('sums dollars and latency per strategy and sets them against strongest-only', () => {
    const { strategies } = demoReport(runs(), 'seed')
    const auto = strategies.find(({ strategy }) => strategy === 'auto')!
    expect(auto.usd).toBeCloseTo(0.7, 9)
    expect(auto.costShare.value).toBeCloseTo(0.35, 9)
    expect(auto.qualityShare.value).toBe(1)
    expect(auto.quality.value).toBe(0.95)
    expect(auto.medianLatencyMs).toBe(199.5)
  })

  it('pairs the resamples: equal right answers give a share without spread', () => {
    const { strategies } = demoReport(runs(), 'seed')
    expect(strategies.find(({ strategy }) => strategy === 'auto')!.qualityShare).toEqual({
      value: 1,
      low: 1,
      high: 1,
    })
    const { low, value, high } = strategies.find(({ strategy }) => strategy === 'cheapest')!.qualityShare
    expect(low).toBeLessThan(value)
    expect(high).toBeGreaterThan(value)
  })

  it('explains auto by kind of task', () => {
    const { kinds } = demoReport(runs(), 'seed')
    expect(kinds.map(({ kind }) => kind)).toEqual(['dates', 'logic'])
    expect(kinds[0]!.models).toEqual([{ model: 'simulated/nano', share: 1 }])
    expect(kinds[0]!.strongestUsd).toBeCloseTo(1, 9)
    expect(kinds[0]!.usd).toBeCloseTo(0.1, 9)
    expect(kinds[0]!.quality).toBeCloseTo(0.9, 9)
  })

  it('refuses runs over different tasks', () => {
    expect(() => demoReport(runs({ auto: calls(3, () => ({})) }), 'seed')).toThrow('same tasks')
  })
})

describe('the printed report', () => {
  it('says when the aim is met and when it is not', () => {
    expect(verdict(demoReport(runs(), 'seed'))).toContain('intervals included')
    const dear = runs({ auto: calls(200, (index) => ({ correct: index % 20 !== 0, usd: 0.008 })) })
    expect(verdict(demoReport(dear, 'seed'))).toContain('short of its aim')
    const poor = runs({ auto: calls(200, (index) => ({ correct: index % 3 !== 0, usd: 0.001 })) })
    expect(verdict(demoReport(poor, 'seed'))).toContain('short of its aim')
  })

  it('has a row per strategy and per kind', () => {
    const text = printDemoReport(demoReport(runs(), 'seed'))
    for (const row of [
      'cheapest-only',
      'strongest-only',
      'auto  ',
      'dates',
      'logic',
      'simulated/nano 100 %',
    ]) {
      expect(text).toContain(row)
    }
  })
})
