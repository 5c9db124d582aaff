import { expect, test } from 'vitest'
import { parseRow } from './parse-row.ts'

const sound = {
  id: 'a',
  dataset: 'set',
  split: 'train',
  qhash: 'q',
  prompt: 'Why?',
  outcomes: { m: { score: 0.5, cost_usd: 0.01, output_chars: 7, answer: 3 } },
}
const line = (changes: Record<string, unknown>) => JSON.stringify({ ...sound, ...changes })

test('a sound row is read whole', () => {
  const parsed = parseRow(line({ domain: 'law', tools: [{ name: 'f' }], in_routellm: true, reference: 'B' }))
  expect(parsed).toEqual({
    kind: 'row',
    row: {
      id: 'a',
      dataset: 'set',
      split: 'train',
      qhash: 'q',
      prompt: 'Why?',
      category: 'law',
      tools: [{ name: 'f' }],
      inRouteLlm: true,
      reference: 'B',
      outcomes: new Map([
        [
          'm',
          {
            score: 0.5,
            costUsd: 0.01,
            inputTokens: null,
            outputTokens: null,
            latencyS: null,
            outputChars: 7,
            answer: '3',
          },
        ],
      ]),
    },
  })
})

test('a row without qhash gets one from its words', () => {
  const hashOf = (prompt: string) => {
    const parsed = parseRow(line({ prompt, qhash: undefined }))
    return parsed.kind === 'row' ? parsed.row.qhash : null
  }
  expect(hashOf('Why  not?')).toBe(hashOf('why not? '))
  expect(hashOf('Why not?')).not.toBe(hashOf('Why?'))
})

test.each([
  ['{"id": "a", "outcomes": {"m": {"score": NaN}}}', 'NaN'],
  ['{"id": "a"', 'is not JSON'],
  ['[1]', 'is not a JSON object'],
  [line({ outcomes: undefined }), 'has no `outcomes`'],
  [line({ outcomes: {} }), 'has empty `outcomes`'],
  [line({ prompt: undefined }), 'lacks `prompt`'],
  [line({ dataset: 7 }), '`dataset` is 7'],
  [line({ outcomes: { m: {} } }), '`outcomes.m.score` is missing'],
  [line({ outcomes: { m: { score: 1.2 } } }), '`outcomes.m.score` is 1.2'],
  [line({ outcomes: { m: { score: null } } }), '`outcomes.m.score` is null'],
  [line({ outcomes: { m: { score: 1, cost_usd: -1 } } }), '`outcomes.m.cost_usd` is -1'],
])('%s is refused with its reason', (text, problem) => {
  const parsed = parseRow(text)
  expect(parsed.kind).toBe('bad')
  expect(parsed).toMatchObject({ problem: expect.stringContaining(problem) })
})

test('a labelled text is told from an outcome row', () => {
  expect(parseRow('{"id": "b", "text": "hi", "label": "greeting"}').kind).toBe('not-outcomes')
})
