import { describe, expect, test } from 'vitest'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { aCandidate, aModel, anAnswer, aRequest, aTurn } from '../../test/support/builders.ts'
import type { Answer } from '../domain/answer.ts'
import { failure } from '../domain/failure.ts'
import { type Message, type Request, textOf, type ToolCall } from '../domain/request.ts'
import type { Turn } from '../domain/strategy.ts'
import { simulate } from '../engine/simulate.ts'
import { routerModel } from './router-model.ts'
import { noAids } from './strategy.ts'

const small = aCandidate({ id: 'acme/small', quality: 0.6, usd: 0.001 })
const large = aCandidate({ id: 'acme/large', quality: 0.9, usd: 0.01 })
const router = aCandidate({ id: 'acme/router', usd: 0.0001 })
const [askSmall, askLarge] = ['ask_1_small', 'ask_2_large']

const call = (name: string, args: unknown = {}, id = 'call_1'): ToolCall => ({
  kind: 'tool-call',
  id,
  name,
  argumentsText: typeof args === 'string' ? args : JSON.stringify(args),
})
const calling = (...parts: ToolCall[]): Answer =>
  anAnswer({ parts, finish: { kind: 'tool-calls', raw: 'tool_calls' } })
const saying = (text: string): Answer => anAnswer({ text })

/** The router says one thing after another; the pool says its names, or fails where `down` names it. */
function ran(
  said: readonly (Answer | null)[],
  {
    written = {},
    turned = {},
    down = [],
  }: { written?: object; turned?: Partial<Turn>; down?: readonly string[] } = {},
) {
  const told: Request[] = []
  const asked: { readonly id: string; readonly request: Request }[] = []
  const turn = aTurn({ candidates: [small, large], advisers: [router], ...turned })
  const options = routerModel.options.parse({ model: 'acme/router', ...written })
  const run = simulate(
    (one) => routerModel.choose(one, options, noAids),
    turn,
    (candidate, request) => {
      const failed = { kind: 'failed', candidate, failure: failure('unavailable', 'down') } as const
      if (candidate === router) {
        const answer = said[told.length] ?? null
        told.push(request)
        return answer === null ? failed : { kind: 'answered', candidate, answer, usd: 0.0001, latencyMs: 1 }
      }
      asked.push({ id: candidate.id, request })
      if (down.includes(candidate.id)) return failed
      return {
        kind: 'answered',
        candidate,
        answer: saying(`${candidate.id} says so`),
        usd: 0.001,
        latencyMs: 1,
      }
    },
  )
  return { ...run, told, asked }
}

const results = ({ messages }: Request): readonly Extract<Message, { role: 'tool' }>[] =>
  messages.filter((message): message is Extract<Message, { role: 'tool' }> => message.role === 'tool')

test('the pool stands as tools, cheapest first, with prices; the request is material', () => {
  const { told } = ran([saying('Paris.')])
  expect(told[0]!.tools.map(({ name }) => name)).toEqual([askSmall, askLarge, 'give_answer_of'])
  expect(told[0]!.tools[0]!.description).toMatch(/acme\/small: .*0\.60; \$0\.5 in and \$2 out/)
  expect(textOf(told[0]!.messages.at(-1)!)).toMatch(/^\[\[begin request \w+\]\]\nWhat is the capital/)
})

test('it asks, gets the answer as a tool result, and answers itself', () => {
  const { verdict, told, asked } = ran([calling(call(askSmall)), saying('Paris, says one.')])
  expect(asked).toMatchObject([{ id: 'acme/small', request: { messages: [{ role: 'user' }] } }])
  expect(results(told[1]!)).toMatchObject([{ toolCallId: 'call_1' }])
  expect(textOf(results(told[1]!)[0]!)).toContain('acme/small says so')
  expect(verdict).toMatchObject({
    kind: 'reply',
    candidate: router,
    answer: { parts: [{ text: 'Paris, says one.' }] },
  })
})

test('a question of its own is all that the asked model sees', () => {
  const { asked } = ran([calling(call(askLarge, { question: 'Capital of France?' })), saying('Paris.')])
  expect(textOf(asked[0]!.request.messages[0]!)).toBe('Capital of France?')
})

test('hands an answer over word for word', () => {
  const { verdict } = ran([
    calling(call(askSmall)),
    calling(call(askLarge, {}, 'call_2')),
    calling(call('give_answer_of', { tool: askSmall }, 'call_3')),
  ])
  expect(verdict).toMatchObject({
    kind: 'reply',
    candidate: small,
    answer: { parts: [{ text: 'acme/small says so' }] },
  })
})

describe('malformed calls are told to the model, which may go on', () => {
  test.each([
    ['a tool that there is not', call('ask_1_smal'), 'There is no tool'],
    ['arguments that are no JSON', call(askSmall, '{"question": '), 'not a JSON object'],
    ['a question that is no text', call(askSmall, { question: 7 }), 'must be a text'],
    ['an answer that was not asked for', call('give_answer_of', { tool: askLarge }), 'has not answered yet'],
    ['an answer of nobody', call('give_answer_of', { tool: 'x' }), 'must be one of'],
  ])('%s', (_name, wrong, why) => {
    const { told, asked, verdict } = ran([calling(wrong), saying('Paris.')])
    expect(asked).toEqual([])
    expect(results(told[1]!)).toMatchObject([{ toolCallId: 'call_1', isError: true }])
    expect(textOf(results(told[1]!)[0]!)).toContain(why)
    expect(verdict).toMatchObject({ kind: 'reply', candidate: router })
  })

  test('two calls under one id count once', () => {
    const { told, asked } = ran([calling(call(askSmall), call(askLarge)), saying('Paris.')])
    expect(asked.map(({ id }) => id)).toEqual(['acme/small'])
    expect(results(told[1]!)).toHaveLength(1)
    expect(JSON.stringify(told[1]!.messages)).not.toContain('ask_2_large"')
  })
})

describe('limits', () => {
  test('of calls: what goes beyond is told', () => {
    const { told, asked } = ran([calling(call(askSmall), call(askLarge, {}, 'call_2')), saying('Paris.')], {
      written: { calls: 1 },
    })
    expect(asked).toHaveLength(1)
    expect(textOf(results(told[1]!)[1]!)).toContain('No calls are left')
  })

  test('of rounds: the last has no tools, and then the best whole answer is given', () => {
    const again = (id: string) => calling(call(askSmall, {}, id))
    const { told, verdict } = ran([again('a'), again('b'), again('c'), again('d')], {
      written: { rounds: 2 },
    })
    expect(told).toHaveLength(3)
    expect(told.map(({ toolChoice }) => toolChoice?.kind)).toEqual(['auto', 'auto', 'none'])
    expect(verdict).toMatchObject({
      kind: 'reply',
      candidate: small,
      because: expect.stringContaining('no end'),
    })
  })

  test('of dollars: a call that is too dear is told, a cheaper one made', () => {
    const { told, asked } = ran([calling(call(askLarge), call(askSmall, {}, 'call_2')), saying('Paris.')], {
      written: { maxUsd: 0.005 },
    })
    expect(asked.map(({ id }) => id)).toEqual(['acme/small'])
    expect(textOf(results(told[1]!)[0]!)).toContain('money')
  })
})

describe('where it cannot go on', () => {
  test('the router fails at once: a model of the pool answers', () => {
    expect(ran([null]).verdict).toMatchObject({
      kind: 'forward',
      request: null,
      because: expect.stringContaining('failed in round 1'),
    })
  })

  test('the router fails later: the best answer in hand is given', () => {
    const { verdict } = ran([calling(call(askSmall), call(askLarge, {}, 'call_2')), null])
    expect(verdict).toMatchObject({ kind: 'reply', candidate: large })
  })

  test('a model of the pool fails: the router is told so', () => {
    const { told } = ran([calling(call(askSmall)), saying('Paris.')], { down: ['acme/small'] })
    expect(results(told[1]!)).toMatchObject([{ isError: true }])
  })

  test('its own words are not the JSON that the client wants: the best whole answer, or a model of the pool', () => {
    const turned = { request: aRequest({ responseFormat: { kind: 'json' } }) }
    expect(ran([saying('Paris.')], { turned }).verdict).toMatchObject({ kind: 'forward' })
  })

  test.each([
    ['it may not serve', { advisers: [] }, 'may not serve'],
    [
      'it has no tools',
      { advisers: [aCandidate({ model: aModel({ id: 'acme/router', capabilities: [] }) })] },
      "can't call tools",
    ],
    [
      'the client has tools of its own',
      { request: aRequest({ tools: [{ name: 'f', description: null, parameters: null, strict: null }] }) },
      'tools of',
    ],
  ])('%s: forwards by worth', (_name, turned, why) => {
    expect(ran([], { turned }).verdict).toMatchObject({
      kind: 'forward',
      because: expect.stringContaining(why),
    })
  })
})

test('a simulated router asks simulated models over a whole gateway', async () => {
  const policy = {
    strategy: 'router-model',
    model: 'simulated/mid',
    pool: ['simulated/nano', 'simulated/frontier'],
  }
  const { gateway } = await aGateway({ config: { ...atOnce, policies: { directed: policy } } })
  const reply = await gateway.chat(
    incoming({ model: 'directed', messages: say('What is 12 + 30?') }),
    new AbortController().signal,
  )
  expect(reply.kind).toBe('buffered')
  expect(reply.served?.attempts.map(({ model }) => model)).toEqual([
    'simulated/mid',
    'simulated/nano',
    'simulated/mid',
  ])
  expect(reply.served?.model).toBe('simulated/nano')
})
