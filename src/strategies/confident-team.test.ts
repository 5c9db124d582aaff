import { describe, expect, test } from 'vitest'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { aCandidate, anAnswer, aRequest, aSignals, aTurn } from '../../test/support/builders.ts'
import { callsOf } from '../../test/support/calls-of.ts'
import type { Candidate } from '../domain/candidate.ts'
import { failure } from '../domain/failure.ts'
import { type Request, textOf } from '../domain/request.ts'
import type { Turn } from '../domain/strategy.ts'
import { simulate } from '../engine/simulate.ts'
import { confidentTeam } from './confident-team.ts'
import { noAids } from './strategy.ts'
import { activate, lambdaAt, untrainedActivation } from './team/activation.ts'

const small = aCandidate({ id: 'acme/small', quality: 0.6, usd: 0.001 })
const middle = aCandidate({ id: 'acme/middle', quality: 0.62, usd: 0.002 })
const large = aCandidate({ id: 'acme/large', quality: 0.8, usd: 0.02 })

function ran(
  written: object,
  said: (candidate: Candidate, request: Request) => string | null,
  turned: Partial<Turn> = {},
) {
  const requests: Request[] = []
  const turn = aTurn({
    candidates: [small, middle, large],
    signals: aSignals({ taskType: 'math', complexity: 0.8 }),
    objective: { lambda: 20, mu: 0, maxCostUsd: null, statedAs: 'a test' },
    ...turned,
  })
  const options = confidentTeam.options.parse(written)
  const run = simulate(
    (one) => confidentTeam.choose(one, options, noAids),
    turn,
    (candidate, request) => {
      requests.push(request)
      const text = said(candidate, request)
      return text === null
        ? { kind: 'failed', candidate, failure: failure('unavailable', 'down') }
        : { kind: 'answered', candidate, answer: anAnswer({ text }), usd: 0.001, latencyMs: 1 }
    },
  )
  return { ...run, requests, asked: run.trace.steps.flatMap(callsOf).map(({ model }) => model) }
}

test('a request that one model is sure to answer streams', () => {
  const sure = aCandidate({ id: 'acme/sure', quality: 0.97 })
  const { verdict, trace } = ran({}, () => '7', { candidates: [sure, small] })
  expect(trace.steps).toEqual([])
  expect(verdict).toMatchObject({ kind: 'forward', request: null, to: [sure, small] })
})

test('models that agree end the work early; nobody answers twice', () => {
  const { verdict, asked } = ran({ enough: 0.8 }, () => '7')
  expect(asked.length).toBeLessThan(4)
  expect(verdict).toMatchObject({ kind: 'reply', answer: { parts: [{ text: '7' }] } })
})

test('models that differ keep it going, to dearer models', () => {
  const answers: Readonly<Record<string, string>> = {
    'acme/small': '7',
    'acme/middle': '8',
    'acme/large': '8',
  }
  const { asked, verdict } = ran({ most: 2, turns: 6 }, ({ id }, request) =>
    textOf(request.messages[0]!).includes('Your part: review') ? 'Verdict: flawed.' : answers[id]!,
  )
  expect(asked).toContain('acme/large')
  expect(verdict).toMatchObject({ kind: 'reply', answer: { parts: [{ text: '8' }] } })
})

test('who solves sees no other answer, who reviews sees the best', () => {
  const { requests } = ran({ turns: 6, enough: 1 }, ({ id }, request) =>
    textOf(request.messages[0]!).includes('Your part: review') ? 'Verdict: flawed.' : id,
  )
  const systems = requests.map(({ messages }) => textOf(messages[0]!))
  const [solves, reviews] = [
    systems.filter((text) => text.includes('Your part: solve')),
    systems.filter((text) => text.includes('Your part: review')),
  ]
  expect(solves.every((text) => !text.includes('[[begin'))).toBe(true)
  expect(reviews.length).toBeGreaterThan(0)
  expect(reviews.every((text) => text.includes('[[begin solution 1'))).toBe(true)
})

describe('confidence', () => {
  test('makes money count more', () => {
    expect(lambdaAt(10, 0.9, 0.6)).toBeCloseTo(15)
    expect(lambdaAt(10, 0.3, 0.6)).toBeCloseTo(5)
  })

  test('brings the end', () => {
    const at = (confidence: number) =>
      activate(untrainedActivation, { confidence, answers: 1 }, 'math', 1, {
        mass: 0.4,
        most: 2,
        maySolve: true,
      })
    expect(at(0.99).kind).toBe('finish')
    expect(at(0.3).kind).toBe('roles')
  })

  test('nobody reviews, and nothing ends, before there is an answer', () => {
    const first = activate(untrainedActivation, { confidence: 1 }, 'math', 0, {
      mass: 1,
      most: 9,
      maySolve: true,
    })
    if (first.kind !== 'roles') throw new Error(first.kind)
    expect(first.roles.every(({ part }) => part === 'solve')).toBe(true)
    expect(first.roles.length).toBeGreaterThan(1)
  })

  test('more mass means more roles', () => {
    const at = (mass: number) => {
      const active = activate(untrainedActivation, { confidence: 0.5 }, 'math', 0, {
        mass,
        most: 9,
        maySolve: true,
      })
      return active.kind === 'roles' ? active.roles.length : 0
    }
    expect(at(0.2)).toBeLessThan(at(0.9))
  })
})

test('everybody fails: whoever was not asked is tried, else all', () => {
  const { verdict } = ran({}, () => null)
  expect(verdict.kind).toBe('forward')
})

test('stays within what it may cost', () => {
  const { asked } = ran({ maxUsd: 0.0025, enough: 1, turns: 6 }, ({ id }) => id)
  expect(asked).not.toContain('acme/large')
  expect(asked.length).toBeLessThanOrEqual(2)
})

test('tools are for one model', () => {
  const tools = [{ name: 'f', description: null, parameters: null, strict: null }]
  expect(ran({}, () => '7', { request: aRequest({ tools }) }).verdict).toMatchObject({ kind: 'forward' })
})

test('a gateway serves it with simulated models, whose token probabilities it asks for', async () => {
  const policy = {
    strategy: 'confident-team',
    lambda: 5,
    mass: 1,
    enough: 1,
    pool: ['simulated/nano', 'simulated/mid'],
  }
  const { gateway } = await aGateway({ config: { ...atOnce, policies: { crew: policy } } })
  const body = { model: 'crew', messages: say('What is 127 * 46 - 98 * 12?') }
  const reply = await gateway.chat(incoming(body), new AbortController().signal)
  expect(reply.kind).toBe('buffered')
  expect(reply.served!.attempts.length).toBeGreaterThan(1)
})
