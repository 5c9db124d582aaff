import { describe, expect, test } from 'vitest'
import type { Reply } from '../../src/gateway/gateway.ts'
import { aGateway, incoming, say } from '../support/a-gateway.ts'
import { readChatStream } from '../support/chat-stream.ts'
import { exampleNames, writtenExample } from '../support/strategy-examples.ts'

const question = 'What is 17 + 25? Answer with the number alone.'

const aTool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}

const requests: readonly (readonly [string, object])[] = [
  ['plain', { messages: say(question) }],
  ['streaming', { messages: say(question), stream: true }],
  ['with tools', { messages: say('What is the weather in Paris?'), tools: [aTool] }],
  ['streaming, with tools', { messages: say('What is the weather in Paris?'), tools: [aTool], stream: true }],
]

/** The words or the tool's name of an answer; a stream is read to its end, which it must have. */
async function answerOf(reply: Reply): Promise<string> {
  switch (reply.kind) {
    case 'failed':
      throw new Error(reply.failure.message)
    case 'buffered': {
      const { choices } = JSON.parse(Buffer.from(reply.bytes).toString('utf8'))
      const { content, tool_calls: calls } = choices[0].message
      return content || JSON.stringify(calls ?? '')
    }
    case 'stream': {
      let text = ''
      for await (const frame of reply.frames) text += Buffer.from(frame).toString('utf8')
      const { content, toolArguments, endMarked, error } = readChatStream(text)
      expect(error).toBeNull()
      expect(endMarked).toBe(true)
      return content || toolArguments.join('')
    }
  }
}

describe.each(exampleNames())('examples/strategies/%s.yaml', (name) => {
  test('answers every kind of request by each of its policies, and explains them', async () => {
    const { gateway, problems, stored } = await aGateway({
      // At once: nothing else of the example changes.
      config: { ...writtenExample(name), simulated: { pace: 0 }, log: { level: 'silent' } },
    })
    const policies = gateway.policies.map((policy) => policy.name)
    for (const model of policies) {
      for (const [what, body] of requests) {
        const asked = incoming({ model, ...body })
        const routed = gateway.route(asked.asked, (await gateway.readText?.(asked.asked)) ?? null)
        expect(routed, `${model}, ${what}`).toMatchObject({ kind: 'decided' })
        const reply = await gateway.chat(asked, new AbortController().signal)
        expect(await answerOf(reply), `${model}, ${what}`).not.toBe('')
        expect(reply.served?.decision.because, `${model}, ${what}`).not.toBe('')
      }
    }
    expect(problems).toEqual([])
    const outcomes = (await stored()).map(({ outcome }) => outcome?.status)
    expect(outcomes).toEqual(policies.flatMap(() => requests.map(() => 'answered')))
  })
})
