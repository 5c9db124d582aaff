/** The gateway within a program: no server, no port. Run it with `npx tsx in-process.ts`. */

import { createFairlead } from 'fairlead'

// Simulated models that answer at once, so that this runs without a key. With `createFairlead()` alone keys of the environment,
// or the configuration of this folder, count.
const fairlead = await createFairlead({ simulated: { pace: 0 } })

const answer = await fairlead.chat({
  model: 'auto',
  messages: [{ role: 'user', content: 'What is 17 * 23?' }],
  fairlead: { quality: 0.9, maxCostUsd: 0.05 },
})
console.log(answer.choices[0]?.message.content)

// Beside the fields of the completion: what Fairlead did, as the x-fairlead-* headers say it over HTTP.
const { id, model, reason, costUsd } = answer.decision
console.log(`${id}: ${model} for $${costUsd}, since ${reason}`)

// What would be decided, with every candidate; no model is called.
const decision = await fairlead.route({ model: 'auto', messages: [{ role: 'user', content: 'Prove it.' }] })
for (const { id: candidate, quality } of decision.candidates) console.log(candidate, quality.mean.toFixed(2))

// The other formats work alike.
const message = await fairlead.messages({
  model: 'auto',
  max_tokens: 300,
  messages: [{ role: 'user', content: 'What is 17 * 23?' }],
})
console.log(message.type, message.stop_reason)

await fairlead.close()
