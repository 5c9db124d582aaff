/** Frameworks that people build agents with, unchanged but for their base URL. */

import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { HumanMessage } from '@langchain/core/messages'
import { tool as langchainTool } from '@langchain/core/tools'
import { ChatOpenAI } from '@langchain/openai'
import { Agent, OpenAIProvider, Runner, tool as agentTool } from '@openai/agents'
import { generateText, stepCountIs, streamText, tool } from 'ai'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { aServedGateway, sumAnswer, sumPrompt, weatherPrompt } from './a-served-gateway.ts'

const city = z.object({ city: z.string() })

describe('the Vercel AI SDK', () => {
  const providers = {
    'openai (Responses)': (url: string) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'any' })('auto'),
    'openai (chat)': (url: string) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'any' }).chat('auto'),
    anthropic: (url: string) => createAnthropic({ baseURL: `${url}/v1`, apiKey: 'any' })('auto'),
    'openai-compatible': (url: string) =>
      createOpenAICompatible({ name: 'fairlead', baseURL: `${url}/v1`, apiKey: 'any', includeUsage: true })(
        'auto',
      ),
  }

  test.each(Object.entries(providers))(
    '%s: a text, a stream, and a tool that it runs itself',
    async (_, modelAt) => {
      const { url } = await aServedGateway()
      const model = modelAt(url)
      const whole = await generateText({ model, prompt: sumPrompt })
      expect(whole.text).toContain(sumAnswer)
      expect(whole.finishReason).toBe('stop')
      expect(whole.usage.outputTokens).toBeGreaterThan(0)
      const stream = streamText({ model, prompt: sumPrompt })
      let text = ''
      for await (const delta of stream.textStream) text += delta
      expect(text).toContain(sumAnswer)
      const asked: unknown[] = []
      const called = await generateText({
        model,
        prompt: weatherPrompt,
        stopWhen: stepCountIs(3),
        tools: {
          get_weather: tool({
            description: 'The weather in a city.',
            inputSchema: city,
            execute: async (input) => {
              asked.push(input)
              return 'Sunny, 21 degrees.'
            },
          }),
        },
      })
      expect(asked[0]).toEqual({ city: 'Paris' })
      expect(called.steps.length).toBeGreaterThan(1)
    },
  )
})

test('LangChain: a text, a stream, and a call of a tool', async () => {
  const { url } = await aServedGateway()
  const model = new ChatOpenAI({ model: 'auto', apiKey: 'any', configuration: { baseURL: `${url}/v1` } })
  expect((await model.invoke(sumPrompt)).text).toContain(sumAnswer)
  let text = ''
  for await (const chunk of await model.stream(sumPrompt)) text += chunk.text
  expect(text).toContain(sumAnswer)
  const getWeather = langchainTool(() => 'Sunny', {
    name: 'get_weather',
    description: 'Weather.',
    schema: city,
  })
  const called = await model.bindTools([getWeather]).invoke([new HumanMessage(weatherPrompt)])
  expect(called.tool_calls).toMatchObject([{ name: 'get_weather', args: { city: 'Paris' } }])
})

describe('the OpenAI Agents SDK', () => {
  test.each([true, false])('an agent with a tool, over Responses: %s', async (useResponses) => {
    const { url } = await aServedGateway()
    const asked: unknown[] = []
    const agent = new Agent({
      name: 'Forecaster',
      model: 'auto',
      instructions: 'Use the tool.',
      tools: [
        agentTool({
          name: 'get_weather',
          description: 'The weather in a city.',
          parameters: city,
          execute: async (input) => {
            asked.push(input)
            return 'Sunny, 21 degrees.'
          },
        }),
      ],
    })
    const modelProvider = new OpenAIProvider({ baseURL: `${url}/v1`, apiKey: 'any', useResponses })
    const runner = new Runner({ modelProvider, tracingDisabled: true })
    const { finalOutput } = await runner.run(agent, weatherPrompt, { maxTurns: 4 })
    expect(asked[0]).toEqual({ city: 'Paris' })
    expect(finalOutput).toEqual(expect.any(String))
  })
})
