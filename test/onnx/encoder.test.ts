import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openOnnxEncoder, type OnnxEncoderOptions } from '../../src/providers/encoders/onnx-encoder.ts'
import { aFolder } from '../support/a-folder.ts'
import { anEncoderFolder } from '../support/a-text-model.ts'

const words = { apple: [3, 0, 0], pear: [0, 4, 0], car: [0, 0, 2] }
const signal = new AbortController().signal

const options = (path: string, changes: Partial<OnnxEncoderOptions> = {}): OnnxEncoderOptions => ({
  source: { kind: 'folder', path },
  allowRemote: false,
  cacheFolder: join(path, 'cache'),
  weights: 'fp32',
  file: 'model',
  maxTokens: 512,
  pooling: 'mean',
  ...changes,
})

async function opened(path: string, changes: Partial<OnnxEncoderOptions> = {}) {
  const encoder = await openOnnxEncoder(options(path, changes))
  onTestFinished(() => encoder.close())
  return encoder
}

async function vectorsOf(texts: readonly string[], changes: Partial<OnnxEncoderOptions> = {}) {
  const results = await (await opened(anEncoderFolder({ words }), changes)).read(texts, signal)
  if (results.kind === 'failed') throw new Error(results.failure.message)
  return results.values.map((vector) => [...vector].map((value) => Number(value.toFixed(4))))
}

const problemOf = (path: string, changes: Partial<OnnxEncoderOptions> = {}): Promise<string> =>
  openOnnxEncoder(options(path, changes)).then(
    () => 'no problem',
    (error: Error) => `${error.name}: ${error.message}`,
  )

test('the vector of a text is the mean of its tokens, of unit length, whatever else is in the batch', async () => {
  const expected = [
    [0.6, 0.8, 0],
    [0, 0, 1],
    [1, 0, 0],
  ]
  expect(await vectorsOf(['apple pear', 'Car', 'apple apple apple apple'])).toEqual(expected)
  expect(await vectorsOf(['apple pear'])).toEqual([expected[0]])
})

test('words that the model does not know leave nothing to scale', async () => {
  expect(await vectorsOf(['zebra', ''])).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ])
})

test('longer texts are cut at the limit of tokens', async () => {
  // [CLS], one word, [SEP].
  expect(await vectorsOf(['apple pear car'], { maxTokens: 3 })).toEqual([[1, 0, 0]])
  expect(await vectorsOf([`apple ${'pear '.repeat(50_000)}`], { maxTokens: 3 })).toEqual([[1, 0, 0]])
})

test('the first token may stand for the text', async () => {
  const [vector] = await vectorsOf(['apple'], { pooling: 'cls' })
  // The tiny model gives [CLS] nothing.
  expect(vector).toEqual([0, 0, 0])
})

test('a model without a vector of its own says what it gives', async () => {
  const encoder = await opened(anEncoderFolder({ words }), { pooling: 'model' })
  expect(await encoder.read(['apple'], signal)).toMatchObject({
    kind: 'failed',
    failure: {
      message: expect.stringContaining('it gives last_hidden_state, none of which is sentence_embedding'),
    },
  })
})

test('the ONNX file may lie beside the tokenizer, as exporters put it', async () => {
  const encoder = await opened(anEncoderFolder({ words, layout: 'beside' }))
  expect(await encoder.read(['car'], signal)).toMatchObject({ kind: 'read' })
})

test('the name changes with the weights and with what is done with them, not with the folder', async () => {
  const named = async (table: typeof words, changes: Partial<OnnxEncoderOptions> = {}) =>
    (await opened(anEncoderFolder({ words: table }), changes)).id.replace(/^.*-(?=\w{12} )/, '')
  const first = await named(words)
  expect(await named(words)).toBe(first)
  expect(await named({ ...words, car: [0, 0, 3] })).not.toBe(first)
  expect(await named(words, { pooling: 'cls' })).not.toBe(first)
  expect(await named(words, { maxTokens: 100 })).not.toBe(first)
})

test('numbers that are not finite are no vectors', async () => {
  const encoder = await opened(anEncoderFolder({ words: { apple: [Number.POSITIVE_INFINITY, 0, 0] } }))
  expect(await encoder.read(['apple'], signal)).toMatchObject({
    kind: 'failed',
    failure: { kind: 'unreadable', message: expect.stringContaining('not finite') },
  })
})

describe('what can not be opened says why, and what to do', () => {
  test('a folder that is not there', async () => {
    expect(await problemOf('/nowhere/model')).toMatch(
      /^TextModelError: The folder \/nowhere\/model has no config.json. Name the folder of one text model/,
    )
  })

  test('a folder without its tokenizer', async () => {
    const folder = anEncoderFolder({ words })
    rmSync(join(folder, 'tokenizer.json'))
    expect(await problemOf(folder)).toContain('has no tokenizer.json')
  })

  test('weights of another number format', async () => {
    expect(await problemOf(anEncoderFolder({ words }), { weights: 'q8' })).toContain(
      'has no model_quantized.onnx, nor has its folder onnx. Convert its weights with Optimum',
    )
  })

  test('an ONNX file that is none', async () => {
    const folder = anEncoderFolder({ words })
    writeFileSync(join(folder, 'onnx', 'model.onnx'), 'not ONNX')
    expect(await problemOf(folder)).toMatch(
      /can't be loaded \(.*\). Check the name, and that its files are whole/,
    )
  })

  test('a name of the hub that is not there yet: nothing is downloaded unasked', async () => {
    expect(await problemOf(aFolder(), { source: ofTheHub })).toMatch(
      /acme\/tiny is not in .*cache, and nothing is downloaded unasked. Set `allowRemote: true`/,
    )
  })
})

const ofTheHub = { kind: 'hub', name: 'acme/tiny', revision: 'main' } as const

test('a model of the hub that was downloaded before is opened without a network', async () => {
  const cacheFolder = join(aFolder(), 'models')
  cpSync(anEncoderFolder({ words }), join(cacheFolder, 'acme', 'tiny'), { recursive: true })
  cpSync(anEncoderFolder({ words }), join(cacheFolder, 'acme', 'tiny', 'v2'), { recursive: true })
  for (const allowRemote of [false, true]) {
    const encoder = await opened('', { source: ofTheHub, cacheFolder, allowRemote })
    expect(encoder.id).toBe('acme/tiny@main model fp32 512 mean')
    expect(await encoder.read(['car'], signal)).toMatchObject({ kind: 'read' })
  }
  const second = await opened('', { source: { ...ofTheHub, revision: 'v2' }, cacheFolder })
  expect(second.id).toBe('acme/tiny@v2 model fp32 512 mean')
})
