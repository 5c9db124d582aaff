import { expect, test } from 'vitest'
import { aRow } from '../../../test/support/outcome-rows.ts'
import { checkRows, languageShares, strangeLanguages } from './check-rows.ts'

const options = { closestTo: () => null, leastOutcomes: 30 }
const english = 'What is the capital of the country that is in the north of Spain?'
const german = 'Was ist die Hauptstadt von dem Land und wie heisst der Fluss mit der Brücke?'
const chinese = '法国的首都是什么？请用中文回答这个问题。'

const rows = (count: number, fields: (index: number) => Parameters<typeof aRow>[0] = () => ({})) =>
  Array.from({ length: count }, (_, index) =>
    aRow({ prompt: english, outcomes: { m: { score: index % 2 } }, ...fields(index) }),
  )

test('sound rows are neither refused nor warned of', () => {
  expect(checkRows(rows(60), options)).toEqual({ faults: [], warnings: [] })
})

test('ten rows are too few', () => {
  const { faults } = checkRows(rows(10), options)
  expect(faults).toEqual([expect.stringMatching(/There are 10 prompts, and training needs 50/)])
})

test('prompts count, not rows: sixty answers to one question are one prompt', () => {
  const repeated = checkRows(
    rows(60, () => ({ qhash: 'one' })),
    options,
  )
  expect(repeated.faults).toEqual([expect.stringContaining('There are 1 prompts')])
})

test.each([
  [1, 'no answer counts as bad'],
  [0.2, 'no answer counts as good'],
])('scores of %s alone are refused', (score, message) => {
  const { faults } = checkRows(
    rows(60, () => ({ outcomes: { m: { score } } })),
    options,
  )
  expect(faults).toEqual([expect.stringContaining(message)])
})

test('a model of one class beside others, or of few outcomes, is a warning', () => {
  const { faults, warnings } = checkRows(
    rows(60, (index) => ({
      outcomes: {
        m: { score: index % 2 },
        sure: { score: 1 },
        ...(index < 5 ? { rare: { score: index % 2 } } : {}),
      },
    })),
    options,
  )
  expect(faults).toEqual([])
  expect(warnings).toEqual([
    expect.stringMatching(/Fewer than 30 outcomes.*: rare \(5\)/),
    expect.stringMatching(/all the same.*: sure \(always 1\)/),
  ])
})

test('models that the catalogue does not know are listed with near names', () => {
  const { warnings } = checkRows(
    rows(60, (index) => ({
      outcomes: { 'gpt-4o-mni': { score: index % 2 }, known: { score: 1 }, odd: { score: 0 } },
    })),
    {
      ...options,
      closestTo: (name) => (name === 'known' ? null : name === 'odd' ? [] : ['openai/gpt-4o-mini']),
    },
  )
  expect(warnings).toContainEqual(
    expect.stringMatching(/Not in the catalogue.*: gpt-4o-mni \(near: openai\/gpt-4o-mini\), odd\.$/),
  )
})

test('repeated questions are counted', () => {
  const { warnings } = checkRows(
    rows(120, (index) => ({ qhash: `q${index % 60}` })),
    options,
  )
  expect(warnings).toEqual([expect.stringContaining('60 of 120 rows repeat a question')])
})

test('a set in a language that the others lack is named', () => {
  const { warnings } = checkRows(
    rows(120, (index) => (index < 60 ? { dataset: 'here', prompt: chinese } : { dataset: 'there' })),
    options,
  )
  expect(warnings).toEqual([
    expect.stringMatching(/^here is in languages .*zh \(100 %\)/),
    expect.stringMatching(/^there is in languages .*en \(100 %\)/),
  ])
})

test('languages are counted over prompts that tell theirs', () => {
  const shares = languageShares([
    ...rows(3),
    ...rows(1, () => ({ prompt: german })),
    ...rows(1, () => ({ prompt: '17' })),
  ])
  expect(shares).toEqual({ en: 0.75, de: 0.25 })
  expect(strangeLanguages(shares, { en: 1 })).toEqual(['de (25 %)'])
  expect(strangeLanguages(shares, { en: 0.5, de: 0.5 })).toEqual([])
})
