/** A policy whose strategy is one's own. */

import { createFairlead } from 'fairlead'
import { keywords } from './keyword-strategy.ts'

const fairlead = await createFairlead(
  {
    simulated: { pace: 0 },
    // The editor knows the options of `keywords`, and a wrong one is refused at start.
    policies: { auto: { strategy: 'keywords', words: ['prove', 'theorem'] } },
  },
  { strategies: [keywords] },
)

for (const content of ['What is 17 * 23?', 'Prove that 17 is prime.']) {
  const { decision } = await fairlead.chat({ model: 'auto', messages: [{ role: 'user', content }] })
  console.log(`${content} -> ${decision.model}: ${decision.reason}`)
}

await fairlead.close()
