import { expect, test } from 'vitest'
import { aModel, aRequest } from '../../../../test/support/builders.ts'
import { aRow } from '../../../../test/support/outcome-rows.ts'
import { toyNetwork, toyPrompt, toySkill } from '../../../../test/support/toy-corpus.ts'
import type { Model } from '../../../domain/model.ts'
import { seededDraw } from '../../../domain/random.ts'
import type { SentenceEncoder } from '../../../domain/text-model.ts'
import { createRouter } from '../../../estimate/router.ts'
import { readRouterArtefact, writeRouterArtefact } from '../../../estimate/router-artefact.ts'
import { vectorEncoding } from '../../../signals/encoder/vector-encoding.ts'
import { readSignals } from '../../../signals/index.ts'
import type { OutcomeRow } from '../../outcomes/outcome-row.ts'
import { textOfRow } from '../../outcomes/row-request.ts'
import { trainRouter } from '../train-router.ts'
import { fitOverVectors } from './fit-over-vectors.ts'
import { readVectors } from './read-vectors.ts'

const models: readonly Model[] = [aModel({ id: 'acme/weak' }), aModel({ id: 'acme/strong' })]

/** A sentence encoder that tells hard words from easy ones, in one of three numbers. */
const encoder: SentenceEncoder = {
  id: 'embeddings toy',
  read: async (texts) => ({
    kind: 'read',
    values: texts.map((text) => {
      const hard = /theorem|integral|manifold|lemma|eigenvalue|quantum|topology|axiom|spectrum|tensor/.test(
        text,
      )
      return Float32Array.of(hard ? 0.8 : -0.8, 0.6, 0)
    }),
  }),
  close: async () => {},
}

const { signal } = new AbortController()

function rows(count: number): OutcomeRow[] {
  const draw = seededDraw('rows over vectors')
  return Array.from({ length: count }, (_, index) => {
    const kind = index % 2 === 0 ? 'easy' : 'hard'
    const prompt = toyPrompt(kind, `row ${index}`)
    const outcomes = Object.entries(toySkill).map(
      ([model, skill]) => [`acme/${model}`, { score: draw() < skill[kind] ? 1 : 0 }] as const,
    )
    return aRow({ prompt, outcomes: Object.fromEntries(outcomes) })
  })
}

test('an artefact over an encoder from outside is written, read and served with its vectors', async () => {
  const outcomes = rows(400)
  const read = await readVectors(encoder, outcomes.map(textOfRow), signal, () => {})
  if (read.kind === 'failed') throw new Error(read.failure.message)
  const trained = trainRouter({
    rows: outcomes,
    texts: {},
    identify: (name) => models.find(({ id }) => id === name) ?? null,
    catalogue: models,
    name: 'toy',
    command: 'fairlead train',
    network: toyNetwork,
    given: { fit: fitOverVectors(read.vectors), encoderId: encoder.id },
    onProgress: () => {},
  })
  const artefact = readRouterArtefact(writeRouterArtefact(trained), 'toy.fairlead')
  expect(artefact.about.encoder).toBe('embeddings toy')
  expect(artefact.encoder).toMatchObject({ buckets: 1, textDims: 3, hiddenDims: 0 })

  const router = createRouter(artefact)
  const complexity = async (text: string) => {
    const result = await encoder.read([text], signal)
    if (result.kind === 'failed') throw new Error(result.failure.message)
    const encoding = vectorEncoding(result.values[0]!, text)
    return readSignals(aRequest({ text }), router.signals, { encoding }).signals.complexity
  }
  const [easy, hard] = [
    await complexity(toyPrompt('easy', 'new')),
    await complexity(toyPrompt('hard', 'new')),
  ]
  expect(hard).toBeGreaterThan(easy + 0.2)
})
