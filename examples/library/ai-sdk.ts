/** A model of the Vercel AI SDK (`npm install ai`) that Fairlead routes, in process. */

import { generateText, Output, stepCountIs, streamText, tool } from 'ai'
import { createFairleadProvider } from 'fairlead/ai-sdk'
import { z } from 'zod'

// `import { fairlead } from 'fairlead/ai-sdk'` does the same by the configuration of this folder or keys of the environment;
// `createFairleadProvider({ baseURL: 'http://127.0.0.1:4000/v1', apiKey })` asks a Fairlead that runs elsewhere.
const fairlead = createFairleadProvider({ config: { simulated: { pace: 0 } } })

const { text, providerMetadata } = await generateText({
  model: fairlead('auto', { quality: 0.9 }),
  prompt: 'What is 17 * 23?',
})
console.log(text)
console.log(providerMetadata?.fairlead)

const stream = streamText({ model: fairlead('auto'), prompt: 'What is 17 * 23?' })
for await (const delta of stream.textStream) process.stdout.write(delta)
console.log(`\n${await stream.finishReason}`)

const { steps } = await generateText({
  model: fairlead('auto'),
  prompt: 'What is the weather in "Paris"?',
  stopWhen: stepCountIs(3),
  tools: {
    get_weather: tool({
      description: 'The weather in a city.',
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => `Clear skies over ${city}.`,
    }),
  },
})
console.log(steps.map(({ finishReason }) => finishReason).join(', '))

const { output } = await generateText({
  model: fairlead('auto'),
  prompt: 'What is 17 * 23?',
  output: Output.object({ schema: z.object({ answer: z.number() }) }),
})
console.log(output)

await fairlead.close()
