import { expect, test } from 'vitest'
import { toyExamples, toySkill } from '../../../test/support/toy-corpus.ts'
import type { Example } from './corpus.ts'
import { heldOutReport } from './held-out-report.ts'

const fitted = toyExamples(600, 'fitted')
const heldOut = toyExamples(300, 'held out')
const knowing = ({ labels }: Example, model: string) =>
  toySkill[model as keyof typeof toySkill][labels.subject === 'math' ? 'hard' : 'easy']

test('a router that knows is ahead of every control, each knowing less than the next', () => {
  const { split, router, controls } = heldOutReport(fitted, heldOut, knowing)
  expect(split).toEqual({ fitPrompts: 600, heldOutPrompts: 300 })
  expect(router.cells).toBe(600)
  const losses = [router, ...[...controls].reverse()].map(({ logLoss }) => logLoss)
  expect(losses[0]).toBeLessThan(losses[1]!)
  // Length tells a little of the toy prompts' kind; the model's mean tells more than the mean of all.
  expect(losses[2]).toBeLessThan(losses[3]!)
  expect(router.auroc).toBeGreaterThan(0.8)
})

test('each model stands beside its own mean', () => {
  const { models } = heldOutReport(fitted, heldOut, knowing)
  expect(models.map(({ model }) => model)).toEqual(['strong', 'weak'])
  for (const { fitCells, heldOutCells, logLoss, logLossOfMean } of models) {
    expect([fitCells, heldOutCells]).toEqual([600, 300])
    expect(logLoss).toBeLessThan(logLossOfMean)
  }
})

test('outcomes of models that were not learnt are left out', () => {
  const { router } = heldOutReport(fitted, heldOut, (example, model) =>
    model === 'weak' ? null : knowing(example, model),
  )
  expect(router.cells).toBe(300)
})

test('one kind of outcome has no AUROC', () => {
  const sure = heldOut.map((example) => ({ ...example, scores: [{ model: 'weak', score: 1 }] }))
  expect(heldOutReport(fitted, sure, () => 0.9).router.auroc).toBeNull()
})
