import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { anArtefact, aStackedPart } from '../../test/support/a-router.ts'
import { aRequest } from '../../test/support/builders.ts'
import { builtInModels } from '../catalog/models/index.ts'
import { readSignals } from '../signals/index.ts'
import { ArtefactError, decodeArtefact, encodeArtefact } from './artefact-file.ts'
import { candidateEstimator } from './candidate.ts'
import { createRouter } from './router.ts'
import { readRouterArtefact, writeRouterArtefact } from './router-artefact.ts'

const written = writeRouterArtefact(anArtefact({ stacked: aStackedPart() }))

/** The tiny router's file, changed between header and arrays. */
function changed(
  change: (file: {
    header: Record<string, unknown>
    arrays: Record<string, Float32Array | Int8Array>
  }) => void,
): Uint8Array {
  const { header, arrays } = decodeArtefact(written, 'tiny')
  const file = { header: structuredClone(header), arrays: { ...arrays } as Record<string, Float32Array> }
  change(file)
  return encodeArtefact(file.header, file.arrays)
}

const refusal = (bytes: Uint8Array): string => {
  try {
    readRouterArtefact(bytes, 'r.fairlead')
  } catch (error) {
    if (error instanceof ArtefactError) return error.message
    throw error
  }
  return 'was read'
}

describe('a round trip', () => {
  test('keeps everything but the rounding of embedding and frequencies', () => {
    const { encoder, ...artefact } = anArtefact({ stacked: aStackedPart() })
    const { encoder: read, ...rest } = readRouterArtefact(written, 'r')
    expect(rest).toEqual({ ...artefact })
    expect(read.hidden).toEqual(encoder.hidden)
    expect(read.hiddenBias).toEqual(encoder.hiddenBias)
    read.embedding.forEach((value, at) => {
      expect(Math.abs(value - encoder.embedding[at]!)).toBeLessThan(0.005)
    })
    read.idf.forEach((value, at) => {
      expect(Math.abs(value - encoder.idf[at]!)).toBeLessThan(0.01)
    })
  })

  test('works for a router whose outcomes were too few to put estimators together', () => {
    expect(readRouterArtefact(writeRouterArtefact(anArtefact()), 'r').stacked).toBeNull()
  })

  test('is stable: what was read is written alike', () => {
    expect(Buffer.from(writeRouterArtefact(readRouterArtefact(written, 'r'))).equals(written)).toBe(true)
  })

  test('works from a Node buffer at an odd offset', () => {
    const pool = Buffer.alloc(written.length + 7)
    pool.set(written, 3)
    expect(readRouterArtefact(pool.subarray(3, 3 + written.length), 'r').about.name).toBe('tiny')
  })

  test('works for a router without a model or a label of its own', () => {
    const bare = anArtefact({
      models: [],
      subjects: [],
      taskTypes: [],
      heads: {
        ...anArtefact().heads,
        models: new Float32Array(0),
        subject: new Float32Array(0),
        taskType: new Float32Array(0),
      },
    })
    expect(readRouterArtefact(writeRouterArtefact(bare), 'r').models).toEqual([])
  })
})

describe('a file that does not hold together is refused with a remedy', () => {
  test.each([
    'embedding',
    'embeddingScales',
    'idf',
    'idfScales',
    'hidden',
    'hiddenBias',
    'shared',
    'models',
    'subject',
    'taskType',
    'outputTokens',
    'descriptors',
    'referenceEncodings',
    'referenceInputTokens',
    'referenceWordStarts',
    'clusterCentres',
    'clusterMeans',
    'wordDocuments',
    'wordStarts',
  ])('%s missing, too short or too long', (key) => {
    const without = changed(({ arrays }) => delete arrays[key])
    expect(refusal(without)).toBe(
      `r.fairlead has no ${key}: it is not a router. Make one with \`fairlead train\`.`,
    )
    for (const size of [-1, 1]) {
      const resized = changed(({ arrays }) => {
        const array = arrays[key]!
        const Type = array.constructor as new (length: number) => Float32Array
        arrays[key] = new Type(array.length + size)
      })
      expect(refusal(resized)).toMatch(/does not fit together: .* Train it again\./)
    }
  })

  test.each<[string, (header: Record<string, unknown>) => void]>([
    ['encoder', (header) => delete header.encoder],
    ['encoder.buckets', (header) => Object.assign(header.encoder as object, { buckets: 63 })],
    ['models', (header) => delete header.models],
    ['stacked', (header) => Object.assign(header, { stacked: { clusters: 2 } })],
    [
      'stacked.stack',
      (header) => Object.assign((header.stacked as { stack: object }).stack, { deviations: [0.1] }),
    ],
    ['reference', (header) => Object.assign(header, { reference: null })],
    ['prior', (header) => Object.assign(header, { prior: {} })],
    ['subjects.0', (header) => Object.assign(header, { subjects: ['astrology', 'math'] })],
    [
      'outputTokens.logDeviation',
      (header) => Object.assign(header, { outputTokens: { logDeviation: null } }),
    ],
  ])('a header whose %s is wrong', (place, change) => {
    const message = refusal(changed(({ header }) => change(header)))
    expect(message).toContain(`r.fairlead is not a router (${place}`)
    expect(message).toContain('fairlead train')
  })
})

describe('the shipped artefact', () => {
  const bytes = readFileSync(new URL('../../artefacts/default.fairlead', import.meta.url))

  test('is at most 16 MB', () => {
    expect(bytes.length).toBeLessThanOrEqual(16 * 1024 * 1024)
  })

  test('gives every model of the catalogue a finite quality, length and latency for any prompt', () => {
    const router = createRouter(readRouterArtefact(bytes, 'default.fairlead'))
    const prompts = ['', 'hi', '你好', '\ud800', '+'.repeat(3000), '9'.repeat(3000), 'Prove it. '.repeat(900)]
    for (const text of prompts) {
      const request = aRequest({ text })
      const estimate = candidateEstimator(router, request, readSignals(request, router.signals))
      for (const { model } of builtInModels) {
        const { quality, cost, latencyMs, outputTokens } = estimate(model)
        expect(quality.mean).toBeGreaterThanOrEqual(0)
        expect(quality.mean).toBeLessThanOrEqual(1)
        for (const estimate of [
          quality,
          latencyMs,
          outputTokens,
          cost.kind === 'known' ? cost.usd : quality,
        ]) {
          expect(Number.isFinite(estimate.mean)).toBe(true)
          expect(Number.isFinite(estimate.deviation)).toBe(true)
          expect(estimate.deviation).toBeGreaterThanOrEqual(0)
        }
        expect(outputTokens.mean).toBeGreaterThan(0)
      }
    }
  })
})
