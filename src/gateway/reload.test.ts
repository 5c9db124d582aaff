import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { aGateway, incoming, say } from '../../test/support/a-gateway.ts'
import { acmeConfig, acmeKey, smallThen } from '../../test/support/acme-config.ts'
import { aFaultServer, type Behaviour } from '../../test/support/fault-server.ts'
import { builtInSurroundings } from '../config/built-in.ts'
import { readEnvironment } from '../config/environment.ts'
import { loadConfig } from '../config/load.ts'
import type { ResolvedConfig } from '../config/resolved.ts'
import type { Gateway } from './gateway.ts'

const sound: Behaviour = { kind: 'answer' }
const down: Behaviour = { kind: 'status', status: 500, body: { error: { message: 'down' } } }

async function resolved(written: object): Promise<ResolvedConfig> {
  const directory = aFolder()
  const file = join(directory, 'fairlead.yaml')
  writeFileSync(file, JSON.stringify(written))
  const surroundings = builtInSurroundings([], readEnvironment(acmeKey))
  const result = await loadConfig({ file, directory, surroundings })
  if (result.kind === 'faulty') throw new Error(JSON.stringify(result.faults))
  return result.config
}

const ask = (gateway: Gateway) =>
  gateway.chat(incoming({ model: 'auto', messages: say('hello') }), new AbortController().signal)

describe('a gateway that is given another configuration', () => {
  test('serves by it at once, and finishes by the old one what is under way', async () => {
    const vendor = await aFaultServer({ small: [{ kind: 'answer', delayMs: 80 }], large: [sound] })
    const config = acmeConfig(vendor.baseUrl, { policies: smallThen() })
    const { gateway } = await aGateway({ config, variables: acmeKey })
    const underWay = ask(gateway)
    await vendor.whenSeen(1)
    const fixed = { auto: { strategy: 'fixed', model: 'acme/large' }, other: { strategy: 'cheapest' } }
    await gateway.reload(await resolved(acmeConfig(vendor.baseUrl, { policies: fixed })))
    expect((await ask(gateway)).served?.model).toBe('acme/large')
    expect((await underWay).served?.model).toBe('acme/small')
    expect(gateway.policies.map(({ name }) => name)).toEqual(['auto', 'other'])
  })

  test('remembers which targets are closed off', async () => {
    const vendor = await aFaultServer({ small: [down], large: [sound] })
    const config = acmeConfig(vendor.baseUrl, { policies: smallThen('acme/large') })
    const { gateway } = await aGateway({ config, variables: acmeKey })
    for (let request = 0; request < 4; request++) await ask(gateway)
    const before = vendor.seen.length
    await gateway.reload(await resolved({ ...config, log: { level: 'warn' } }))
    expect((await ask(gateway)).served?.model).toBe('acme/large')
    expect(vendor.seen.length).toBe(before + 1)
  })

  test('that can’t be opened goes on with the old one', async () => {
    const vendor = await aFaultServer({ small: [sound] })
    const config = acmeConfig(vendor.baseUrl, { policies: smallThen() })
    const { gateway } = await aGateway({ config, variables: acmeKey })
    const broken = await resolved({ ...config, artefact: 'nowhere.fairlead' })
    await expect(gateway.reload(broken)).rejects.toThrow('nowhere.fairlead')
    expect((await ask(gateway)).served?.model).toBe('acme/small')
  })
})
