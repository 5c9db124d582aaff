import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aModel, aRequest } from '../../../../test/support/builders.ts'
import { answerText } from '../../../domain/answer.ts'
import { plainRequest, type Request } from '../../../domain/request.ts'
import { aCandidate } from '../../../../test/support/builders.ts'
import { openings as written } from '../../../strategies/prompts/openings.ts'
import { judgedPlace, judgeRequest } from '../../../strategies/prompts/judge-prompt.ts'
import { ratingRequest, readRating } from '../../../strategies/prompts/rating-prompt.ts'
import { section } from '../../../strategies/prompts/section.ts'
import { synthesisRequest } from '../../../strategies/prompts/synthesis-prompt.ts'
import { stepByStepRequest, teamRequest, verdictOf } from '../../../strategies/prompts/team-prompt.ts'
import { simulateAnswer } from '../answer.ts'
import { requestFor } from '../sample.ts'
import { checkAnswer, generateTasks } from '../tasks/index.ts'
import { sectionsOf } from './instruction.ts'
import { openings } from './openings.ts'

const nano = aModel({ id: 'simulated/nano' })
const frontier = aModel({ id: 'simulated/frontier' })
const tasks = generateTasks('instructed', 180)

const share = (count: number): number => count / tasks.length
const rightShare = (model: typeof nano, asked: (task: (typeof tasks)[number]) => Request): number =>
  share(
    tasks.filter((task) => checkAnswer(task, answerText(simulateAnswer(model, asked(task), 'seed').answer)))
      .length,
  )

test('they know the prompts of strategies by the lines with which those begin', () => {
  expect(openings).toEqual(written)
})

test('sections are read as they were written, whatever text they hold', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 200 }), (one, other) => {
      const text = `${section('answer A', one, 500)}\n\n${section('answer B', other, 500)}`
      expect(sectionsOf(text).map((read) => read.text)).toEqual([one, other])
    }),
  )
})

describe('a simulated judge', () => {
  const judgedRight = (model: typeof nano): number =>
    share(
      tasks.filter((task, index) => {
        const answers = ['The answer is nonsense.', `The answer is ${task.answer}.`, 'The answer is 0.123.']
        if (index % 2 === 0) answers.reverse()
        const asked = judgeRequest(aCandidate({ model }), plainRequest(task.prompt), answers, 2000)
        const place = judgedPlace(answerText(simulateAnswer(model, asked, 'seed').answer), 3)
        return place === 1
      }).length,
    )

  test('is right the more often the abler it is, and never always', () => {
    const [weak, able] = [judgedRight(nano), judgedRight(frontier)]
    expect(weak).toBeGreaterThan(0.5)
    expect(able).toBeGreaterThan(weak + 0.1)
    expect(weak).toBeLessThan(1)
  })
})

describe('a simulated rater', () => {
  test('rates harder tasks higher, with probabilities beside the digit', () => {
    const mean = (level: number) => {
      const rated = tasks
        .filter((task) => task.level === level)
        .map(({ prompt }) => {
          const asked = ratingRequest(aCandidate({ model: frontier }), plainRequest(prompt), 4000)
          return readRating(simulateAnswer(frontier, asked, 'seed').answer)!
        })
      expect(rated.every(({ probabilities }) => probabilities.filter((one) => one > 0).length > 1)).toBe(true)
      return rated.reduce((sum, one) => sum + one.mean, 0) / rated.length
    }
    expect(mean(1)).toBeLessThan(mean(3))
    expect(mean(3)).toBeLessThan(mean(5))
  })
})

describe('what others said', () => {
  const plain = rightShare(nano, requestFor)

  test('helps where it is right and misleads where it is wrong', () => {
    const having = (answer: (task: (typeof tasks)[number]) => string) =>
      rightShare(nano, (task) => synthesisRequest(requestFor(task), [answer(task), answer(task)], 2000))
    expect(
      having(({ answer, kind }) => (kind === 'json-extraction' ? answer : `The answer is ${answer}.`)),
    ).toBeGreaterThan(plain + 0.1)
    expect(having(() => 'The answer is nonsense.')).toBeLessThan(plain - 0.1)
  })

  test('steps help a little, and cost tokens', () => {
    expect(rightShare(nano, (task) => stepByStepRequest(requestFor(task)))).toBeGreaterThan(plain)
    const asked = aRequest({ text: 'What is 12 + 30?' })
    const tokens = (request: Request) => simulateAnswer(nano, request, 'seed').answer.usage.outputTokens
    expect(tokens(stepByStepRequest(asked))).toBeGreaterThan(tokens(asked))
  })

  test('a review tells right from wrong more often than not', () => {
    const reviewed = (text: string) =>
      tasks.filter((task) => {
        const before = [{ part: 'solve', by: 'solver', text: text || task.answer }] as const
        const role = { name: 'critic', instruction: 'Check it.' }
        const asked = teamRequest(plainRequest(task.prompt), {
          part: 'review',
          role,
          before,
          contributionChars: 2000,
        })
        return verdictOf(answerText(simulateAnswer(frontier, asked, 'seed').answer)) === 'sound'
      }).length
    expect(share(reviewed(''))).toBeGreaterThan(0.8)
    expect(share(reviewed('nonsense'))).toBeLessThan(0.2)
  })
})
