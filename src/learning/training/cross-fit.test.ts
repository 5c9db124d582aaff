import { describe, expect, test } from 'vitest'
import { toyExamples, toyNetwork } from '../../../test/support/toy-corpus.ts'
import { aModel } from '../../../test/support/builders.ts'
import { modelId } from '../../domain/model.ts'
import type { ReadPrompt } from '../../estimate/quality/estimator.ts'
import { createWordReader } from '../../signals/words.ts'
import { calibrateHeads, crossFitStack, fitFolds, fitLookups, folds, membersOf, readBy } from './cross-fit.ts'
import { fitNetwork } from './fit-network.ts'
import { stackedShare } from './fit-stack.ts'

const examples = toyExamples(480)
const onEpoch = () => {}
const foldFits = fitFolds(examples, fitNetwork, {
  network: toyNetwork,
  labelWeights: { subject: 0.3 },
  onEpoch,
  onFold: onEpoch,
})
const models = [modelId('strong'), modelId('weak')]
const heads = calibrateHeads(examples, foldFits, models)

describe('folds', () => {
  test('hold each prompt once, equal prompts in one', () => {
    expect(foldFits).toHaveLength(folds)
    const places = foldFits.flatMap(({ heldOut }) => heldOut)
    expect([...places].sort((a, b) => a - b)).toEqual(examples.map((_, index) => index))
    const foldOf = new Map(
      foldFits.flatMap(({ heldOut }, fold) => heldOut.map((index) => [examples[index]!.text, fold])),
    )
    foldFits.forEach(({ heldOut }, fold) => {
      for (const index of heldOut) expect(foldOf.get(examples[index]!.text)).toBe(fold)
    })
  })

  test('are each fitted without it', () => {
    for (const { fitted, heldOut } of foldFits)
      expect(fitted.cells).toEqual([480 - heldOut.length, 480 - heldOut.length])
  })
})

test('a head with few outcomes stays near the calibration of all together', () => {
  const rare = examples.slice(0, 24).map((example, index) => ({
    ...example,
    text: `${example.text} ${index}`,
    scores: [{ model: 'rare', score: index % 2 }],
  }))
  const both = [...examples, ...rare]
  const fits = fitFolds(both, fitNetwork, { network: toyNetwork, labelWeights: {}, onEpoch, onFold: onEpoch })
  const calibrated = calibrateHeads(both, fits, [...models, modelId('rare')])
  const { calibration, deviation } = calibrated.get(modelId('rare'))!
  const others = models.map((id) => calibrated.get(id)!.calibration)
  expect(Math.abs(calibration.slope - (others[0]!.slope + others[1]!.slope) / 2)).toBeLessThan(0.3)
  expect(deviation).toBe(0.1)
})

test('the stack predicts prompts that no part of it was fitted on, better than means do', () => {
  const { stack, rows } = crossFitStack(examples, foldFits, heads, new Map(models.map((id) => [id, 480])), {
    seed: 'toy',
    words: createWordReader(),
    onProgress: onEpoch,
  })
  expect(rows.size).toBe(480)
  for (const [place, model] of models.entries()) {
    let [squares, spread] = [0, 0]
    const scores = examples.map(({ scores: list }) => list.find((cell) => cell.model === model)!.score)
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
    for (const row of rows.values()) {
      const cell = row.cells.find((one) => one.place === place)!
      squares += (stackedShare(stack, row, cell) - cell.score) ** 2
      spread += (mean - cell.score) ** 2
    }
    expect(squares).toBeLessThan(place === 1 ? 0.55 * spread : 1.02 * spread)
  }
})

describe('each member of the stack', () => {
  const { fitted } = foldFits[0]!
  const read = readBy(fitted, createWordReader())
  const prompts = examples.map(({ text }) => read(text))
  const members = membersOf(fitted, heads, fitLookups(examples, prompts, models, 'toy'))
  const [easy, hard] = prompts as [ReadPrompt, ReadPrompt]
  const weak = aModel({ id: 'weak' })

  test.each(members.map((member) => [member.name, member] as const))('%s', (_, member) => {
    const estimate = member.read(easy)
    const first = estimate(weak)!
    expect(first.mean).toBeGreaterThan(member.read(hard)(weak)!.mean + 0.2)
    // Memory is reused between prompts: what was read of the first must not be lost.
    expect(estimate(weak)).toEqual(first)
    expect(member.read(easy)(weak)).toEqual(first)
    expect(first.deviation).toBeGreaterThan(0)
    expect(first.deviation).toBeLessThan(0.25)
    expect(estimate(aModel({ id: 'other/unseen' }))).toBeNull()
  })
})
