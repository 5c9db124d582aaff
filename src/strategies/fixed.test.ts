import { expect, test } from 'vitest'
import { aTurn } from '../../test/support/builders.ts'
import { fixed } from './fixed.ts'
import { noAids } from './strategy.ts'
import { orderOf, verdictOf } from './strategies.contract.ts'

const chosen = (model: string) => verdictOf((turn) => fixed.choose(turn, { model }, noAids), aTurn())

test('goes to its model, the others behind it', () => {
  expect(orderOf(chosen('acme/large'))).toEqual(['acme/large', 'acme/small'])
  expect(chosen('acme/large').because).toBe('the policy names acme/large')
})

test('says so when another model stands in', () => {
  const verdict = chosen('acme/gone')
  expect(orderOf(verdict)).toEqual(['acme/small', 'acme/large'])
  expect(verdict.because).toBe('acme/gone may not serve this request; acme/small stands in')
})

test('wants a model', () => {
  expect(fixed.options.safeParse({}).success).toBe(false)
  expect(fixed.options.safeParse({ model: '' }).success).toBe(false)
})
