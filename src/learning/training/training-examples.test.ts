import { expect, test } from 'vitest'
import { aRow } from '../../../test/support/outcome-rows.ts'
import type { OutcomeRow } from '../outcomes/outcome-row.ts'
import { commandExamples, groupLabel, rowExamples } from './training-examples.ts'

const rowsOf = (dataset: string, category: string | null, count: number): OutcomeRow[] =>
  Array.from({ length: count }, () => aRow({ dataset, category }))

const groupsOf = (rows: readonly OutcomeRow[]) =>
  rowExamples(rows, () => null).map(({ labels }) => labels[groupLabel])

test('rows have the group that data set and category name', () => {
  const groups = groupsOf([
    ...rowsOf('support', 'billing', 20),
    ...rowsOf('support', null, 20),
    ...rowsOf('sales', null, 20),
  ])
  expect([...new Set(groups)]).toEqual(['support/billing', 'support/', 'sales/'])
})

test('a group of few rows is none', () => {
  const rows = [...rowsOf('a', null, 20), ...rowsOf('b', null, 20), ...rowsOf('c', null, 19)]
  expect(groupsOf(rows).slice(40)).toEqual(new Array(19).fill(undefined))
})

test('one group alone tells nothing apart', () => {
  expect(new Set(groupsOf([...rowsOf('a', null, 50), ...rowsOf('b', null, 5)]))).toEqual(new Set([undefined]))
})

test('of very many groups the largest are kept', () => {
  const rows = Array.from({ length: 80 }, (_, group) => rowsOf(`set ${group}`, null, 20 + group)).flat()
  const kept = new Set(groupsOf(rows))
  kept.delete(undefined)
  expect(kept.size).toBe(64)
  expect(kept).not.toContain('set 15/')
  expect(kept).toContain('set 16/')
})

test('commands have no group, and their sets of intents cannot be taken for one', () => {
  const [command] = commandExamples({ 'set-category': [{ text: 'set an alarm', label: 'alarm' }] })
  expect(command!.labels).not.toHaveProperty(groupLabel)
})
