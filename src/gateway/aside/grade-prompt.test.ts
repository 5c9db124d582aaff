import { describe, expect, test } from 'vitest'
import { plainRequest, textOf } from '../../domain/request.ts'
import { comparisonRequest, gradeRequest, readGrade } from './grade-prompt.ts'

describe('a grade is read', () => {
  test.each([
    ['{"grade": 1}', 0],
    ['{"grade":10}', 1],
    [' {"grade": 4} \n', 3 / 9],
    ['```json\n{"grade": 7}\n```', 6 / 9],
    ['7', 6 / 9],
    ['Grade: 7', 6 / 9],
    ['7/10', 6 / 9],
  ])('from %j', (said, score) => {
    expect(readGrade(said, 'ten')?.score).toBeCloseTo(score, 12)
  })

  test.each([
    '',
    '0',
    '11',
    '{"grade": 0}',
    '{"grade": 7.5}',
    '{"grade": "7"}',
    '{"grade": 7, "because": "good"}',
    '{"score": 7}',
    '[7]',
    'I give it 7',
    '7 or 8',
    '{"grade": 3}\n{"grade": 10}',
    'null',
  ])('from nothing like %j', (said) => {
    expect(readGrade(said, 'ten')).toBeNull()
  })

  test.each([
    ['{"pass": true}', 1],
    ['{"pass": false}', 0],
    ['PASS', 1],
    ['fail.', 0],
  ])('as passed or not from %j', (said, score) => {
    expect(readGrade(said, 'pass')?.score).toBe(score)
  })

  test.each(['{"pass": "true"}', 'It would pass', '7', '{"grade": 7}'])(
    'of which %j says nothing',
    (said) => {
      expect(readGrade(said, 'pass')).toBeNull()
    },
  )
})

describe('what a judge is asked', () => {
  test('holds the request, the answer and the rubric, and asks for a form where that can be kept', () => {
    const settings = { scale: 'pass', rubric: 'Short sentences.' } as const
    const [formal, free] = [true, false].map((schema) =>
      gradeRequest(plainRequest('Why?'), 'Because.', settings, schema),
    )
    expect(formal!.responseFormat).toMatchObject({ kind: 'json-schema', schema: { required: ['pass'] } })
    expect(free!.responseFormat).toEqual({ kind: 'text' })
    const [system, user] = free!.messages.map(textOf)
    expect(system).toContain('Short sentences.')
    expect(user).toMatch(/Why\?[\s\S]*Because\./)
  })

  test('is of bounded length, whatever was said', () => {
    const long = 'x'.repeat(500_000)
    const { messages } = gradeRequest(plainRequest(long), long, { scale: 'ten', rubric: null }, false)
    expect(messages.map(textOf).join('').length).toBeLessThan(30_000)
    const compared = comparisonRequest(plainRequest(long), [long, long], null)
    expect(compared.messages.map(textOf).join('').length).toBeLessThan(45_000)
  })
})
