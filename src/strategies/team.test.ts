import { describe, expect, test } from 'vitest'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { aCandidate, anAnswer, aRequest, aSignals, aTurn } from '../../test/support/builders.ts'
import type { Candidate } from '../domain/candidate.ts'
import { failure } from '../domain/failure.ts'
import { type Request, textOf } from '../domain/request.ts'
import type { Turn } from '../domain/strategy.ts'
import { simulate } from '../engine/simulate.ts'
import { withDefaults } from './team/heads.ts'
import { team } from './team.ts'
import { noAids } from './strategy.ts'

const small = aCandidate({ id: 'acme/small', quality: 0.6, usd: 0.001 })
const large = aCandidate({ id: 'acme/large', quality: 0.9, usd: 0.01 })

type Said = (candidate: Candidate, request: Request, place: number) => string | null

/** Heads that leave only one mode and one number of members worth a thought. */
const only = (mode: string, agents: number) => ({
  modes: { [mode]: { bias: 100 } },
  agents: { [agents]: { bias: 100 } },
})

function ran(written: object, said: Said, turned: Partial<Turn> = {}) {
  const requests: Request[] = []
  const turn = aTurn({
    candidates: [small, large],
    signals: aSignals({ taskType: 'math', complexity: 0.8 }),
    request: aRequest({ text: 'How many?', stream: true }),
    ...turned,
  })
  const options = team.options.parse(written)
  const prepared = withDefaults(options.heads)
  const run = simulate(
    (one) => team.choose(one, options, { ...noAids, prepared }),
    turn,
    (candidate, request) => {
      const text = said(candidate, request, requests.length)
      requests.push(request)
      return text === null
        ? { kind: 'failed', candidate, failure: failure('unavailable', 'down') }
        : { kind: 'answered', candidate, answer: anAnswer({ text }), usd: 0.001, latencyMs: 1 }
    },
  )
  return { ...run, requests, parts: requests.map(partOf) }
}

const systemOf = ({ messages }: Request): string =>
  messages
    .filter(({ role }) => role === 'system')
    .map(textOf)
    .join('\n')

const partOf = (request: Request): string =>
  `${/Your role: ([\w-]+)/.exec(systemOf(request))?.[1]} ${/^Your part: (\w+)/m.exec(systemOf(request))?.[1]}`

const numbered: Said = (_candidate, _request, place) => `${place}`

describe('untrained', () => {
  test.each([
    [0.1, 'single'],
    [0.6, 'chain-of-thought'],
    [0.95, 'reflection'],
  ])('complexity %d of mathematics means %s', (complexity, mode) => {
    const { verdict } = ran({}, numbered, { signals: aSignals({ taskType: 'math', complexity }) })
    expect(verdict.because).toContain(`: ${mode} of`)
  })

  test('roles fit the kind of task', () => {
    const { parts } = ran({ heads: only('debate', 3) }, numbered)
    expect(parts.slice(0, 3).sort()).toEqual(['logician solve', 'mathematician solve', 'solver solve'])
    const code = ran({ heads: only('debate', 2) }, numbered, { signals: aSignals({ taskType: 'code' }) })
    expect(code.parts).toContain('programmer solve')
  })
})

describe('single and chain of thought are one call, which streams', () => {
  test('single sends the request as it is', () => {
    expect(ran({ heads: only('single', 1) }, numbered).verdict).toMatchObject({
      kind: 'forward',
      request: null,
    })
  })

  test('chain of thought asks for steps', () => {
    const { verdict } = ran({ heads: only('chain-of-thought', 1) }, numbered)
    const request = verdict.kind === 'forward' ? verdict.request! : null
    expect(request).toMatchObject({ stream: true })
    expect(systemOf(request!)).toContain('step by step')
    expect(textOf(request!.messages.at(-1)!)).toBe('How many?')
  })
})

describe('debate', () => {
  test('all answer alone, then each sees the others, and the strongest writes what streams', () => {
    const { verdict, requests, trace } = ran({ heads: only('debate', 2), rounds: 2 }, numbered)
    expect(trace.steps).toMatchObject([{ calls: [{}, {}] }, { calls: [{}, {}] }])
    expect(systemOf(requests[0]!)).not.toContain('[[begin')
    expect(systemOf(requests[2]!)).toMatch(/solution 1 \w+\]\]\n0\n[\s\S]*solution 2 \w+\]\]\n1\n/)
    expect(verdict).toMatchObject({ kind: 'forward' })
    expect(partOf(requests[4]!)).toMatch(/conclude$/)
    expect(systemOf(requests[4]!)).toContain('2\n')
  })

  test('ends where all come to one answer', () => {
    const { verdict, requests } = ran({ heads: only('debate', 3), rounds: 3 }, () => '7')
    expect(requests).toHaveLength(3)
    expect(verdict).toMatchObject({
      kind: 'reply',
      because: expect.stringContaining('all 3 came to one answer'),
    })
  })
})

describe('reflection', () => {
  const reviewing =
    (said: string): Said =>
    (_candidate, request) =>
      partOf(request).endsWith('review') ? said : '7'

  test('a sound answer is given as it is', () => {
    const { verdict, requests } = ran({ heads: only('reflection', 2) }, reviewing('Fine.\nVerdict: sound.'))
    expect(requests).toHaveLength(2)
    expect(verdict).toMatchObject({ kind: 'reply', answer: { parts: [{ text: '7' }] } })
  })

  test.each(['Off by one.\nVerdict: flawed.', 'I am not sure.'])('after %j it is written anew', (said) => {
    const { verdict, requests } = ran({ heads: only('reflection', 3) }, reviewing(said))
    expect(verdict).toMatchObject({ kind: 'forward' })
    expect(systemOf(requests.at(-1)!)).toContain(said.split('\n')[0])
  })

  test('reviews are texts, also where the client wants JSON', () => {
    const { requests } = ran({ heads: only('reflection', 2) }, reviewing('Verdict: flawed.'), {
      request: aRequest({ responseFormat: { kind: 'json' } }),
    })
    expect(requests.map(({ responseFormat }) => responseFormat.kind)).toEqual(['json', 'text', 'json'])
  })
})

test('in a chain and a full graph each sees those before it', () => {
  const chain = ran({ heads: only('chain', 3) }, numbered)
  expect(chain.trace.steps).toHaveLength(2)
  expect(systemOf(chain.requests[2]!)).toContain('\n1\n')
  const full = ran({ heads: only('full', 3) }, numbered)
  expect(full.trace.steps).toHaveLength(3)
  expect(systemOf(full.requests[3]!)).toContain('\n2\n')
})

describe('models', () => {
  test('go by quality less price', () => {
    const at = (lambda: number) =>
      ran({ heads: only('single', 1) }, numbered, {
        objective: { lambda, mu: 0, maxCostUsd: null, statedAs: 'a test' },
      }).verdict
    expect(at(1)).toMatchObject({ to: [large, small] })
    expect(at(200)).toMatchObject({ to: [small, large] })
  })

  test('may have weights of their own', () => {
    const heads = { ...only('single', 1), models: { 'acme/small': { bias: 20 } } }
    expect(ran({ heads }, numbered).verdict).toMatchObject({ to: [small, large] })
  })
})

describe('what it cannot do', () => {
  test('a team that is too dear is made smaller, and at last one model', () => {
    const most = ran({ heads: only('debate', 4) }, numbered).requests.length
    const less = ran({ heads: only('debate', 4), maxUsd: 0.035 }, numbered).requests.length
    expect(less).toBeLessThan(most)
    expect(ran({ heads: only('debate', 4), maxUsd: 0.001 }, numbered).verdict).toMatchObject({
      kind: 'forward',
    })
  })

  test('nobody contributes: the one who was to conclude answers the request as it was', () => {
    const { verdict } = ran({ heads: only('debate', 3) }, () => null)
    expect(verdict).toMatchObject({
      kind: 'forward',
      request: null,
      because: expect.stringContaining('nobody'),
    })
  })

  test.each([
    [{ tools: [{ name: 'f', description: null, parameters: null, strict: null }] }, 'tools'],
    [{ sampling: { answers: 2 } }, '2 answers'],
  ])('%j is for one model', (changes, why) => {
    const { verdict } = ran({}, numbered, { request: aRequest(changes) })
    expect(verdict).toMatchObject({ kind: 'forward', because: expect.stringContaining(why) })
  })
})

test.each([
  [{ modes: { committee: {} } }, 'committee'],
  [{ modes: { single: { weights: { 'task:maths': 1 } } } }, 'task:maths'],
  [{ agents: { 7: { bias: 1 } } }, '7'],
])('heads %j are refused by name', (heads, named) => {
  const parsed = team.options.safeParse({ heads })
  expect(parsed.success).toBe(false)
  expect(parsed.error?.message).toContain(named)
})

test('a gateway streams what a team of simulated models concludes', async () => {
  const policy = {
    strategy: 'team',
    lambda: 1,
    heads: only('chain', 2),
    pool: ['simulated/nano', 'simulated/mid'],
  }
  const { gateway } = await aGateway({ config: { ...atOnce, policies: { crew: policy } } })
  const body = { model: 'crew', messages: say('What is 127 * 46 - 98 * 12?'), stream: true }
  const reply = await gateway.chat(incoming(body), new AbortController().signal)
  if (reply.kind !== 'stream') throw new Error(reply.kind)
  let text = ''
  for await (const frame of reply.frames) text += Buffer.from(frame).toString('utf8')
  expect(text).toContain('[DONE]')
  expect((await reply.over).served.attempts).toHaveLength(2)
})
