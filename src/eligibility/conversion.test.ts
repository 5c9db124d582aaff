import { expect, test } from 'vitest'
import { aCandidate, aRequest, aSignals } from '../../test/support/builders.ts'
import { conversion } from './conversion.ts'

const circumstances = { request: aRequest(), signals: aSignals(), needsCost: false, maxCostUsd: null }
const candidate = aCandidate({ id: 'acme/small' })

test('a model is refused whose vendor would be asked something else', () => {
  const lossOf = (id: string) => (id === 'acme/small' ? 'tools: web_search' : null)
  expect(conversion.refuse(candidate, { ...circumstances, lossOf })).toMatch(/no place for tools: web_search/)
  expect(conversion.refuse(aCandidate({ id: 'acme/large' }), { ...circumstances, lossOf })).toBeNull()
})

test('where nobody says what is lost, nothing is', () => {
  expect(conversion.refuse(candidate, circumstances)).toBeNull()
})
