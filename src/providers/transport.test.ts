import { expect, test } from 'vitest'
import { aTarget } from '../../test/support/an-engine.ts'
import { aModel } from '../../test/support/builders.ts'
import { failure } from '../domain/failure.ts'
import type { Transport } from '../domain/transport.ts'
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

test('a simulated model is answered in the process, any other over the network; both are closed', async () => {
  const simulated = aNamedTransport('simulated')
  const http = aNamedTransport('http')
  const transport = createTransport(simulated, http)
  const { signal } = new AbortController()
  for (const isSimulated of [true, false]) {
    const name = isSimulated ? 'simulated' : 'http'
    const target = aTarget({ baseUrl: 'http://127.0.0.1:1/v1', model: aModel({ simulated: isSimulated }) })
    const outgoing = { target, path: '/', body: '', stream: false }
    expect(await transport.send(outgoing, signal)).toMatchObject({ failure: { message: name } })
    expect(transport.asFailure(new Error('cut'), target).message).toBe(name)
  }
  await transport.close()
  expect([simulated.closed, http.closed]).toEqual([true, true])
})
