import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  openOnnxClassifier,
  type OnnxClassifierOptions,
} from '../../src/providers/encoders/onnx-classifier.ts'
import { aClassifierFolder, anEncoderFolder } from '../support/a-text-model.ts'

const words = { prove: [2, 0, 0], hello: [0, 0, 3], list: [0, 1, 0] }
const signal = new AbortController().signal

async function opened(path: string, labels: readonly string[] | null = null) {
  const options: OnnxClassifierOptions = {
    source: { kind: 'folder', path },
    allowRemote: false,
    cacheFolder: join(path, 'cache'),
    weights: 'fp32',
    file: 'model',
    maxTokens: 512,
    labels,
  }
  const classifier = await openOnnxClassifier(options)
  onTestFinished(() => classifier.close())
  return classifier
}

const softmax = (logits: readonly number[]) => {
  const shares = logits.map(Math.exp)
  const total = shares.reduce((sum, share) => sum + share)
  return shares.map((share) => share / total)
}

test('probabilities are the softmax of the logits, by label, whatever else is in the batch', async () => {
  const classifier = await opened(aClassifierFolder({ words, labels: ['strong', 'tie', 'weak'] }))
  const results = await classifier.read(['prove prove list', 'hello'], signal)
  if (results.kind === 'failed') throw new Error(results.failure.message)
  for (const [index, logits] of [
    [4, 1, 0],
    [0, 0, 3],
  ].entries()) {
    const [strong, tie, weak] = softmax(logits)
    expect(results.values[index]!.strong).toBeCloseTo(strong!, 5)
    expect(results.values[index]!.tie).toBeCloseTo(tie!, 5)
    expect(results.values[index]!.weak).toBeCloseTo(weak!, 5)
  }
})

test('written labels take the place of numbered ones', async () => {
  const folder = aClassifierFolder({ words, labels: ['LABEL_0', 'LABEL_1', 'LABEL_2'] })
  const labels = async (written: readonly string[] | null) => {
    const results = await (await opened(folder, written)).read(['hello'], signal)
    return results.kind === 'read' ? Object.keys(results.values[0]!) : results.failure.message
  }
  expect(await labels(['a', 'b', 'c'])).toEqual(['a', 'b', 'c'])
  expect(await labels(null)).toEqual(['LABEL_0', 'LABEL_1', 'LABEL_2'])
})

test('a model that says nothing of its labels has them numbered', async () => {
  const results = await (await opened(aClassifierFolder({ words, labels: null }))).read(['hello'], signal)
  expect(results).toMatchObject({ values: [{ LABEL_2: expect.closeTo(softmax([0, 0, 3])[2]!, 5) }] })
})

test('labels of another number than there are classes are refused at once, or as soon as they show', async () => {
  const three = aClassifierFolder({ words, labels: ['a', 'b', 'c'] })
  await expect(opened(three, ['yes', 'no'])).rejects.toThrow(
    "has 3 classes (a, b, c), and `labels` names 2. Name each, in the model's order.",
  )
  const silent = await opened(aClassifierFolder({ words, labels: null }), ['yes', 'no'])
  expect(await silent.read(['hello'], signal)).toMatchObject({
    kind: 'failed',
    failure: { message: expect.stringContaining('has 3 classes, and 2 labels are named') },
  })
})

test('an encoder is no classifier', async () => {
  const encoder = await opened(anEncoderFolder({ words }))
  expect(await encoder.read(['hello'], signal)).toMatchObject({
    kind: 'failed',
    failure: { kind: 'unreadable', message: expect.stringContaining('is no classifier of whole texts') },
  })
})
