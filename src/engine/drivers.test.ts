/** All drivers run the same strategies: random ones are driven by each, and must come to the same verdict by the same steps. */

import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { anEngine, aJob } from '../../test/support/an-engine.ts'
import { aCandidate, anAnswer, aRequest, aTurn } from '../../test/support/builders.ts'
import { nobodyConsulted } from '../../test/support/nobody-consulted.ts'
import { answerText } from '../domain/answer.ts'
import type { Candidate } from '../domain/candidate.ts'
import { failure } from '../domain/failure.ts'
import type { NonEmpty } from '../domain/non-empty.ts'
import {
  askAll,
  type CallResult,
  type GivenUp,
  type Strategy,
  type Turn,
  type Verdict,
} from '../domain/strategy.ts'
import type { Trace } from '../domain/trace.ts'
import type { Exchange, Transport } from '../domain/transport.ts'
import { wireFormat } from '../wire/index.ts'
import type { Respond } from './drive.ts'
import { explain } from './explain.ts'
import { live } from './live.ts'
import { replay, type ReplayTable } from './replay.ts'
import { simulate } from './simulate.ts'

/** What each model says; `null`: it fails. Later models are slower. */
type World = readonly (string | null)[]

const format = wireFormat('openai-chat')
const everyone = [0, 1, 2, 3].map((index) => aCandidate({ id: `acme/m${index}` }))
const place = (id: string): number => Number(id.at(-1))
const latencyMs = (id: string): number => 100 * (1 + place(id))

const respondIn =
  (world: World): Respond =>
  (candidate): CallResult => {
    const text = world[place(candidate.id)] ?? null
    if (text === null) return { kind: 'failed', candidate, failure: failure('overloaded', 'busy') }
    const answer = anAnswer({ text })
    return { kind: 'answered', candidate, answer, usd: 0.001, latencyMs: latencyMs(candidate.id) }
  }

const tableIn =
  (world: World): ReplayTable =>
  ({ id }) => {
    const text = world[place(id)] ?? null
    return text === null ? null : { score: 1, usd: 0.001, latencyMs: latencyMs(id), text }
  }

/** Answers in the order of the models' speed without a clock: a slower model takes more turns of the task queue. */
const transportIn = (world: World): Transport => ({
  send: async ({ target }, signal) => {
    const text = world[place(target.model.id)] ?? null
    if (text === null) return replied(503, { error: { message: 'busy' } })
    for (let turns = 0; turns < latencyMs(target.model.id) && !signal.aborted; turns++) await null
    if (signal.aborted) return { kind: 'failed', failure: failure('cancelled', 'cancelled') }
    const envelope = { id: '1', created: 0, model: target.model.vendorName }
    return replied(200, format.encodeAnswer(anAnswer({ text }), envelope))
  },
  asFailure: () => failure('truncated', 'cut'),
  close: async () => {},
})

const replied = (status: number, body: unknown): Exchange => ({
  kind: 'replied',
  status,
  headers: { 'content-type': 'application/json' },
  body: (async function* () {
    yield Buffer.from(JSON.stringify(body))
  })(),
})

type Plan = {
  readonly steps: readonly {
    readonly models: readonly number[]
    readonly until: 'all' | 'first'
    readonly rewrite: boolean
  }[]
  readonly end: 'forward' | 'reply' | 'refuse'
  readonly order: readonly number[]
  readonly propensity: number
  readonly enough: number
  readonly explores: GivenUp | null | undefined
}

/** Asks what the plan says, looks at the answers, and stops early at one that is long enough. */
const strategyOf = (plan: Plan): Strategy =>
  function* planned({ candidates, request }: Turn) {
    const pick = (indices: readonly number[]) =>
      indices.map((index) => candidates[index % candidates.length]!) as unknown as NonEmpty<Candidate>
    let best: Extract<CallResult, { kind: 'answered' }> | null = null
    for (const { models, until, rewrite } of plan.steps) {
      const rewritten = rewrite ? aRequest({ text: 'in other words' }) : null
      const calls = pick(models).map((candidate) => ({ candidate, request: rewritten }))
      for (const result of yield* askAll(calls as never, until))
        if (result.kind === 'answered' && (best === null || length(result) > length(best))) best = result
      if (best !== null && length(best) >= plan.enough) break
    }
    return conclude(plan, best, pick(plan.order), request)
  }

const length = ({ answer }: Extract<CallResult, { kind: 'answered' }>): number => answerText(answer).length

function conclude(
  { end, propensity, explores }: Plan,
  best: Extract<CallResult, { kind: 'answered' }> | null,
  to: NonEmpty<Candidate>,
  request: Turn['request'],
): Verdict {
  const because = `the longest was ${best === null ? 'nobody’s' : answerText(best.answer)}`
  if (end === 'refuse')
    return { kind: 'refuse', failure: failure('budget-exhausted', because), because, propensity }
  if (end === 'reply' && best !== null)
    return { kind: 'reply', candidate: best.candidate, answer: best.answer, because, propensity }
  const verdict = {
    kind: 'forward',
    to,
    request: best === null ? null : request,
    because,
    propensity,
  } as const
  return explores === undefined ? verdict : { ...verdict, explores }
}

const someModels = fc.array(fc.nat(3), { minLength: 1, maxLength: 4 })
const plans: fc.Arbitrary<Plan> = fc.record({
  steps: fc.array(
    fc.record({ models: someModels, until: fc.constantFrom('all', 'first'), rewrite: fc.boolean() }),
    { maxLength: 4 },
  ),
  end: fc.constantFrom('forward', 'reply', 'refuse'),
  order: someModels,
  propensity: fc.double({ min: 0.01, max: 1, noNaN: true }),
  enough: fc.nat(6),
  explores: fc.constantFrom(undefined, null, { usd: 0.002, worth: 0.1 }),
})
const worlds: fc.Arbitrary<World> = fc.array(
  fc.option(fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme-ascii' })),
  { minLength: 4, maxLength: 4 },
)

/** What must not differ between drivers: everything but times, dollars, tokens and the wording of a model's failure. */
const shapeOf = ({ steps, end }: Trace) => ({
  end,
  steps: steps.map((step) =>
    step.kind === 'ask'
      ? { until: step.until, calls: step.calls.map(({ model, result }) => [model, result.kind]) }
      : step.said.map(({ consultant, result }) => [consultant, result.kind]),
  ),
})

async function liveIn(world: World, strategy: Strategy, turn: Turn) {
  const models = everyone.map(({ model }) => model)
  const engine = anEngine({
    baseUrl: 'http://127.0.0.1:1/v1',
    models,
    transport: transportIn(world),
    limits: { sameTargetRetries: 0 },
  })
  return live(strategy, turn, engine, nobodyConsulted, aJob(), new AbortController().signal)
}

test('every driver comes to the same verdict by the same steps, and its trace survives JSON', async () => {
  await fc.assert(
    fc.asyncProperty(plans, worlds, async (plan, world) => {
      const strategy = strategyOf(plan)
      const turn = aTurn({ candidates: everyone })
      const simulated = simulate(strategy, turn, respondIn(world))
      const replayed = replay(strategy, turn, tableIn(world))
      const lived = await liveIn(world, strategy, turn)
      const explained = explain(strategy, turn)

      expect(shapeOf(replayed.trace)).toEqual(shapeOf(simulated.trace))
      expect(shapeOf(lived.trace)).toEqual(shapeOf(simulated.trace))
      const { end } = simulated.trace
      if (end.kind === 'forward') {
        expect('explores' in end).toBe(plan.explores !== undefined)
        expect(end.explores).toEqual(plan.explores)
      }
      expect(lived.verdict.kind).toBe(simulated.verdict.kind)
      expect(replayed.verdict.because).toBe(simulated.verdict.because)
      expect(explained.trace.end).toEqual(
        plan.steps[0]
          ? { kind: 'would-ask', models: plan.steps[0].models.map((index) => `acme/m${index}`) }
          : simulated.trace.end,
      )
      for (const { trace } of [simulated, replayed, lived, explained])
        expect(JSON.parse(JSON.stringify(trace))).toEqual(trace)
      expect([simulated, replayed, lived, explained].map(({ trace }) => trace.driver)).toEqual([
        'simulate',
        'replay',
        'live',
        'explain',
      ])
    }),
    { numRuns: 200 },
  )
})

test('the same turn always leads to the same trace', () => {
  fc.assert(
    fc.property(plans, worlds, (plan, world) => {
      const once = simulate(strategyOf(plan), aTurn({ candidates: everyone }), respondIn(world))
      const again = simulate(strategyOf(plan), aTurn({ candidates: everyone }), respondIn(world))
      expect(again.trace).toEqual(once.trace)
    }),
  )
})
