import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { acmeConfig, acmeKey, smallThen } from '../../test/support/acme-config.ts'
import { aGateway, incoming, say } from '../../test/support/a-gateway.ts'
import { aFaultServer } from '../../test/support/fault-server.ts'

test('a gateway that starts again leaves alone who asked the last one to be left alone', async () => {
  const vendor = await aFaultServer({
    small: [{ kind: 'status', status: 429, headers: { 'retry-after': '60' }, body: {} }],
    large: [{ kind: 'answer' }],
  })
  const path = join(aFolder(), 'log.db')
  const config = { ...acmeConfig(vendor.baseUrl, { policies: smallThen('acme/large') }), log: { path } }
  for (let run = 0; run < 2; run++) {
    const { gateway, close } = await aGateway({ config, variables: acmeKey })
    const request = incoming({ model: 'auto', messages: say('Say something.') })
    const { served } = await gateway.chat(request, new AbortController().signal)
    expect(served).toMatchObject({ model: 'acme/large' })
    await close()
  }
  expect(vendor.seen.map(({ model }) => model)).toEqual(['small', 'large', 'large'])
})
