import { describe, expect, test } from 'vitest'
import { strategies } from '../../strategies/index.ts'
import { utility } from '../../strategies/utility.ts'
import { answerText, askOne, defineStrategy, forward, refuse, reply, type Turn, z } from '../strategies.ts'
import {
  aCandidate,
  aFailure,
  aTurn,
  checkStrategy,
  explain,
  replay,
  scriptedAnswers,
  simulate,
  simulatedAnswers,
  simulatedFairlead,
  simulatedModels,
  simulatedTasks,
  strategyContract,
} from './index.ts'

/** Asks the first, and goes on to the others where its answer is short. */
const cautious = defineStrategy({
  name: 'cautious',
  summary: 'Keeps the first answer that is long enough.',
  needs: { quality: false, cost: true },
  options: z.strictObject({ atLeastChars: z.number().int().positive().default(5) }),
  models: () => null,
  *choose({ candidates }, { atLeastChars }) {
    const [first, ...others] = candidates
    const [next, ...rest] = others
    if (next === undefined) return forward(candidates, 'there is only one')
    const result = yield* askOne(first)
    if (result.kind === 'answered' && answerText(result.answer).length >= atLeastChars)
      return reply(first, result.answer, 'long enough')
    return forward([next, ...rest, first], 'the first answer was too short')
  },
})

type Choose = (turn: Turn) => ReturnType<typeof cautious.choose>

const broken = (choose: Choose) =>
  defineStrategy({
    name: 'broken',
    summary: 'For tests.',
    needs: { quality: false, cost: false },
    options: z.strictObject({}),
    models: () => null,
    choose,
  })

const brokenRules = (choose: Choose): string[] =>
  strategyContract(broken(choose), { options: [{}], runs: 20 }).flatMap(({ name, check }) => {
    try {
      check()
      return []
    } catch {
      return [name]
    }
  })

describe('the contract of a strategy', () => {
  for (const { name, check } of strategyContract(cautious, { options: [{}, { atLeastChars: 1 }] }))
    test(`a sound one ${name}`, check)

  test('is kept by strategies of the house', () => {
    checkStrategy(utility, { options: [{}], runs: 30 })
    const weighted = strategies.find(({ name }) => name === 'weighted')!
    checkStrategy(weighted, { options: [{ weights: { 'acme/a': 1, 'acme/b': 3 } }], runs: 30 })
  })

  test('notices a choice that is no candidate', () => {
    expect(
      brokenRules(function* () {
        return forward([aCandidate({ id: 'some/where' })], 'far away')
      }),
    ).toContain(
      'forwards to lawful candidates only, none of them twice, with a reason and a propensity in (0, 1]',
    )
  })

  test('notices dice of its own', () => {
    let throws = 0
    expect(
      brokenRules(function* ({ candidates }) {
        throws++
        return forward([candidates[throws % candidates.length]!], 'luck')
      }),
    ).toContain('comes to the same end on the same turn, and leaves the turn as it was')
  })

  test('notices a propensity that is not honest', () => {
    expect(
      brokenRules(function* ({ candidates, draw }) {
        const chosen = candidates[Math.floor(draw() * candidates.length)]!
        return forward([chosen], 'any of them', 0.9)
      }),
    ).toContain('makes each choice as often as its propensity says')
  })

  test('notices one that comes to no end', () => {
    expect(
      brokenRules(function* ({ candidates }) {
        for (;;) yield* askOne(candidates[0])
      }),
    ).toContain('comes to an end whatever is asked, answered or missing')
  })

  test('notices one that can not do without a model', () => {
    expect(
      brokenRules(function* ({ candidates }) {
        const named = candidates.find(({ id }) => id === 'acme/one')!
        return named ? forward([named], 'the one') : forward([undefined as never], 'nobody')
      }),
    ).toContain('stands when no model that it names may serve')
  })
})

describe('drivers', () => {
  const turn = () =>
    aTurn({ candidates: [aCandidate({ id: 'acme/small' }), aCandidate({ id: 'acme/large' })] })
  const options = { atLeastChars: 5 }
  const choose = (at: Turn) => cautious.choose(at, options, {} as never)

  test('a script says what each model answers', () => {
    const short = simulate(
      choose,
      turn(),
      scriptedAnswers({ 'acme/small': 'No.', 'acme/large': 'A reason.' }),
    )
    expect(short.verdict).toMatchObject({ kind: 'forward', because: 'the first answer was too short' })
    expect(short.final).toMatchObject({ kind: 'answered', candidate: { id: 'acme/large' } })
    const failing = simulate(
      choose,
      turn(),
      scriptedAnswers({ 'acme/small': aFailure('rate-limited'), 'acme/large': 'A reason.' }),
    )
    expect(failing.trace.steps).toMatchObject([
      { calls: [{ model: 'acme/small', result: { kind: 'failed', failure: { kind: 'rate-limited' } } }] },
    ])
  })

  test('replay and explain need no models', () => {
    const kept = replay(choose, turn(), ({ id }) => ({ score: 0.5, usd: 0.01, latencyMs: 5, text: id }))
    expect(kept).toMatchObject({ model: 'acme/small', score: 0.5, usd: 0.01 })
    expect(explain(choose, turn())).toMatchObject({ kind: 'step', step: { kind: 'ask' } })
  })

  test('simulated models solve tasks according to their skill', () => {
    const tasks = simulatedTasks('testing', 100)
    const solvedBy = (name: string): number => {
      const model = simulatedModels.find(({ vendorName }) => vendorName === name)!
      const candidate = aCandidate({ model })
      return tasks.filter(({ request, isSolvedBy }) => {
        const result = simulatedAnswers('seed')(candidate, request)
        return result.kind === 'answered' && isSolvedBy(answerText(result.answer))
      }).length
    }
    expect(solvedBy('nano')).toBeLessThan(solvedBy('frontier'))
  })
})

test('a strategy of one’s own serves as a policy of a simulated Fairlead', async () => {
  const fairlead = await simulatedFairlead(
    { policies: { auto: { strategy: 'cautious', atLeastChars: 3 } } },
    { strategies: [cautious] },
  )
  const answer = await fairlead.chat({
    model: 'auto',
    messages: [{ role: 'user', content: 'What is 17 * 23?' }],
  })
  expect(answer.decision).toMatchObject({ strategy: 'cautious', reason: 'long enough' })
  await fairlead.close()
})

test('where nobody may serve a refusal is a verdict as well', () => {
  const refusing = broken(function* () {
    return refuse(aFailure('unavailable'))
  })
  checkStrategy(refusing, { options: [{}], runs: 10 })
})
