import fc from 'fast-check'
import { expect, it } from 'vitest'
import { itemsOf, listOf } from './list-items.ts'

it.each([
  ['[]', []],
  [' [ ] ', []],
  ['[1]', ['1']],
  ['[ {"a":[1,"]"]} , "x,\\"y]" ,[2, 3]]', [' {"a":[1,"]"]} ', ' "x,\\"y]" ', '[2, 3]']],
  ['["\\\\"]', ['"\\\\"']],
])('the items of %s', (list, items) => {
  expect(itemsOf(list)).toEqual(items)
})

it('are the same values as those of the list, in any spelling', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ maxDepth: 3 })), fc.nat(3), (list, indent) => {
      const items = itemsOf(JSON.stringify(list, null, indent))
      expect(items.map((item) => JSON.parse(item))).toEqual(JSON.parse(JSON.stringify(list)))
      expect(JSON.parse(listOf(items))).toEqual(JSON.parse(JSON.stringify(list)))
    }),
  )
})
