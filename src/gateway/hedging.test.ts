import { expect, test } from 'vitest'
import { acmeConfig, acmeKey, acmeModel } from '../../test/support/acme-config.ts'
import { aGateway, incoming, say } from '../../test/support/a-gateway.ts'
import { aFaultServer } from '../../test/support/fault-server.ts'

test('under a policy that hedges, a slow model gets company once enough was spent, and both are on record', async () => {
  const vendor = await aFaultServer({
    small: [{ kind: 'answer' }, { kind: 'never-answer' }],
    twin: [{ kind: 'answer' }],
  })
  const hedging = { afterMs: 30, maxExtraCostShare: 1 }
  const config = acmeConfig(vendor.baseUrl, {
    models: [acmeModel('twin', 1)],
    policies: { auto: { strategy: 'fixed', model: 'acme/small', fallbacks: ['acme/twin'], hedging } },
  })
  const { gateway, stored } = await aGateway({ config, variables: acmeKey })
  const ask = () =>
    gateway.chat(incoming({ model: 'auto', messages: say('Say something.') }), new AbortController().signal)
  expect((await ask()).served).toMatchObject({ model: 'acme/small' })
  // To be overtaken is not to fail.
  expect((await ask()).served).toMatchObject({ model: 'acme/twin', failedModels: [] })
  const [, { outcome } = {}] = await stored()
  expect(outcome).toMatchObject({
    status: 'answered',
    model: 'acme/twin',
    attempts: [
      { model: 'acme/small', outcome: { kind: 'failed', failure: 'cancelled' } },
      { model: 'acme/twin', outcome: { kind: 'answered' } },
    ],
  })
  expect(outcome?.cost).toBeGreaterThan(outcome!.attempts[1]!.cost!)
})
