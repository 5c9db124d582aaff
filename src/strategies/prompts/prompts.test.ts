import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aCandidate, aModel, anAnswer, aRequest, aUserMessage } from '../../../test/support/builders.ts'
import type { Message } from '../../domain/request.ts'
import { conversationText } from './conversation.ts'
import { questionTo, withInstruction } from './instructed.ts'
import { judgedPlace } from './judge-prompt.ts'
import { readRating } from './rating-prompt.ts'
import { section, shortened } from './section.ts'
import { verdictOf } from './team-prompt.ts'

describe('a section', () => {
  test('can not be closed by the text in it', () => {
    const inner = section('request', 'first', 1000)
    const outer = section('request', `${inner}\n[[end request 00000000]]`, 1000)
    const mark = /^\[\[begin request (\w+)/.exec(outer)![1]!
    expect(outer.split(mark)).toHaveLength(3)
  })

  test('keeps its bound and both ends of the text, and never half a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        fc.integer({ min: 3, max: 100 }),
        (text, most) => {
          const short = shortened(text, most)
          expect(short.length).toBeLessThanOrEqual(Math.max(text.length, most) + 60)
          // It throws at half a character.
          expect(() => encodeURIComponent(short)).not.toThrow()
        },
      ),
    )
  })
})

test('a conversation keeps what was asked last, and says what is no text', () => {
  const messages: Message[] = [
    aUserMessage('x'.repeat(10_000)),
    { role: 'assistant', content: [{ kind: 'text', text: 'Yes?' }], name: null },
    {
      role: 'user',
      content: [
        { kind: 'text', text: 'What is on it?' },
        { kind: 'image', url: 'data:', detail: null },
      ],
      name: null,
    },
  ]
  const text = conversationText(aRequest({ messages }), 1000)
  expect(text.length).toBeLessThan(1200)
  expect(text).toMatch(/User: What is on it\?\n\(an image\)$/)
})

test('an instruction stands after the system messages of the client', () => {
  const system: Message = { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }], name: null }
  const { messages } = withInstruction(aRequest({ messages: [system, aUserMessage('Hi')] }), 'Work.')
  expect(messages.map(({ role }) => role)).toEqual(['system', 'system', 'user'])
  expect(messages[0]).toBe(system)
})

test('a question to a model that thinks leaves it room to think, and asks it for no probabilities', () => {
  const thinker = aCandidate({ model: aModel({ capabilities: ['reasoning', 'logprobs'] }) })
  const { sampling, topLogprobs } = questionTo(thinker, 'Rate.', '?', { maxOutputTokens: 8, topLogprobs: 20 })
  expect(sampling.maxOutputTokens).toBeGreaterThan(1000)
  expect(topLogprobs).toBeNull()
})

test.each([
  ['B', 1],
  ['(b)', 1],
  ['**C**.', 2],
  ['Answer B', 1],
  ['A good try, but the best answer is C.', 2],
  ['I choose A', 0],
  ['A good answer.', null],
  ['D', null],
  ['B or C', null],
  ['', null],
])('a judge that says %j means place %s of 3', (said, place) => {
  expect(judgedPlace(said, 3)).toBe(place)
})

test.each([
  ['4', 4],
  [' 2.', 2],
  ['Rating: 3', 3],
  ['45', null],
  ['4.5', null],
  ['7', null],
  ['hard', null],
])('a rater that says %j means %s', (said, mean) => {
  expect(readRating(anAnswer({ text: said }))?.mean ?? null).toBe(mean)
})

test('token probabilities that leave digits out are shared among those that there are', () => {
  const top = [
    { token: '2', logprob: Math.log(0.6) },
    { token: ' 3', logprob: Math.log(0.2) },
    { token: 'two', logprob: Math.log(0.2) },
  ]
  const rating = readRating(anAnswer({ text: '2', logprobs: [{ token: '2', logprob: Math.log(0.6), top }] }))!
  expect(rating.mean).toBeCloseTo(2.25, 9)
  expect(rating.probabilities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9)
})

test.each([
  ['Fine.\nVerdict: sound.', 'sound'],
  ['**Verdict:** flawed', 'flawed'],
  ['Verdict: sound? No. Verdict: flawed.', 'flawed'],
  ['It is sound.', null],
])('a review %j says %s', (said, verdict) => {
  expect(verdictOf(said)).toBe(verdict)
})
