/** What `cascade` assumes of how models err together, from outcomes: `sharedDifficulty` and `wrongAgreement`. */

import { createAnswerModel } from '../../strategies/answers/answer-model.ts'

/** What the models of a pool made of one question; `answers`: equal texts agree, `null` can't be compared. */
export type AnsweredQuestion = {
  /** Predicted by a router that has not seen the question. */
  readonly predicted: ArrayLike<number>
  readonly right: readonly boolean[]
  readonly answers: readonly (string | null)[]
}

export type FittedAnswerModel = { readonly sharedDifficulty: number; readonly wrongAgreement: number }

const difficulties = [0, 0.4, 0.8, 1.2, 1.6, 2, 2.4, 2.8, 3.2, 3.6, 4, 5, 6]

/** Few pairs say little: as many more are taken to agree as the default says. */
const priorPairs = 20
const priorAgreement = 0.4

/**
 * `sharedDifficulty` of the highest likelihood of who was right together; `wrongAgreement` the share of pairs of wrong answers
 * that are the same one.
 */
export function fitAnswerModel(questions: readonly AnsweredQuestion[]): FittedAnswerModel {
  let sharedDifficulty = difficulties[0]!
  let best = Number.NEGATIVE_INFINITY
  for (const difficulty of difficulties) {
    const likelihood = questions.reduce((sum, question) => sum + logLikelihood(question, difficulty), 0)
    if (likelihood > best) [best, sharedDifficulty] = [likelihood, difficulty]
  }
  let [pairs, alike] = [priorPairs, priorPairs * priorAgreement]
  for (const { right, answers } of questions)
    for (let one = 0; one < right.length; one++)
      for (let other = one + 1; other < right.length; other++) {
        if (right[one] || right[other] || answers[one] == null || answers[other] == null) continue
        pairs++
        if (answers[one] === answers[other]) alike++
      }
  return { sharedDifficulty, wrongAgreement: Math.min(0.99, Math.max(0.01, alike / pairs)) }
}

/** Evidence this strong is knowledge: of a right answer the model then leaves the probability that it is right, times e^this. */
const certain = 40

function logLikelihood({ predicted, right }: AnsweredQuestion, sharedDifficulty: number): number {
  const model = createAnswerModel(Array.from(predicted), { sharedDifficulty, wrongAgreement: 0.5 })
  const { likelihood } = model.after(
    right.map((isRight, candidate) => ({
      candidate,
      cluster: null,
      evidence: isRight ? certain : Number.NEGATIVE_INFINITY,
    })),
  )
  return Math.log(likelihood) - certain * right.filter(Boolean).length
}
