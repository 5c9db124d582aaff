import { expect, test } from 'vitest'
import { type MetricName, scoreAnswer } from './metric.ts'

test.each<readonly [MetricName, string, unknown, 0 | 1]>([
  ['exact', ' Paris \n', 'Paris', 1],
  ['exact', 'New   York', 'New York', 1],
  ['exact', 'paris', 'Paris', 0],
  ['exact', 'Paris.', 'Paris', 0],
  ['contains', 'It is PARIS.', 'Paris', 1],
  ['contains', '120', '12', 0],
  ['contains', '120, or 12', '12', 1],
  ['contains', 'anything', '', 0],
  ['contains', 'über alles', 'ber', 0],
  ['numeric', 'First 3, so the answer is 1,234.50 dollars', 1234.5, 1],
  ['numeric', 'The answer is -7', '-7', 1],
  ['numeric', 'The answer is 7', '-7', 0],
  ['numeric', 'None', '0', 0],
  ['numeric', '0.1 + 0.2 = 0.30000000000000004', '0.3', 1],
  ['json', '```json\n{"b": [1, 2], "a": null}\n```', { a: null, b: [1, 2] }, 1],
  ['json', '{"a": 1, "c": 2}', '{"a": 1}', 0],
  ['json', '{"a": 1}', { a: 1, c: 2 }, 0],
  ['json', '[1, 2]', { 0: 1, 1: 2 }, 0],
  ['json', 'no JSON', 'none either', 0],
  ['json', '{"__proto__": 1}', { a: 1 }, 0],
])('%s: %s for %j', (metric, said, answer, score) => {
  expect(scoreAnswer(metric, said, [answer])).toBe(score)
})

test('any of several answers will do', () => {
  expect(scoreAnswer('exact', 'b', ['a', 'b'])).toBe(1)
  expect(scoreAnswer('exact', 'c', ['a', 'b'])).toBe(0)
})
