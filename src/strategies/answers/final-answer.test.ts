import { expect, test } from 'vitest'
import { anAnswer } from '../../../test/support/builders.ts'
import type { Answer } from '../../domain/answer.ts'
import { finalAnswer } from './final-answer.ts'

const saying = (text: string): Answer => ({ ...anAnswer(), parts: [{ kind: 'text', text }] })
const calling = (...calls: [string, string][]): Answer => ({
  ...anAnswer(),
  parts: calls.map(([name, argumentsText], index) => ({
    kind: 'tool-call',
    id: `${index}`,
    name,
    argumentsText,
  })),
})

test.each([
  ['a letter', 'B', '(b)'],
  ['a letter and its text', 'B) the second law', 'The answer is (B).'],
  ['working before the answer', 'First, 2 + 2 = 4. So the answer is 4.', '4'],
  ['a box', 'Thus \\boxed{12}', 'The answer is 12'],
  ['a grade-school mark', 'Some work.\n#### 1,250', 'The final answer is: $1250$.'],
  ['numbers written apart', '0.50', '0.5'],
  ['capitals and a full stop', 'Paris.', 'paris'],
  ['JSON with its keys in another order', '{"a": 1, "b": [2]}', '```json\n{"b":[2],"a":1}\n```'],
  ['several statements: the last counts', 'The answer is 3. No: the answer is 5.', '5'],
])('%s: equal answers are equal', (_name, one, other) => {
  expect(finalAnswer(saying(one))).not.toBeNull()
  expect(finalAnswer(saying(one))).toBe(finalAnswer(saying(other)))
})

test.each([
  ['B', 'C'],
  ['12', '13'],
  ['a dog', 'a'],
  ['{"a":1}', '{"a":2}'],
])('%s is not %s', (one, other) => {
  expect(finalAnswer(saying(one))).not.toBe(finalAnswer(saying(other)))
})

test('a long text has no form in which another could equal it', () => {
  expect(finalAnswer(saying(`${'word '.repeat(40)}end`))).toBeNull()
  expect(finalAnswer(saying('two\nlines'))).toBeNull()
  expect(finalAnswer(saying('  '))).toBeNull()
})

test('tool calls are equal by name and arguments, in whatever order', () => {
  const one = calling(['weather', '{"city":"Rome","unit":"c"}'], ['time', '{}'])
  const other = calling(['time', '{}'], ['weather', '{"unit": "c", "city": "Rome"}'])
  expect(finalAnswer(one)).toBe(finalAnswer(other))
  expect(finalAnswer(one)).not.toBe(finalAnswer(calling(['time', '{}'])))
})
