import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { aServer } from '../../test/support/a-server.ts'
import { acmeConfig, acmeKey, smallThen } from '../../test/support/acme-config.ts'
import { aFaultServer, type Behaviour } from '../../test/support/fault-server.ts'

const answer: Behaviour = { kind: 'answer' }
const down: Behaviour = { kind: 'status', status: 503, body: {} }
const prompts = [
  { model: 'acme/small', policy: 'auto', system: { append: 'Be exact.' }, template: 'Q: {{prompt}}' },
]

async function opened(written: unknown, small: Behaviour = answer) {
  const vendor = await aFaultServer({ small: [small], large: [answer] })
  const config = { ...acmeConfig(vendor.baseUrl, { policies: smallThen('acme/large') }), prompts: written }
  return { vendor, ...(await aServer({ config, variables: acmeKey })) }
}

/** The three formats' clients, each with a system prompt and a word of the user's. */
const clients = [
  [
    '/v1/chat/completions',
    {
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'Hello' },
      ],
    },
  ],
  ['/v1/responses', { instructions: 'Be kind.', input: 'Hello' }],
  ['/v1/messages', { system: 'Be kind.', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] }],
] as const

describe.each(clients)('%s', (path, body) => {
  test.each([false, true])(
    'a request is worded for the model that gets it, and its attempt says how (stream: %s)',
    async (stream) => {
      const { vendor, post, stored } = await opened(prompts)
      const response = await post(path, { model: 'auto', ...body, stream })
      expect(response.status).toBe(200)
      await response.text()
      expect(vendor.seen[0]!.text).toContain('Be kind.\\n\\nBe exact.')
      expect(vendor.seen[0]!.text).toContain('Q: Hello')
      const [{ outcome }] = (await stored()) as [Awaited<ReturnType<typeof stored>>[number]]
      expect(outcome!.attempts).toMatchObject([
        { model: 'acme/small', variant: expect.stringMatching(/^prompt-[0-9a-f]{12}$/) },
      ])
    },
  )

  test('a fallback gets it without the words that were meant for the model before', async () => {
    const { vendor, post, stored } = await opened(prompts, down)
    await (await post(path, { model: 'auto', ...body })).text()
    expect(vendor.seen.map(({ text }) => text.includes('Be exact.'))).toEqual([true, false])
    const [{ outcome }] = (await stored()) as [Awaited<ReturnType<typeof stored>>[number]]
    expect(outcome!.attempts.map(({ variant = null }) => variant !== null)).toEqual([true, false])
  })

  test('who asks for the model by its own name is no request of the policy', async () => {
    const { vendor, post } = await opened(prompts)
    await (await post(path, { model: 'acme/small', ...body })).text()
    expect(vendor.seen[0]!.text).not.toContain('Be exact.')
  })
})

test('fields that Fairlead does not know reach the vendor, within messages too', async () => {
  const { vendor, post } = await opened(prompts)
  const messages = [
    { role: 'user', content: 'Hello', odd: 1 },
    { role: 'assistant', content: 'Hi', reasoning_content: 'hm' },
  ]
  await (await post('/v1/chat/completions', { model: 'auto', messages, future: { deep: [1] } })).text()
  const { messages: sent, future } = JSON.parse(vendor.seen[0]!.text)
  expect(sent).toEqual([
    { role: 'system', content: 'Be exact.' },
    { role: 'user', content: 'Q: Hello', odd: 1 },
    messages[1],
  ])
  expect(future).toEqual({ deep: [1] })
})

test('a file of prompts is followed by a reload', async () => {
  const folder = aFolder()
  const file = join(folder, 'prompts.json')
  const write = (append: string) =>
    writeFileSync(file, JSON.stringify({ version: 1, prompts: [{ model: 'acme/*', system: { append } }] }))
  write('One.')
  const { vendor, post, gateway, config } = await opened(file)
  const ask = async () => (await post('/v1/chat/completions', { model: 'auto', ...clients[0][1] })).text()
  await ask()
  const [rule] = config.prompts
  await gateway.reload({
    ...config,
    prompts: [{ ...rule!, variant: { system: { kind: 'replace', text: 'Two.' }, template: null } }],
  })
  await ask()
  expect(vendor.seen[0]!.text).toContain('Be kind.\\n\\nOne.')
  expect(vendor.seen[1]!.text).toContain('"content":"Two."')
})
