import { expect, test } from 'vitest'
import { normal, seededDraw } from '../../domain/random.ts'
import { createAnswerModel } from '../../strategies/answers/answer-model.ts'
import { type AnsweredQuestion, fitAnswerModel } from './fit-answer-model.ts'

/** Questions of which three models are right by the answer model itself; wrong answers are one of `wrongs`, alike likely. */
function questions(count: number, difficulty: number, wrongs: number): AnsweredQuestion[] {
  const draw = seededDraw(`questions ${difficulty} ${wrongs}`)
  const logit = 0.8
  return Array.from({ length: count }, () => {
    const hard = difficulty * normal(draw)
    const right = [0, 1, 2].map(
      () => draw() < 1 / (1 + Math.exp(-(logit * Math.sqrt(1 + difficulty ** 2 / 3) + hard))),
    )
    return {
      predicted: [0.66, 0.66, 0.66],
      right,
      answers: right.map((isRight) => (isRight ? 'right' : `wrong ${Math.floor(draw() * wrongs)}`)),
    }
  })
}

test.each([
  [0, 4],
  [2.4, 2],
])(
  'finds how much difficulty models share (%d), and how often wrong answers agree (1 in %d)',
  (difficulty, wrongs) => {
    const fitted = fitAnswerModel(questions(800, difficulty, wrongs))
    expect(Math.abs(fitted.sharedDifficulty - difficulty)).toBeLessThanOrEqual(0.8)
    expect(Math.abs(fitted.wrongAgreement - 1 / wrongs)).toBeLessThanOrEqual(0.08)
  },
)

test('without questions the default of agreement stands, within what the strategy takes', () => {
  const fitted = fitAnswerModel([])
  expect(fitted.wrongAgreement).toBeCloseTo(0.4)
  expect(() => createAnswerModel([0.5], fitted)).not.toThrow()
})
