import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../../../test/support/a-folder.ts'
import { anArtefact } from '../../../../test/support/a-router.ts'
import { aModel } from '../../../../test/support/surroundings.ts'
import type { MeasuredFrontier, MeasureProgress, MeasureRequest } from '../../../domain/measured-frontier.ts'
import { type RouterArtefact, writeRouterArtefact } from '../../../estimate/router-artefact.ts'
import { readHead } from '../read-head.ts'
import { measureSet } from './measure.ts'

const small = aModel('acme/small', { prices: { input: 1, cachedRead: 1, cacheWrite: 1, output: 2 } })
const large = aModel('acme/large', { prices: { input: 10, cachedRead: 1, cacheWrite: 1, output: 20 } })

type Cell = Readonly<Record<string, number>>
const line = (n: number, outcomes: Readonly<Record<string, Cell>>, fields: object = {}) =>
  JSON.stringify({
    id: `row-${n}`,
    dataset: 'own',
    split: 'dev',
    qhash: `q-${n}`,
    prompt: 'Why? '.repeat(1 + (n % 9) * 20),
    outcomes,
    ...fields,
  })
const tokens = { input_tokens: 100, output_tokens: 50 }
const lines = (count: number, outcome = (_n: number): Cell => tokens, fields: object = {}) =>
  Array.from({ length: count }, (_, n) =>
    line(
      n,
      { small: { score: n % 3 === 0 ? 0 : 1, ...outcome(n) }, large: { score: 1, ...outcome(n) } },
      fields,
    ),
  ).join('\n')

function requestFor(
  text: string,
  changes: Partial<MeasureRequest> = {},
  about: Partial<RouterArtefact['about']> = {},
): MeasureRequest {
  const folder = aFolder()
  const path = join(folder, 'set.jsonl')
  writeFileSync(path, text)
  const plain = anArtefact()
  const artefact = join(folder, 'router.fairlead')
  writeFileSync(artefact, writeRouterArtefact({ ...plain, about: { ...plain.about, ...about } }))
  const known = new Map([
    ['small', small],
    ['large', large],
  ])
  return {
    path,
    artefact,
    pool: [small, large],
    known,
    mostRows: 1_000,
    resamples: 100,
    seed: 's',
    ...changes,
  }
}

async function measured(request: MeasureRequest): Promise<MeasuredFrontier> {
  const ended = await measureSet(request, () => {})
  if (ended.kind === 'impossible') throw new Error(`${ended.problem}. ${ended.remedy}`)
  return ended.frontier
}

describe('a set', () => {
  test('is measured with its tokens at the prices of the catalogue', async () => {
    const found = await measured(requestFor(lines(60)))
    expect(found.rows).toEqual({ inFile: 60, drawn: 60, used: 60 })
    expect(found.costs).toBe('Costs are the set’s token counts at today’s prices.')
    expect(found.models).toMatchObject([
      { name: 'acme/small', quality: { mean: 40 / 60 }, usd: { mean: expect.closeTo(200e-6) } },
      { name: 'acme/large', quality: { mean: 1 }, usd: { mean: expect.closeTo(2_000e-6) } },
    ])
  })

  test('says of each way how far costs were made up in it', async () => {
    const mixed = (n: number): Cell => (n % 2 === 0 ? { cost_usd: 0.001 } : { output_chars: 400 })
    expect((await measured(requestFor(lines(40, mixed)))).costs).toBe(
      'Costs are for 50 % of outcomes a quarter of the characters of its prompts and answers as tokens, at today’s prices, for 50 % of outcomes the dollars that the set says were billed.',
    )
  })

  test('is drawn from where it has more rows than are wanted, the same ones each time', async () => {
    const request = requestFor(lines(300), { mostRows: 50 })
    const [first, second] = [await measured(request), await measured(request)]
    expect(first.rows).toEqual({ inFile: 300, drawn: 50, used: 50 })
    expect(second).toEqual(first)
  })

  test('tells how far it has come', async () => {
    const told: MeasureProgress[] = []
    await measureSet(requestFor(lines(1_200)), (progress) => told.push(progress))
    expect(told.map(({ stage }) => stage)).toContain('reading')
    expect(told).toContainEqual({ stage: 'predicting', done: 1_000, total: 1_000 })
    expect(told.at(-1)).toEqual({ stage: 'resampling', done: 100, total: 100 })
  })

  test('that the router was trained on is told of, by data set and split', async () => {
    const trainedOn = [{ set: 'own', prompts: 9, cells: 9 }]
    const seen = await measured(requestFor(lines(20, undefined, { split: 'train' }), {}, { trainedOn }))
    expect(seen.seen).toEqual({ rows: 20, datasets: ['own'] })
    const unseen = await measured(requestFor(lines(20), {}, { trainedOn }))
    expect(unseen.seen).toEqual({ rows: 0, datasets: [] })
  })

  test('has for each rate the share of quality that leads to it: less the dearer money is', async () => {
    const { frontier } = await measured(requestFor(lines(60)))
    const promised = frontier.map((point) => point.promised!)
    expect(promised).toEqual([...promised].sort((a, b) => b - a))
    expect(promised[0]).toBeGreaterThanOrEqual(1)
    expect(promised.at(-1)).toBeLessThan(1)
  })

  test('of comparisons counts who was preferred', async () => {
    const pairs = Array.from({ length: 30 }, (_, n) =>
      JSON.stringify({
        id: `p-${n}`,
        prompt: `Why ${n}?`,
        model_a: 'small',
        model_b: 'large',
        winner: n < 10 ? 'model_a' : 'model_b',
      }),
    )
    const ended = await measureSet(requestFor(pairs.join('\n')), () => {})
    // Comparisons have no lengths of answers here, so nobody can say what those have cost.
    expect(ended).toMatchObject({ kind: 'impossible', remedy: expect.stringContaining('has no cost') })
  })
})

describe('what can’t be measured says what to do', () => {
  const impossible = async (request: MeasureRequest) => {
    const ended = await measureSet(request, () => {})
    return ended.kind === 'impossible' ? `${ended.problem}. ${ended.remedy}` : 'measured'
  }

  test.each([
    ['', 'is empty'],
    ['no JSON', 'set.jsonl:1 is not JSON'],
    ['SQLite format 3\0 and so on', 'is a decision log'],
    [line(1, { small: { score: 2 }, large: { score: 1 } }), 'set.jsonl:1'],
    [line(1, { who: { score: 1 }, large: { score: 1, ...tokens } }), 'the set has 1 with outcomes and costs'],
    [lines(1), 'Of 1 rows 1 have an outcome and a cost of each'],
  ])('of the file %j', async (text, words) => {
    expect(await impossible(requestFor(text))).toContain(words)
  })

  test('of a router that is none', async () => {
    const request = requestFor(lines(9))
    expect(await impossible({ ...request, artefact: '/not/there.fairlead' })).toContain('under `artefact`')
    expect(await impossible({ ...request, artefact: request.path })).toContain("The router can't be read")
  })

  test('of a file that is cut short: what of it can be read is', async () => {
    const torn = requestFor(`${lines(40)}\n{"id": "row-40", "data`)
    const found = await measured(torn)
    expect(found.rows.inFile).toBe(40)
    expect(found.notes.join()).toContain('Skipped 1 of 41 lines')
  })
})

describe('the head of a set', () => {
  test('has the models of its first rows', async () => {
    const { path } = requestFor(`${lines(200)}\n${line(201, { late: { score: 1 } })}\n`)
    expect(await readHead(path)).toEqual({ kind: 'models', names: ['small', 'large'] })
  })

  test('says what is wrong with it', async () => {
    const headOf = async (text: string) => readHead(requestFor(text).path)
    expect(await headOf('no JSON')).toMatchObject({
      kind: 'faulty',
      problem: expect.stringMatching(/^line 1/),
    })
    expect(await headOf('')).toMatchObject({ kind: 'faulty', problem: 'holds no row of outcomes' })
    expect(await headOf('SQLite format 3\0')).toMatchObject({ kind: 'faulty' })
    expect(await readHead('/not/there')).toMatchObject({ kind: 'faulty' })
  })
})
