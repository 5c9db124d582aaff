/** Chunks as they come; what goes wrong is thrown, also in the middle of a stream. */

import { createFairlead, FairleadError } from 'fairlead'

const fairlead = await createFairlead({ simulated: { pace: 0 } })
const messages = [{ role: 'user', content: 'What is 17 * 23?' }] as const

const stream = await fairlead.chat({ model: 'auto', messages, stream: true })
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '')
console.log(`\n${stream.decision.model} for $${stream.decision.costUsd}`)

// An abort cancels the call upstream at once, and throws the signal's reason; so does `break`, without a word.
const controller = new AbortController()
const signal = controller.signal
try {
  const aborted = await fairlead.chat({ model: 'auto', messages, stream: true }, { signal })
  controller.abort()
  for await (const chunk of aborted) console.log('never said', chunk.id)
} catch (error) {
  console.log('aborted:', (error as Error).name)
}

try {
  await fairlead.chat({ model: 'nobody', messages })
} catch (error) {
  if (!(error instanceof FairleadError)) throw error
  console.log(`${error.kind} (${error.code}, HTTP ${error.status}): ${error.message}`)
}

await fairlead.close()
