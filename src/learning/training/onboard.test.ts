import { expect, test } from 'vitest'
import { aHeadRow, anArtefact } from '../../../test/support/a-router.ts'
import { aModel } from '../../../test/support/builders.ts'
import { seededDraw } from '../../domain/random.ts'
import { decodeArtefact } from '../../estimate/artefact-file.ts'
import { withTrainedModel } from '../../estimate/edit-artefact.ts'
import { readRouterArtefact, writeRouterArtefact } from '../../estimate/router-artefact.ts'
import { rowDot, sigmoid } from '../../estimate/log-odds.ts'
import type { ReadPrompt } from '../../estimate/quality/estimator.ts'
import { createRouter, type Router } from '../../estimate/router.ts'
import { type OnboardRow, onboard } from './onboard.ts'

const bytes = writeRouterArtefact(anArtefact())
const router = createRouter(readRouterArtefact(bytes, 'tiny'))
const fresh = aModel({ id: 'acme/fresh', benchmarks: { mmlu: 0.6 } })
const small = aModel({ id: 'acme/small' })

/** Far better on long prompts than its descriptors say, and somewhat worse on short ones. */
const skill = aHeadRow({ perLength: 1.6, bias: -0.5 })
const chance = ({ encoding }: ReadPrompt) =>
  sigmoid(rowDot(router.artefact.heads.shared, 0, encoding) + rowDot(skill, 0, encoding))

function rows(count: number, seed: string, scored = chance): OnboardRow[] {
  const draw = seededDraw(seed)
  return Array.from({ length: count }, (_, index) => {
    const prompt = router.readText('Tell me why. '.repeat(1 + Math.floor(draw() * 150)) + index)
    const expected = router.outputTokens(prompt.encoding, fresh).mean
    return {
      question: `${seed} ${index}`,
      prompt,
      score: draw() < scored(prompt) ? 1 : 0,
      tokens: index % 2 === 0 ? 3 * expected : null,
    }
  })
}

/** Log loss against true chances: the least that is possible is their entropy. */
const lossOf = (judged: Router, model = fresh) =>
  rows(800, 'judged').reduce((sum, { prompt }) => {
    const [p, q] = [chance(prompt), judged.quality(prompt)(model).mean]
    return sum - (p * Math.log(q) + (1 - p) * Math.log(1 - q)) / 800
  }, 0)

const teach = (from: Uint8Array, model: typeof fresh, taught: readonly OnboardRow[]) => {
  const result = onboard(createRouter(readRouterArtefact(from, 'tiny')), model, taught)
  const record = { model: model.id, rows: taught.length, logLossBefore: 1, logLossAfter: 0.5 }
  const written = withTrainedModel(from, 'tiny', { ...result, record })
  return { ...result, written, router: createRouter(readRouterArtefact(written, 'tiny')) }
}

test('200 labelled prompts find a skill that descriptors miss', () => {
  const least = rows(800, 'judged').reduce((sum, { prompt }) => {
    const p = chance(prompt)
    return sum - (p * Math.log(p) + (1 - p) * Math.log(1 - p)) / 800
  }, 0)
  const before = lossOf(router) - least
  const after = lossOf(teach(bytes, fresh, rows(200, 'taught')).router) - least
  expect(before).toBeGreaterThan(0.05)
  expect(after).toBeLessThan(before / 3)
})

test('the report says so from the labelled prompts alone', () => {
  const { report } = onboard(router, fresh, rows(300, 'taught'))
  expect(report.rows).toBe(300)
  expect(report.before.from).toBe('descriptors')
  expect(report.after.logLoss).toBeLessThan(report.before.logLoss)
  expect(report.freedom).toBeGreaterThan(0)
})

test('where descriptors were right nearly nothing moves', () => {
  const asPredicted = (prompt: ReadPrompt) => router.quality(prompt)(fresh).mean
  const { router: taught } = teach(bytes, fresh, rows(300, 'as predicted', asPredicted))
  const shifts = rows(100, 'judged').map(({ prompt }) =>
    Math.abs(taught.quality(prompt)(fresh).mean - asPredicted(prompt)),
  )
  expect(Math.max(...shifts)).toBeLessThan(0.12)
})

test('everything else in the artefact is identical, byte for byte', () => {
  const { written } = teach(bytes, fresh, rows(200, 'taught'))
  const [before, after] = [bytes, written].map((file) => decodeArtefact(file, 'tiny'))
  const { models: old, ...others } = before!.arrays
  const { models: heads, ...same } = after!.arrays
  expect(same).toEqual(others)
  expect(heads!.subarray(0, old!.length)).toEqual(old)
  expect(heads).toHaveLength((old!.length / 2) * 3)
  expect(after!.header).toMatchObject({
    about: { name: 'tiny', onboarded: [{ model: 'acme/fresh', rows: 200 }] },
    models: [{ id: 'acme/small' }, { id: 'acme/large' }, { id: 'acme/fresh', outcomes: 200 }],
  })
})

test('a model that has a head is refined in its place, from where it stands', () => {
  const { written, report, trained } = teach(bytes, small, rows(200, 'taught'))
  expect(report.before.from).toBe('own head')
  expect(trained.outcomes).toBe(700)
  const after = readRouterArtefact(written, 'tiny')
  expect(after.models.map(({ id }) => id)).toEqual(['acme/small', 'acme/large'])
  const large = aModel({ id: 'acme/large' })
  const { prompt } = rows(1, 'any')[0]!
  expect(createRouter(after).quality(prompt)(large)).toEqual(router.quality(prompt)(large))
  expect(lossOf(createRouter(after), small)).toBeLessThan(lossOf(router, small))
})

test('verbosity follows the lengths that are known, and stays without any', () => {
  const taught = rows(200, 'taught')
  const { report } = onboard(router, fresh, taught)
  expect(report.verbosity.lengths).toBe(100)
  // Three times the mean of a distribution, seen as single values: half its log variance above three.
  expect(report.verbosity.after).toBeGreaterThan(2.4)
  const unknown = onboard(
    router,
    fresh,
    taught.map((row) => ({ ...row, tokens: null })),
  )
  expect(unknown.report.verbosity.after).toBe(fresh.verbosity)
  expect(unknown.trained.verbosity).toBeNull()
})

test('the same rows give the same head', () => {
  const taught = rows(120, 'taught')
  expect(onboard(router, fresh, taught)).toEqual(onboard(router, fresh, taught))
})
