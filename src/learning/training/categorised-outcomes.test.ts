import { expect, test } from 'vitest'
import { modelId } from '../../domain/model.ts'
import { logOddsOf, sigmoid } from '../../estimate/log-odds.ts'
import type { Stack } from '../../estimate/quality/stack.ts'
import type { OutcomeRow } from '../outcomes/outcome-row.ts'
import { categorisedOutcomes, toolCategoryOfRow } from './categorised-outcomes.ts'
import type { StackRow } from './fit-stack.ts'

const tool = { name: 'get_weather', parameters: { type: 'object', properties: { city: {} } } }
const aRow = (prompt: string, tools: readonly unknown[]): OutcomeRow => ({
  id: prompt,
  dataset: 'own',
  split: 'train',
  qhash: `hash of ${prompt}`,
  prompt,
  category: null,
  tools,
  inRouteLlm: false,
  reference: null,
  outcomes: new Map(),
})

const platt = { slope: 1, intercept: 0 }
const stack: Stack = {
  anchors: [modelId('acme/small')],
  models: [modelId('acme/small')],
  intercept: 0.1,
  levels: [1],
  ability: 1,
  differences: [0.5],
  offsets: [[0.3]],
  alone: platt,
  calibrations: [platt],
  curve: { kind: 'platt', ...platt },
  deviations: [0.05],
}
const reading: StackRow = {
  levels: [0.4],
  cells: [
    { place: 0, score: 1, logOdds: [0.9] },
    { place: -1, score: 0, logOdds: [0] },
  ],
  weight: 1,
}

test('the kind of tool call is read from a row as it is from a request', () => {
  expect(toolCategoryOfRow(aRow('How is the weather?', [tool]))).toEqual({ toolCategory: 'single' })
  expect(toolCategoryOfRow(aRow('How is the weather?', []))).toEqual({})
})

test('rows with tools give an outcome for each model of the stack, with what it makes of them', () => {
  const rows = [aRow('How is the weather?', [tool]), aRow('Hello', []), aRow('Weather of Rome', [tool])]
  const [found, ...others] = categorisedOutcomes(rows, {
    stack,
    rows: new Map([
      [0, reading],
      [1, reading],
    ]),
  })
  expect(others).toEqual([])
  // Level 0.1 + 0.4, ability 0.3, and half of what 0.9 is beyond 0.4 + 0.3.
  const mean = sigmoid(0.5 + 0.3 + 0.5 * 0.2)
  expect(found).toEqual({
    category: 'single',
    model: 'acme/small',
    prompt: 'hash of How is the weather?',
    logOdds: expect.closeTo(logOddsOf(mean), 9),
    score: 1,
  })
})
