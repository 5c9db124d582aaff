import { expect, test } from 'vitest'
import { aTarget, aVendor } from '../../test/support/an-engine.ts'
import { aModel } from '../../test/support/builders.ts'
import { failure } from '../domain/failure.ts'
import type { Transport } from '../domain/transport.ts'
import type { VendorLibrary } from '../domain/vendor.ts'
import { createTransport } from './transport.ts'

/** Fails every request with its own name, and says whether it was closed. */
function aNamedTransport(name: string): Transport & { closed: boolean } {
  const named = failure('unavailable', name)
  const transport = {
    closed: false,
    send: async () => ({ kind: 'failed', failure: named }) as const,
    asFailure: () => named,
    close: async () => {
      transport.closed = true
    },
  }
  return transport
}

test('models answer in the process where they are simulated or behind a library, all others over the network', async () => {
  const transports = {
    simulated: aNamedTransport('simulated'),
    http: aNamedTransport('http'),
    library: aNamedTransport('library'),
  }
  const transport = createTransport(transports)
  const { signal } = new AbortController()
  for (const name of ['simulated', 'http', 'library']) {
    const target = aTarget({
      baseUrl: 'http://127.0.0.1:1/v1',
      model: aModel({ simulated: name === 'simulated' }),
      vendor: aVendor(name === 'library' ? { library: aLibrary() } : {}),
    })
    const outgoing = { target, path: '/', body: '', stream: false }
    expect(await transport.send(outgoing, signal)).toMatchObject({ failure: { message: name } })
    expect(transport.asFailure(new Error('cut'), target).message).toBe(name)
  }
  await transport.close()
  expect(Object.values(transports).map(({ closed }) => closed)).toEqual([true, true, true])
})

const aLibrary = (): VendorLibrary => ({
  package: 'a-package',
  export: null,
  method: null,
  settings: () => ({}),
  callOptions: () => ({}),
  secrets: [],
})
