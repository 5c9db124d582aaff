/** What pictures of a gateway show beside its traffic: keys that spend, conversations that go on, an experiment that runs. */

import { adminToken } from './busy-gateway.ts'

type Headers = Readonly<Record<string, string>>

export async function furnish(url: string): Promise<void> {
  const admin = (path: string, body: object) =>
    posted(`${url}/admin${path}`, body, { authorization: `Bearer ${adminToken}` })
  await admin('/groups', { kind: 'team', name: 'search', limits: [{ usd: 5, per: 'month' }] })
  for (const [name, group, limits] of keys) {
    const { secret } = (await admin('/keys', { name, group, limits })) as { readonly secret: string }
    for (let turn = 0; turn < 4; turn++)
      await asked(url, `Step ${turn + 1} of what ${name} is to do: name a river.`, {
        authorization: `Bearer ${secret}`,
        'x-fairlead-session': `${name}-morning`,
      })
  }
  await admin('/experiments', { id: 'frugal-for-auto', policy: 'auto', arms: { frugal: 0.5 }, by: 'request' })
  await Promise.all(Array.from({ length: 140 }, (_, at) => graded(url, at)))
  await admin('/experiments/frugal-for-auto/look', {})
}

const keys = [
  ['search-agent', 'search', [{ usd: 0.01, per: 'day', softAt: 0.8 }]],
  ['support-bot', null, [{ usd: 2, per: 'month' }]],
  ['nightly-evaluation', null, [{ tokens: 20_000, per: 'day' }]],
] as const

/** Both arms answer about alike. */
async function graded(url: string, at: number): Promise<void> {
  const decision = await asked(url, `What is ${at} plus ${3 * at}?`)
  if (decision === null) return
  await posted(`${url}/v1/feedback`, { decision, score: (at * 7_919) % 11 === 0 ? 0 : 1 })
}

/** The decision's id. */
async function asked(url: string, content: string, headers: Headers = {}): Promise<string | null> {
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] })
  const reply = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  await reply.text()
  return reply.headers.get('x-fairlead-decision')
}

async function posted(address: string, body: object, headers: Headers = {}): Promise<unknown> {
  const reply = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!reply.ok) throw new Error(`${address}: ${reply.status} ${await reply.text()}`)
  return reply.json()
}
