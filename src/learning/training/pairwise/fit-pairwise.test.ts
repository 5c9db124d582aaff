import { beforeAll, describe, expect, test } from 'vitest'
import { modelId } from '../../../domain/model.ts'
import { normal, seededDraw } from '../../../domain/random.ts'
import { sigmoid } from '../../../estimate/log-odds.ts'
import { createBradleyTerry } from '../../../estimate/quality/bradley-terry.ts'
import { createMatrixFactorisation } from '../../../estimate/quality/matrix-factorisation.ts'
import { readPairwise, writePairwise } from '../../../estimate/quality/pairwise-weights.ts'
import { fitPairwise, type PairwiseFit } from './fit-pairwise.ts'
import type { EncodedPrompts, Pair } from './pairs.ts'

type World = { readonly pairs: readonly Pair[]; readonly prompts: EncodedPrompts }

/**
 * Prompts around a circle, compared as `rating` has it. The encoding is the place on the circle and two numbers that tell
 * nothing; the vector is the place.
 */
function aWorld(
  models: readonly string[],
  rating: (model: string, angle: number) => number,
  { size = 1500, seed = 'world' } = {},
): World & { readonly angles: readonly number[] } {
  const draw = seededDraw(seed)
  const angles = Array.from({ length: size }, () => 2 * Math.PI * draw())
  const pairs = angles.map((angle, prompt): Pair => {
    const first = Math.floor(draw() * models.length)
    const second = (first + 1 + Math.floor(draw() * (models.length - 1))) % models.length
    const chance = sigmoid(rating(models[first]!, angle) - rating(models[second]!, angle))
    return { prompt, first: models[first]!, second: models[second]!, share: draw() < chance ? 1 : 0 }
  })
  const place = (angle: number) => [Math.cos(angle), Math.sin(angle)]
  return {
    angles,
    pairs,
    prompts: {
      encodings: Float32Array.from(angles.flatMap((angle) => [...place(angle), normal(draw), normal(draw)])),
      vectors: Float32Array.from(angles.flatMap(place)),
      chars: angles.map(() => Math.floor(20 + 2000 * draw())),
      questions: angles.map((_, prompt) => `question ${prompt}`),
    },
  }
}

const fitted = (world: World, changes: Parameters<typeof fitPairwise>[2] = {}) => {
  const fit = fitPairwise(world.pairs, world.prompts, changes)
  if (fit.kind === 'refused') throw new Error(fit.problem)
  return fit
}

const at = (angle: number) => ({
  encoding: Float32Array.of(Math.cos(angle), Math.sin(angle), 0, 0),
  vector: Float32Array.of(Math.cos(angle), Math.sin(angle)),
})
const [a, b] = [modelId('a'), modelId('b')]

describe('where the prompt decides who wins', () => {
  // The better by e^2 to the east and the worse by as much to the west; `c` is a little worse than both everywhere.
  const rating = (model: string, angle: number) =>
    model === 'c' ? -0.5 : (model === 'a' ? 1 : -1) * Math.cos(angle)
  let fit: Extract<PairwiseFit, { kind: 'fitted' }>
  beforeAll(() => {
    fit = fitted(aWorld(['a', 'b', 'c'], rating))
  })

  test.each([
    ['matrix factorisation', createMatrixFactorisation],
    ['Bradley-Terry', createBradleyTerry],
  ])('%s finds the winner at each prompt', (_, create) => {
    const { compare } = create(fit.weights)
    expect(compare(at(0))(a, b)).toBeGreaterThan(0.7)
    expect(compare(at(Math.PI))(a, b)).toBeLessThan(0.3)
    expect(Math.abs(compare(at(Math.PI / 2))(a, b)! - 0.5)).toBeLessThan(0.15)
  })

  test('both are ahead of ratings and of prompt length, on prompts that they were not fitted on', () => {
    const { matrixFactorisation, bradleyTerry, ratings, promptLength } = fit.report.figures
    for (const learned of [matrixFactorisation, bradleyTerry]) {
      expect(learned.logLoss).toBeLessThan(ratings.logLoss - 0.03)
      expect(learned.logLoss).toBeLessThan(promptLength.logLoss - 0.03)
      expect(learned.accuracy).toBeGreaterThan(ratings.accuracy! + 0.05)
      expect(learned.auroc).toBeGreaterThan(ratings.auroc! + 0.1)
    }
  })

  test('chances are calibrated', () => {
    expect(fit.report.figures.matrixFactorisation.calibrationError).toBeLessThan(0.06)
    expect(fit.report.figures.bradleyTerry.calibrationError).toBeLessThan(0.06)
  })

  test('the weights pass through an artefact as they are', () => {
    const read = readPairwise(writePairwise(fit.weights), { encoding: 4, vector: 2 }, 'router.fairlead')
    expect(read).toEqual(fit.weights)
  })
})

describe('where the prompt does not matter', () => {
  const truth: Readonly<Record<string, number>> = { a: 1, b: 0.2, c: -1.2 }
  const fit = fitted(aWorld(Object.keys(truth), (model) => truth[model]!, { size: 3000 }))

  test('ratings are recovered, up to what is common to all', () => {
    const [first] = fit.weights.models
    for (const { id, rating } of fit.weights.models) {
      expect(Math.abs(rating - first!.rating - (truth[id]! - truth.a!))).toBeLessThan(0.2)
    }
  })

  test('the estimators are no worse than ratings', () => {
    const { matrixFactorisation, bradleyTerry, ratings } = fit.report.figures
    expect(matrixFactorisation.logLoss).toBeLessThan(ratings.logLoss + 0.005)
    expect(bradleyTerry.logLoss).toBeLessThan(ratings.logLoss + 0.005)
  })
})

describe('data at the edge', () => {
  test('one side that always wins gives chances short of certainty', () => {
    const { pairs, prompts } = aWorld(['a', 'b'], () => 0, { size: 200 })
    const won = pairs.map((pair) => ({ ...pair, share: pair.first === 'a' ? 1 : 0 }))
    const { weights } = fitted({ pairs: won, prompts })
    for (const { compare } of [createMatrixFactorisation(weights), createBradleyTerry(weights)]) {
      expect(compare(at(1))(a, b)).toBeGreaterThan(0.9)
      expect(compare(at(1))(a, b)).toBeLessThan(1)
    }
  })

  test('many ties among wins pull chances towards a half', () => {
    const { pairs, prompts } = aWorld(['a', 'b'], () => 0, { size: 200 })
    const mostlyTied = pairs.map((pair, index) => ({
      ...pair,
      share: index % 4 > 0 ? 0.5 : pair.first === 'a' ? 1 : 0,
    }))
    const { weights, report } = fitted({ pairs: mostlyTied, prompts })
    // A win in four, ties in three: a share of 5/8.
    expect(createMatrixFactorisation(weights).compare(at(0))(a, b)).toBeCloseTo(0.625, 1)
    expect(report.ties).toBe(150)
  })

  test('models of few comparisons are left out, and named', () => {
    const { pairs, prompts } = aWorld(['a', 'b'], () => 0, { size: 100 })
    const rare: Pair = { prompt: 0, first: 'a', second: 'rare', share: 1 }
    const { weights, report } = fitted({ pairs: [...pairs, rare], prompts })
    expect(weights.models.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(report.warnings.join()).toContain('rare (1)')
  })

  test('more models than tiers are rated apart within a tier', () => {
    const names = Array.from({ length: 14 }, (_, index) => `m${String(index).padStart(2, '0')}`)
    const world = aWorld(names, (model) => Number(model.slice(1)) / 4, { size: 1500 })
    const { weights } = fitted(world, { mostTiers: 4, gammas: [10], priorVariances: [0.2] })
    expect(weights.bradleyTerry.tierRatings.length).toBe(4)
    const quality = createBradleyTerry(weights).read(at(0))
    const means = weights.models.map(({ id }) => quality({ id })!.mean)
    expect(new Set(means.map((mean) => mean.toFixed(6))).size).toBe(14)
    expect(means.at(-1)).toBeGreaterThan(means[0]!)
  })

  test('no more prompts are stored than a request may look at', () => {
    const world = aWorld(['a', 'b'], () => 0, { size: 300 })
    const { weights } = fitted(world, { mostPrompts: 100, gammas: [10], priorVariances: [0.2] })
    expect(weights.bradleyTerry.battleCounts.length).toBe(100)
  })
})

test('the same comparisons and seed give the same weights, another seed others', () => {
  const world = aWorld(['a', 'b'], (model, angle) => (model === 'a' ? Math.cos(angle) : 0), { size: 300 })
  const weightsOf = (seed: string) => fitted(world, { seed, mostEpochs: 3 }).weights
  expect(weightsOf('one')).toEqual(weightsOf('one'))
  expect(weightsOf('two').matrixFactorisation.factors).not.toEqual(
    weightsOf('one').matrixFactorisation.factors,
  )
})

describe('refused', () => {
  const { pairs, prompts } = aWorld(['a', 'b'], () => 0, { size: 100 })
  const pair = pairs[0]!
  test.each<[string, readonly Pair[], EncodedPrompts, RegExp]>([
    ['are no comparisons', [], prompts, /0 questions/],
    ['are comparisons of few questions', pairs.slice(0, 49), prompts, /49 questions/],
    ['are comparisons of one model', [{ ...pair, second: pair.first }], prompts, /is of one model/],
    ['are ties only', pairs.map((one) => ({ ...one, share: 0.5 })), prompts, /All comparisons are ties/],
    ['is a share that is no number', [{ ...pair, share: Number.NaN }], prompts, /a share of NaN/],
    ['is a share beyond 1', [{ ...pair, share: 1.5 }], prompts, /a share of 1.5/],
    ['is a prompt that is not there', [{ ...pair, prompt: 100 }], prompts, /a prompt that is not there/],
    [
      'is an encoding that is no number',
      pairs,
      { ...prompts, encodings: prompts.encodings.map((value, index) => (index === 7 ? Number.NaN : value)) },
      /encoding of a prompt/,
    ],
  ])('%s', (_, given, encoded, problem) => {
    const fit = fitPairwise(given, encoded)
    expect(fit).toMatchObject({ kind: 'refused', problem: expect.stringMatching(problem) })
  })
})
