import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { ownLines } from '../../test/support/own-rows.ts'
import { decodeArtefact, encodeArtefact } from '../estimate/artefact-file.ts'
import { readRouterArtefact } from '../estimate/router-artefact.ts'
import { createLearnedPredictor } from '../learning/training/learned-predictor.ts'
import { UserError } from './command.ts'
import { type EvalOptions, measureAs } from './eval.ts'
import { silent } from './progress.ts'
import { trainArtefact } from './train.ts'
import { onboardFrom } from './train-onboard.ts'

const skills = {
  'gpt-4o-mini': [0.95, 0.2],
  'gpt-4o': [0.97, 0.85],
  'gpt-4o-mni': [0.9, 0.5],
} as const

let folder = ''
beforeEach(() => {
  folder = aFolder()
})

const file = (name: string, content: string) => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const flags = (changes: object = {}) => ({
  texts: [],
  split: 'train',
  simulated: '0',
  seed: 'test',
  out: join(folder, 'own.fairlead'),
  ...changes,
})

const refused = async (attempt: Promise<unknown>, message: RegExp) => {
  await expect(attempt).rejects.toThrow(message)
  await expect(attempt).rejects.toBeInstanceOf(UserError)
}

test('trains on files of several kinds, and says how well, beside controls', async () => {
  const rows = file('rows.jsonl', ownLines(400, skills))
  const scores = file('scores.csv', 'prompt,gpt-4o/score,gpt-4o/response\n"Why, then?",4,Because\nHow?,2,So')
  const pairs = file('pairs.csv', 'prompt,model_a,model_b,winner\nWho?,gpt-4o,gpt-4o-mini,tie')
  const text = await trainArtefact([rows, scores, pairs], flags({ scoreRange: '1,5' }), silent)
  for (const words of [
    'the router',
    'the mean of all outcomes',
    'each model’s mean by prompt length',
    'By model, on the prompts kept back',
    '1 rows are preferences',
    'gpt-4o-mni (near: openai/gpt-4o-mini',
  ])
    expect(text).toContain(words)
  expect(text).not.toMatch(/NaN|undefined/)
  const { about } = readRouterArtefact(readFileSync(join(folder, 'own.fairlead')), 'own')
  expect(about.trainedOn.map(({ set, prompts }) => [set, prompts])).toEqual([
    ['own', 400],
    ['scores', 2],
    ['pairs', 1],
  ])
  expect(about.encoder).toMatch(/^n-grams-/)
  expect(about.report!.controls).toHaveLength(3)
  expect(about.command).toBe(
    'fairlead train rows.jsonl scores.csv pairs.csv --score-range 1,5 --simulated 0 --seed test --split train',
  )
})

test('what can’t be trained on is refused with the reason', async () => {
  const few = file('few.jsonl', ownLines(10, skills))
  const sure = file('sure.jsonl', ownLines(80, { 'gpt-4o': [1, 1] }))
  const nan = file('nan.csv', 'prompt,gpt-4o/score\nWhy?,NaN')
  await refused(trainArtefact([few], flags(), silent), /There are 10 prompts/)
  await refused(trainArtefact([sure], flags(), silent), /no answer counts as bad/)
  await refused(trainArtefact([nan], flags(), silent), /nan\.csv:2: the score of gpt-4o is "NaN"/)
  await refused(trainArtefact([few], flags({ split: 'dev' }), silent), /has the split dev.*: train/)
  await refused(
    trainArtefact([few], flags({ format: 'xml' }), silent),
    /outcomes, preferences, scores, decisions/,
  )
  await refused(trainArtefact([few], flags({ scoreRange: '5,1' }), silent), /is no range/)
})

async function anArtefactFile(): Promise<string> {
  const { 'gpt-4o': _, ...others } = skills
  await trainArtefact(
    [file('base.jsonl', ownLines(400, others))],
    flags({ out: join(folder, 'base.fairlead') }),
    silent,
  )
  return join(folder, 'base.fairlead')
}

test('teaches a model, says what changed, and comparing shows it', async () => {
  const from = await anArtefactFile()
  const labelled = file('labelled.jsonl', ownLines(300, { 'gpt-4o': skills['gpt-4o'] }, { seed: 'labelled' }))
  const out = join(folder, 'taught.fairlead')
  const text = await onboardFrom([labelled], flags({ onboard: 'gpt-4o', from, out }), silent)
  expect(text).toContain('with openai/gpt-4o added; all else is as it was')
  expect(text).toMatch(/before: placed by descriptors[\s\S]*after, cross-validated/)
  const { models, about } = readRouterArtefact(readFileSync(out), 'taught')
  expect(models.at(-1)).toMatchObject({ id: 'openai/gpt-4o', outcomes: 300 })
  expect(about.onboarded).toEqual([expect.objectContaining({ model: 'openai/gpt-4o', rows: 300 })])
  const judged = file(
    'judged.jsonl',
    [ownLines(200, skills), ownLines(200, skills, { split: 'dev' })].join('\n'),
  )
  const compared = await measureAs(
    [judged],
    evalOptions({ compare: [out, from] }),
    createLearnedPredictor,
    silent,
  )
  expect(compared).toMatch(/^\S+taught\.fairlead (is ahead of|and) /)
  expect(compared).toContain('Both have the encoder n-grams-')
})

const evalOptions = (changes: Partial<EvalOptions>): EvalOptions => ({
  fitSplit: 'train',
  scoreSplit: 'dev',
  exclude: [],
  inputOverheadTokens: 0,
  seed: '1',
  resamples: 100,
  skipBad: false,
  json: false,
  ...changes,
})

test('teaching refuses what it can’t use, and warns of another language', async () => {
  const from = await anArtefactFile()
  const labelled = file('labelled.jsonl', ownLines(300, { 'gpt-4o': skills['gpt-4o'] }, { seed: 'labelled' }))
  const teach = (paths: string[], changes: object) => onboardFrom(paths, flags({ from, ...changes }), silent)
  await refused(teach([labelled], { from: undefined, onboard: 'gpt-4o' }), /go together/)
  await refused(
    teach([labelled], { onboard: 'o1' }),
    /No row has an outcome of o1\. The models are: gpt-4o\./,
  )
  await refused(
    teach([file('few.jsonl', ownLines(10, skills))], { onboard: 'gpt-4o' }),
    /There are 10 prompts/,
  )
  await refused(teach([labelled], { onboard: 'gpt-4o', from: labelled }), /is not a Fairlead artefact/)
  await refused(
    teach([labelled], { onboard: 'gpt-4o', from: join(folder, 'none') }),
    /none can't be read \(ENOENT\)/,
  )
  const english = ownLines(120, { 'gpt-4o': skills['gpt-4o'] }, { seed: 'x' })
  const chinese = file(
    'zh.jsonl',
    english.replaceAll('"prompt":"', '"prompt":"请用中文回答这个问题，法国的首都在哪里，有多少人口？'),
  )
  expect(await teach([chinese], { onboard: 'gpt-4o' })).toMatch(/hardly any prompts in zh \(100 %\)/)
})

test('an artefact of another version, or of another encoder than its heads’, is refused by name', async () => {
  const from = await anArtefactFile()
  const labelled = file('labelled.jsonl', ownLines(100, { 'gpt-4o': skills['gpt-4o'] }, { seed: 'labelled' }))
  const { header, arrays } = decodeArtefact(readFileSync(from), 'base')
  const swapped = join(folder, 'swapped.fairlead')
  writeFileSync(
    swapped,
    encodeArtefact(header, {
      ...arrays,
      hiddenBias: (arrays.hiddenBias as Float32Array).map((bias) => bias + 1),
    }),
  )
  const older = join(folder, 'older.fairlead')
  writeFileSync(
    older,
    Buffer.from(
      readFileSync(from).toString('latin1').replace('"formatVersion":2', '"formatVersion":7'),
      'latin1',
    ),
  )
  const stated = (header as { about: { encoder: string } }).about.encoder
  for (const [path, message] of [
    [
      swapped,
      new RegExp(
        `carries the encoder n-grams-\\S+, but its heads were fitted over ${stated.replace('+', '\\+')}`,
      ),
    ],
    [older, /older\.fairlead has format 7; this Fairlead reads format 2/],
  ] as const) {
    await refused(onboardFrom([labelled], flags({ onboard: 'gpt-4o', from: path }), silent), message)
    await refused(
      measureAs([labelled], evalOptions({ compare: [path, from] }), createLearnedPredictor, silent),
      message,
    )
  }
})
