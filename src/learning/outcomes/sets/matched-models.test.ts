import { describe, expect, test } from 'vitest'
import { aRow } from '../../../../test/support/outcome-rows.ts'
import { aModel } from '../../../../test/support/surroundings.ts'
import { createCosting } from '../costing.ts'
import { matchModels } from './matched-models.ts'

const [small, large, other] = [aModel('acme/small'), aModel('acme/large'), aModel('globex/hank')]
const known = new Map([
  ['acme/small', small],
  ['small-latest', small],
  ['large', large],
  ['globex/hank', other],
])
const costing = createCosting(null)
const billed = { costUsd: 0.01 }

const matched = (rows: Parameters<typeof aRow>[0][]) =>
  matchModels(rows.map(aRow), costing, { pool: [small, large], known })
const whyOut = (rows: Parameters<typeof aRow>[0][], name: string) =>
  matched(rows).set.find((one) => one.name === name)?.leftOut

describe('models of a set', () => {
  test('are those of the pool, by any of their names, whatever the capitals', () => {
    const { members, set } = matched([{ outcomes: { 'Small-Latest': billed, ' LARGE ': billed } }])
    expect(members.map(({ name, model }) => [name, model.id])).toEqual([
      [' LARGE ', 'acme/large'],
      ['Small-Latest', 'acme/small'],
    ])
    expect(set.every(({ leftOut }) => leftOut === null)).toBe(true)
  })

  test('take no part where the catalogue or the pool has them not, and stand last where they mean nothing', () => {
    const { set, members } = matched([
      { outcomes: { who: billed, 'globex/hank': billed, large: billed, 'acme/small': billed } },
    ])
    expect(members).toHaveLength(2)
    expect(set.slice(2)).toEqual([
      { name: 'globex/hank', id: 'globex/hank', leftOut: 'the policy does not choose among it' },
      { name: 'who', id: null, leftOut: 'the catalogue has no model of this name' },
    ])
  })

  test('of several names of one model the one that was run most often is meant', () => {
    const rows = [
      { outcomes: { 'acme/small': billed, large: billed } },
      ...Array.from({ length: 19 }, () => ({
        outcomes: { 'acme/small': billed, 'small-latest': billed, large: billed },
      })),
    ]
    expect(matched(rows).members.map(({ name }) => name)).toEqual(['acme/small', 'large'])
    expect(whyOut(rows, 'small-latest')).toBe('is acme/small, as is acme/small')
  })

  test('take no part where they were run or can be costed on too few of the rows that any of the pool was run on', () => {
    const few = [
      { outcomes: { 'acme/small': billed } },
      { outcomes: { 'acme/small': billed, large: billed } },
      // Of no model of the pool: it counts for nothing.
      { outcomes: { who: billed } },
    ]
    expect(whyOut(few, 'large')).toBe('was run on 50 % of the rows only')
    expect(whyOut(few, 'acme/small')).toBeNull()
    expect(whyOut([{ outcomes: { large: {}, 'acme/small': billed } }], 'large')).toContain('has no cost')
  })
})
