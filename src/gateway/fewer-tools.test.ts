import { expect, test } from 'vitest'
import { acmeConfig, acmeKey, smallThen } from '../../test/support/acme-config.ts'
import { aGateway, incoming, say } from '../../test/support/a-gateway.ts'
import { aFaultServer } from '../../test/support/fault-server.ts'

const tools = ['weather_forecast', 'send_email', 'track_parcel', 'book_hotel', 'play_music'].map((name) => ({
  type: 'function',
  function: {
    name,
    description: `Can ${name.replace('_', ' ')}.`,
    parameters: { type: 'object', properties: {} },
  },
}))

/** What the vendor got of a request with five tools. */
async function sentWith(toolFilter: object | null) {
  const vendor = await aFaultServer({ small: [{ kind: 'answer' }] })
  const auto = { ...smallThen().auto, ...(toolFilter && { toolFilter }) }
  const { gateway } = await aGateway({
    config: acmeConfig(vendor.baseUrl, { policies: { auto } }),
    variables: acmeKey,
  })
  const body = { model: 'auto', messages: say('Where is my parcel?'), tools, seed: 7, custom: { kept: true } }
  await gateway.chat(incoming(body), new AbortController().signal)
  return JSON.parse(vendor.seen[0]!.text) as Record<string, unknown>
}

test('the vendor gets the tools that the conversation may want, and all else of the request', async () => {
  const { tools: sent, ...others } = await sentWith({ above: 3, keep: 2 })
  expect(sent).toEqual(expect.arrayContaining([tools[2]]))
  expect(sent).toHaveLength(2)
  const { tools: all, ...plain } = await sentWith(null)
  expect(all).toEqual(tools)
  expect(others).toEqual(plain)
})

test('a request with few tools is passed on as the client wrote it', async () => {
  expect(await sentWith({ above: 5, keep: 2 })).toEqual(await sentWith(null))
})
