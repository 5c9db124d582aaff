/** By a file, and over HTTP at the same time. */

import { createFairlead } from 'fairlead'

const fairlead = await createFairlead('fairlead.config.ts', { directory: import.meta.dirname })
console.log(fairlead.policies.join(', '), 'over', fairlead.models.join(', '))

const { url } = await fairlead.listen({ port: 0 })
const reply = await fetch(`${url}/v1/chat/completions`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Prove that 17 is prime.' }] }),
})
console.log(reply.status, reply.headers.get('x-fairlead-reason'))

// Reads the file again; with faults in it the old configuration goes on.
await fairlead.reload()
await fairlead.close()
