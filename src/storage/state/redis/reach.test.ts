import { expect, onTestFinished, test } from 'vitest'
import type { StateProblem } from '../shared-state.ts'
import { createReach, lost } from './reach.ts'

function aReach() {
  const problems: StateProblem[] = []
  const life = { up: true, renewed: 0, probes: 0 }
  const reach = createReach({
    now: () => 0,
    report: (problem) => problems.push(problem),
    catchUp: async () => {
      life.probes += 1
      if (!life.up) throw new Error('connection is closed')
    },
    probeAfterMs: 1,
    probeAtMostMs: 2,
    renew: () => {
      life.renewed += 1
    },
  })
  onTestFinished(reach.close)
  return { reach, problems, life }
}

test('nobody asks before the first probe', async () => {
  const { reach } = aReach()
  expect(await reach.ask(() => Promise.resolve('answer'))).toBe(lost)
  expect(await reach.probe()).toBe(true)
  expect(await reach.ask(() => Promise.resolve('answer'))).toBe('answer')
})

test('after one failure nobody asks until a probe succeeds; the operator is told once of each', async () => {
  const { reach, problems, life } = aReach()
  await reach.probe()
  life.up = false
  let asked = 0
  const failing = () => {
    asked += 1
    return Promise.reject(new Error('LOADING Redis is loading'))
  }
  expect(await Promise.all([reach.ask(failing), reach.ask(failing)])).toEqual([lost, lost])
  expect(await reach.ask(failing)).toBe(lost)
  expect(asked).toBe(2)
  expect(reach.mode()).toBe('local')
  await expect.poll(() => life.probes).toBeGreaterThan(8)
  expect(life.renewed).toBeGreaterThan(0)
  expect(problems).toEqual([{ kind: 'degraded', reason: 'LOADING Redis is loading' }])
  life.up = true
  await expect.poll(() => reach.mode()).toBe('shared')
  expect(problems.map(({ kind }) => kind)).toEqual(['degraded', 'recovered'])
})

test('after it was closed nothing is tried again', async () => {
  const { reach, life } = aReach()
  life.up = false
  await reach.probe()
  reach.close()
  const { probes } = life
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(life.probes).toBe(probes)
})
