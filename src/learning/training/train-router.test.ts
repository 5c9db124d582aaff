import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../../test/support/a-folder.ts'
import { aModel } from '../../../test/support/builders.ts'
import { toyNetwork, toyPrompt } from '../../../test/support/toy-corpus.ts'
import type { Model } from '../../domain/model.ts'
import { seededDraw } from '../../domain/random.ts'
import { createRouter } from '../../estimate/router.ts'
import { readRouterArtefact, writeRouterArtefact } from '../../estimate/router-artefact.ts'
import { readOutcomes } from '../outcomes/read-outcomes.ts'
import { trainRouter, type TrainingInput } from './train-router.ts'

/** Six models: the higher the number, the better at hard prompts, the dearer, the wordier. */
const catalogue: readonly Model[] = Array.from({ length: 6 }, (_, index) =>
  aModel({
    id: `acme/m${index}`,
    usdPerMillion: { input: 0.1, output: 0.2 * 2 ** index },
    benchmarks: { mmlu: 0.4 + 0.1 * index, math: 0.2 + 0.13 * index },
  }),
)
const named = new Map(catalogue.map((model) => [model.vendorName, model]))

/** Rows as an outcome file has them, under the vendor's names of the models; the last model was run on few. */
function writeRows(path: string, count: number, dataset: (kind: 'easy' | 'hard') => string): void {
  const draw = seededDraw('rows')
  const lines = Array.from({ length: count }, (_, row) => {
    const kind = row % 2 === 0 ? 'easy' : 'hard'
    const models = catalogue.slice(0, row % 10 === 0 ? 6 : 5)
    const outcomes = models.map(({ vendorName }, index) => {
      const chance = kind === 'easy' ? 0.95 : 0.1 + 0.17 * index
      return [vendorName, { score: draw() < chance ? 1 : 0, output_tokens: 100 * (1 + index) }] as const
    })
    return JSON.stringify({
      id: `row-${row}`,
      dataset: dataset(kind),
      split: 'train',
      prompt: toyPrompt(kind, `row ${row}`),
      outcomes: Object.fromEntries(outcomes),
    })
  })
  writeFileSync(path, lines.join('\n'))
}

async function inputFrom(
  dataset: (kind: 'easy' | 'hard') => string,
  changes: Partial<TrainingInput> = {},
): Promise<TrainingInput> {
  const path = join(aFolder(), 'rows.jsonl')
  writeRows(path, 400, dataset)
  const read = await readOutcomes([path])
  if (read.kind !== 'read') throw new Error('the rows are sound')
  return {
    rows: read.rows,
    texts: {},
    identify: (name) => named.get(name) ?? catalogue.find(({ id }) => id === name) ?? null,
    catalogue,
    name: 'toy',
    command: 'fairlead train rows.jsonl',
    network: toyNetwork,
    onProgress: () => {},
    ...changes,
  }
}

const labelled = (kind: 'easy' | 'hard') => (kind === 'easy' ? 'trivia_qa' : 'math')

describe('a router trained on a file of outcomes, written and read back', () => {
  const trained = async () => {
    const input = await inputFrom(labelled, {
      texts: {
        commands: Array.from({ length: 30 }, (_, n) => ({ text: `set an alarm for ${n}`, label: 'alarm' })),
      },
    })
    const bytes = writeRouterArtefact(trainRouter(input))
    const artefact = readRouterArtefact(bytes, 'toy')
    return { bytes, artefact, router: createRouter(artefact) }
  }

  test('has a head for every model with outcomes enough, by its id in the catalogue', async () => {
    const { artefact } = await trained()
    expect(artefact.models.map(({ id }) => id)).toEqual([
      'acme/m0',
      'acme/m1',
      'acme/m2',
      'acme/m3',
      'acme/m4',
    ])
    for (const { outcomes } of artefact.models) expect(outcomes).toBeGreaterThan(300)
    expect(artefact.about.trainedOn).toEqual([
      { set: 'trivia_qa', prompts: 200, cells: 1040 },
      { set: 'math', prompts: 200, cells: 1000 },
      { set: 'commands', prompts: 30, cells: 0 },
    ])
  })

  test('judges targets by a sample in which each kind of task has its share', async () => {
    const { artefact } = await trained()
    // A quarter of 400 each for knowledge, mathematics, chat and unlabelled commands, of which there are 5 and 25.
    expect(artefact.reference.size).toBe(100 + 100 + 5 + 25)
  })

  test('tells hard prompts from easy ones and good models from poor ones', async () => {
    const { router } = await trained()
    const easy = router.readText(toyPrompt('easy', 'new'))
    const hard = router.readText(toyPrompt('hard', 'new'))
    expect(router.signals.complexity(hard.encoding)).toBeGreaterThan(
      router.signals.complexity(easy.encoding) + 0.2,
    )
    const means = catalogue.slice(0, 5).map((model) => router.quality(hard)(model).mean)
    expect(means[0]!).toBeLessThan(0.35)
    expect(means[4]!).toBeGreaterThan(0.6)
    for (const model of catalogue) expect(router.quality(easy)(model).mean).toBeGreaterThan(0.75)
    expect([router.signals.subject(easy.encoding).name, router.signals.subject(hard.encoding).name]).toEqual([
      'general',
      'math',
    ])
    expect([router.signals.taskType(easy.encoding), router.signals.taskType(hard.encoding)]).toEqual([
      'knowledge',
      'math',
    ])
  })

  test('places a model by its descriptors where its outcomes are few', async () => {
    const { router } = await trained()
    const hard = router.readText(toyPrompt('hard', 'new'))
    const seldom = router.quality(hard)(catalogue[5]!)
    expect(seldom.mean).toBeGreaterThan(router.quality(hard)(catalogue[2]!).mean)
    const unheard = aModel({ id: 'other/poor', benchmarks: { mmlu: 0.4, math: 0.2 } })
    expect(router.quality(hard)(unheard).mean).toBeLessThan(seldom.mean)
  })

  test('has learnt how long answers are', async () => {
    const { router } = await trained()
    const encoding = router.signals.encode(toyPrompt('easy', 'new'))
    const tokens = catalogue.slice(0, 5).map((model) => router.outputTokens(encoding, model).mean)
    tokens.forEach((count, index) => {
      expect(count / (100 * (1 + index))).toBeGreaterThan(0.8)
      expect(count / (100 * (1 + index))).toBeLessThan(1.25)
    })
  })

  test('is the same file for the same data and seed', async () => {
    const [first, second] = [await trained(), await trained()]
    expect(Buffer.from(first.bytes).equals(second.bytes)).toBe(true)
  })
})

describe('data of one’s own', () => {
  test('of sets that nobody knows makes a router without labels that still routes', async () => {
    const artefact = trainRouter(await inputFrom(() => 'tickets'))
    const router = createRouter(readRouterArtefact(writeRouterArtefact(artefact), 'own'))
    const hard = router.readText(toyPrompt('hard', 'new'))
    expect(artefact.subjects).toEqual([])
    expect(router.signals.subject(hard.encoding)).toEqual({ name: 'general', probability: 0 })
    expect(router.signals.taskType(hard.encoding)).toBe('chat')
    expect(router.quality(hard)(catalogue[4]!).mean).toBeGreaterThan(router.quality(hard)(catalogue[0]!).mean)
  })

  test('of models that the catalogue lacks keeps their names, and says nothing of others', async () => {
    const artefact = trainRouter(await inputFrom(() => 'tickets', { identify: () => null, catalogue: [] }))
    const router = createRouter(readRouterArtefact(writeRouterArtefact(artefact), 'own'))
    expect(artefact.models.map(({ id }) => id)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4'])
    const easy = router.readText(toyPrompt('easy', 'new'))
    const [poor, good] = [catalogue[0]!, catalogue[5]!].map((model) => router.quality(easy)(model))
    expect(poor).toEqual(good)
    expect(poor!.mean).toBeGreaterThan(0.5)
  })

  test('of one row makes a router', async () => {
    const input = await inputFrom(labelled)
    const artefact = trainRouter({ ...input, rows: input.rows.slice(0, 1) })
    const router = createRouter(readRouterArtefact(writeRouterArtefact(artefact), 'own'))
    const { mean } = router.quality(router.readText('anything'))(catalogue[0]!)
    expect(mean).toBeGreaterThan(0)
    expect(mean).toBeLessThan(1)
  })
})
