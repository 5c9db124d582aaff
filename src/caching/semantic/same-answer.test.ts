import { describe, expect, it } from 'vitest'
import { anAnswer } from '../../../test/support/builders.ts'
import { sameAnswer } from './same-answer.ts'

const answer = (text: string) => ({ ...anAnswer(), parts: [{ kind: 'text', text } as const] })
const same = (one: string, other: string) => sameAnswer(answer(one), answer(other))

describe('two answers', () => {
  it.each([
    ['Paris', 'The capital of France is Paris.'],
    ['It is 36.', '36'],
    ['You can return items within 30 days of delivery.', 'Items can be returned for 30 days after delivery.'],
    [
      'Open the settings, choose Security, and press Reset password. A mail with a link will come.',
      'To reset the password, go to Security in the settings and press the reset button; you will get a link by mail.',
    ],
    ['', ''],
  ])('%j and %j say the same', (one, other) => {
    expect(same(one, other)).toBe(true)
    expect(same(other, one)).toBe(true)
  })

  it.each([
    ['Paris', 'Madrid'],
    ['It is 36.', 'It is 63.'],
    ['Yes, it is allowed.', 'No, it is not allowed.'],
    ['The capital of France is Paris.', 'The capital of Spain is Madrid.'],
    ['You can return items within 30 days.', 'You can return items within 60 days.'],
    [
      'Open the settings, choose Security, and press Reset password. A mail with a link will come.',
      'Bread rises because yeast makes gas out of sugar, which the gluten of the dough holds back.',
    ],
    ['Paris', ''],
  ])('%j and %j do not', (one, other) => {
    expect(same(one, other)).toBe(false)
    expect(same(other, one)).toBe(false)
  })
})
