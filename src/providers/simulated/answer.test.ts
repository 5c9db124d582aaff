import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerText } from '../../domain/answer.ts'
import type { Request, Tool, ToolChoice } from '../../domain/request.ts'
import { aModel, anAnswer, aRequest, aUserMessage } from '../../../test/support/builders.ts'
import { simulateAnswer } from './answer.ts'
import { requestFor } from './sample.ts'
import { checkAnswer, generateTasks } from './tasks/index.ts'

const nano = aModel({ id: 'simulated/nano', simulated: true })
const frontier = aModel({ id: 'simulated/frontier', simulated: true })
const reasoning = aModel({ id: 'simulated/reasoning', simulated: true, capabilities: ['reasoning', 'tools'] })
const easy = 'What is 12 + 30?'

const answerTo = (request: Request, model = frontier, seed = 'seed') =>
  simulateAnswer(model, request, seed).answer
const textTo = (request: Request, model = frontier) => answerText(answerTo(request, model))

const weather: Tool = {
  name: 'get_weather',
  description: 'The weather of a city',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1, maximum: 7 } },
    required: ['city', 'days'],
  },
  strict: null,
}

describe('a simulated answer', () => {
  it('is the same for the same seed, model and prompt, and depends on each of them', () => {
    const tasks = generateTasks('same', 90)
    const answers = (model = nano, seed = 'a', samplingSeed: number | null = null) =>
      tasks.map(({ prompt }) =>
        answerTo(aRequest({ text: prompt, sampling: { seed: samplingSeed } }), model, seed),
      )
    expect(answers()).toEqual(answers())
    for (const other of [answers(frontier), answers(nano, 'b'), answers(nano, 'a', 7)]) {
      expect(other.map(answerText)).not.toEqual(answers().map(answerText))
    }
  })

  it('solves a task that is easy for the model', () => {
    const text = textTo(aRequest({ text: easy }))
    expect(
      checkAnswer({ kind: 'arithmetic', level: 1, prompt: easy, answer: '42', responseSchema: null }, text),
    ).toBe(true)
    expect(text.length).toBeGreaterThan(60)
  })

  it('carries the id of the simulated model, so that it is marked', () => {
    expect(answerTo(aRequest(), nano).model).toBe('simulated/nano')
  })

  it('says that it is a simulation and what to do, where there is no task', () => {
    const text = textTo(aRequest({ text: 'Write a poem about autumn.' }))
    expect(text).toMatch(/simulation: no real model/)
    expect(text).toMatch(/API key/)
  })

  it('thinks before it answers where the model reasons, and counts those tokens', () => {
    const { parts, usage } = answerTo(aRequest({ text: easy }), reasoning)
    expect(parts.map(({ kind }) => kind)).toEqual(['reasoning', 'text'])
    expect(usage.reasoningTokens).toBeGreaterThan(100)
    expect(usage.outputTokens).toBeGreaterThan(usage.reasoningTokens)
    expect(answerTo(aRequest({ text: easy })).usage.reasoningTokens).toBe(0)
  })

  it('counts input tokens by four characters, tools and system prompt included', () => {
    const plain = answerTo(aRequest({ tokens: 1000 })).usage.inputTokens
    expect(plain).toBeGreaterThanOrEqual(1000)
    expect(plain).toBeLessThan(1020)
    expect(answerTo(aRequest({ tokens: 1000, tools: [weather] })).usage.inputTokens).toBeGreaterThan(
      plain + 30,
    )
  })
})

describe('limits', () => {
  it('cut the answer at the most tokens allowed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.constantFrom(frontier, reasoning), (limit, model) => {
        const { usage, finish } = answerTo(
          aRequest({ text: easy, sampling: { maxOutputTokens: limit } }),
          model,
        )
        expect(usage.outputTokens).toBeLessThanOrEqual(limit)
        if (finish.kind === 'length') expect(usage.outputTokens).toBe(limit)
      }),
    )
    expect(answerTo(aRequest({ text: easy, sampling: { maxOutputTokens: 3 } })).finish.kind).toBe('length')
  })

  it('end the answer before a stop sequence', () => {
    const answer = answerTo(aRequest({ text: easy, sampling: { stop: ['nowhere', '\n\n'] } }))
    expect(answerText(answer)).not.toContain('\n\n')
    expect(answer.finish.kind).toBe('stop')
  })
})

describe('JSON', () => {
  const schema = (properties: Record<string, unknown>): Request['responseFormat'] => ({
    kind: 'json-schema',
    name: 'reply',
    description: null,
    strict: true,
    schema: { type: 'object', properties, required: Object.keys(properties), additionalProperties: false },
  })

  it('holds the answer in the property and the type that the schema has for it', () => {
    const text = textTo(
      aRequest({
        text: easy,
        responseFormat: schema({
          explanation: { type: 'string' },
          confident: { type: 'boolean' },
          answer: { type: 'integer' },
        }),
      }),
    )
    expect(JSON.parse(text)).toMatchObject({ answer: 42, confident: true, explanation: expect.any(String) })
  })

  it('holds an answer under any name, and a list as a list', () => {
    const text = textTo(
      aRequest({
        text: 'Sort these numbers in ascending order: 9, 4, 7',
        responseFormat: schema({ in_order: { type: 'array', items: { type: 'number' } } }),
      }),
    )
    expect(JSON.parse(text)).toEqual({ in_order: [4, 7, 9] })
  })

  it('is the extraction itself where that is the task', () => {
    const tasks = generateTasks('extraction', 90).filter(
      ({ kind, level }) => kind === 'json-extraction' && level < 4,
    )
    expect(tasks.length).toBe(6)
    for (const task of tasks) expect(checkAnswer(task, textTo(requestFor(task))), task.prompt).toBe(true)
  })

  it('also says that it is a simulation where there is no task', () => {
    const free = textTo(aRequest({ text: 'Name a colour.', responseFormat: { kind: 'json' } }))
    expect(JSON.parse(free)).toMatchObject({ simulation: true })
    const formed = textTo(
      aRequest({ text: 'Name a colour.', responseFormat: schema({ colour: { type: 'string' } }) }),
    )
    expect(JSON.parse(formed).colour).toMatch(/simulation/)
  })
})

describe('tools', () => {
  const ask = (text: string, toolChoice: ToolChoice | null = null) =>
    aRequest({ text, tools: [weather], toolChoice })

  it('are called when the prompt asks for what one does, with arguments from the prompt', () => {
    const answer = answerTo(ask('How will the weather be in Porto over the next 3 days?'))
    expect(answer.finish.kind).toBe('tool-calls')
    const [call] = answer.parts
    expect(call).toMatchObject({ kind: 'tool-call', name: 'get_weather' })
    expect(call?.kind === 'tool-call' && JSON.parse(call.argumentsText)).toEqual({ city: 'Porto', days: 3 })
  })

  it('are called when one must be, and not when none may be', () => {
    expect(answerTo(ask('Hello', { kind: 'required' })).finish.kind).toBe('tool-calls')
    expect(answerTo(ask('Hello', { kind: 'named', name: 'get_weather' })).finish.kind).toBe('tool-calls')
    expect(answerTo(ask('Hello')).finish.kind).toBe('stop')
    expect(answerTo(ask('The weather in Porto?', { kind: 'none' })).finish.kind).toBe('stop')
  })

  it('are answered from once they have returned', () => {
    const text = 'The weather in Porto?'
    const call = answerTo(ask(text))
    const messages: Request['messages'] = [
      aUserMessage(text),
      { role: 'assistant', content: call.parts, name: null },
      { role: 'tool', toolCallId: 'call_1', content: [{ kind: 'text', text: 'sunny, 24 degrees' }] },
    ]
    const answer = answerTo(aRequest({ messages, tools: [weather] }))
    expect(answer.finish.kind).toBe('stop')
    expect(answerText(answer)).toContain('sunny, 24 degrees')
  })
})

describe('logprobs', () => {
  it('come only when asked for, one for each token, with the likeliest beside it', () => {
    expect(answerTo(aRequest({ text: easy })).logprobs).toEqual(anAnswer().logprobs)
    const answer = answerTo(aRequest({ text: easy, topLogprobs: 3 }))
    expect(answer.logprobs.map(({ token }) => token).join('')).toBe(answerText(answer))
    for (const { token, logprob, top } of answer.logprobs) {
      expect(logprob).toBeLessThanOrEqual(0)
      expect(top).toHaveLength(3)
      expect(top.map((alternative) => alternative.token)).toContain(token)
    }
  })
})
