import { describe, expect, it } from 'vitest'
import { answerText } from '../../domain/answer.ts'
import { aModel } from '../../../test/support/builders.ts'
import { simulateAnswer } from './answer.ts'
import { requestFor } from './sample.ts'
import { chanceOfSuccess } from './skill.ts'
import { checkAnswer, generateTasks } from './tasks/index.ts'
import type { Task } from './tasks/task.ts'

const tasks = generateTasks('skill', 900)
const model = (tier: string) =>
  aModel({ id: `simulated/${tier}`, capabilities: tier === 'reasoning' ? ['reasoning'] : [] })

const rights = (tier: string, among: readonly Task[] = tasks): number[] =>
  among.map((task) => {
    const { answer } = simulateAnswer(model(tier), requestFor(task), 'skill')
    return checkAnswer(task, answerText(answer)) ? 1 : 0
  })

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe('the skill of simulated models', () => {
  it.each([
    ['nano', 0.55],
    ['mid', 0.77],
    ['frontier', 0.945],
    ['reasoning', 0.945],
  ])('%s is right in about %d of a balanced mix', (tier, expected) => {
    expect(mean(rights(tier))).toBeGreaterThan(expected - 0.03)
    expect(mean(rights(tier))).toBeLessThan(expected + 0.03)
  })

  it('of nano is nearly perfect at easy tasks and poor at hard ones', () => {
    const at = (levels: readonly number[]) =>
      mean(
        rights(
          'nano',
          tasks.filter(({ level }) => levels.includes(level)),
        ),
      )
    expect(at([1])).toBeGreaterThan(0.95)
    expect(at([5])).toBeLessThan(0.1)
  })

  it('of reasoning is greater than that of frontier at puzzles and smaller at strings', () => {
    const of = (tier: string, kind: string) =>
      mean(
        rights(
          tier,
          tasks.filter((task) => task.kind === kind),
        ),
      )
    for (const kind of ['logic', 'code-tracing'])
      expect(of('reasoning', kind)).toBeGreaterThan(of('frontier', kind))
    expect(of('reasoning', 'strings')).toBeLessThan(of('frontier', 'strings'))
  })

  it('falls with the level', () => {
    const chances = ([1, 2, 3, 4, 5] as const).map((level) =>
      chanceOfSuccess(model('mid'), { kind: 'dates', level, prompt: 'the same' }),
    )
    expect(chances).toEqual([...chances].sort((a, b) => b - a))
  })
})

describe('the log-probabilities of nano and mid', () => {
  it.each(['nano', 'mid'])('of %s tell right from wrong answers, though not surely', (tier) => {
    const right: number[] = []
    const wrong: number[] = []
    for (const task of tasks) {
      const { answer } = simulateAnswer(model(tier), { ...requestFor(task), topLogprobs: 0 }, 'skill')
      const confidence = mean(answer.logprobs.map(({ logprob }) => logprob))
      ;(checkAnswer(task, answerText(answer)) ? right : wrong).push(confidence)
    }
    let ordered = 0
    for (const high of right) for (const low of wrong) ordered += high > low ? 1 : 0
    const auroc = ordered / (right.length * wrong.length)
    expect(auroc).toBeGreaterThan(0.72)
    expect(auroc).toBeLessThan(0.9)
  })
})
