import { describe, expect, test } from 'vitest'
import { parameterTerms, valueTerms } from './value-kinds.ts'

describe('values in a request', () => {
  test.each([
    ['see https://example.org/a', '#url'],
    ['write to mia@example.org', '#email'],
    ['on 2024-05-03', '#date'],
    ['tomorrow at noon', '#date'],
    ['at 6 pm', '#time'],
    ['read ./src/index.ts', '#path'],
    ['it cost $40', '#money'],
    ['at 40.7128, -74.0060', '#coordinates'],
    ['call +41 79 555 12 34', '#phone'],
    ['a hotel in Rome', '#place'],
    ['the mean of 3, 5, 8, 13', '#numbers'],
    ['SELECT id FROM users', '#sql'],
  ])('%s has %s', (text, term) => {
    expect(valueTerms(text)).toContain(term)
  })

  test('plain words have none', () => {
    expect(valueTerms('tell me a joke about cats')).toEqual([])
  })
})

test('parameters that take such values are known by their words', () => {
  expect(parameterTerms('file path')).toEqual(['#path'])
  expect(parameterTerms('attendees e-mail addresses')).toEqual(['#email'])
  expect(parameterTerms('depth')).toEqual([])
})
