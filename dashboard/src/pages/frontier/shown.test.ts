import { expect, test } from 'vitest'
import type { FrontierReport, SetReport } from '../../api/types.ts'
import { capital, ofDecisions, ofSet, wordsOf } from './shown.ts'

const mean = { mean: 0.5, low: null, high: null, count: 1 }
const point = { name: 'a/b', quality: mean, usd: mean }
const setting = {
  lambda: 1,
  promised: 0.9,
  quality: mean,
  usd: mean,
  shares: { 'a/b': 1 },
  changed: 0,
  versus: { quality: mean, usd: mean },
}
const common = {
  policy: 'auto',
  strategy: 'utility',
  objective: { configured: { kind: 'quality', share: 0.95 }, set: null },
  models: [point],
  controls: [],
  oracle: point,
  bestSingle: 0.5,
  frontier: [setting],
} as const
const decided: FrontierReport = {
  ...common,
  decisions: 1_200,
  since: null,
  until: null,
  chosen: point,
  policies: [],
}
const measured: SetReport = {
  ...common,
  name: 'tickets',
  rows: { inFile: 30, drawn: 20, used: 10 },
  datasets: ['d'],
  setModels: [],
  poolSize: 2,
  bestModel: 'a/b',
  costs: '',
  seen: { rows: 0, datasets: [] },
  notes: [],
}

test('nothing is shown where nothing was decided, or nothing was any good', () => {
  expect(ofDecisions(decided)?.bestSingle).toBe(0.5)
  expect(ofDecisions({ ...decided, frontier: [] })).toBeNull()
  expect(ofDecisions({ ...decided, bestSingle: null })).toBeNull()
  expect(ofSet(measured)?.policies).toEqual([])
  expect(ofSet({ ...measured, bestSingle: 0 })).toBeNull()
})

test('words say whether figures were predicted or measured, and on what', () => {
  const predicted = wordsOf(ofDecisions(decided)!.basis)
  expect(predicted).toMatchObject({ how: 'predicted', against: 'Against what was decided' })
  expect(predicted.restsOn).toMatch(/^By predictions on the last 1.200 decisions$/)
  const measuredWords = wordsOf(ofSet(measured)!.basis)
  expect(measuredWords).toMatchObject({ how: 'measured', against: 'Against a/b for everything' })
  expect(measuredWords.restsOn).toBe('Measured on 10 prompts of the outcome set tickets')
  expect(capital('measured')).toBe('Measured')
})
