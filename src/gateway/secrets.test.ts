// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configurations hold such references
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { acmeConfig, smallThen } from '../../test/support/acme-config.ts'
import { aGateway, incoming, say } from '../../test/support/a-gateway.ts'
import { aFaultServer, type Behaviour } from '../../test/support/fault-server.ts'
import { createLog } from '../telemetry/log.ts'

const planted = 'planted-Key-5f2c'

/** Vendors quote the key that they refuse. */
const quotesTheKey: Behaviour = {
  kind: 'status',
  status: 401,
  body: { error: { message: `Incorrect API key provided: ${planted}.`, code: 'invalid_api_key' } },
}

const quotesItMidStream: Behaviour = {
  kind: 'error-event',
  afterWords: 1,
  message: `The key ${planted} has no credit left.`,
}

test('a key that the vendor itself quotes gets into no reply, no stored decision and no log', async () => {
  const vendor = await aFaultServer({ small: [quotesTheKey], large: [quotesItMidStream] })
  const written = acmeConfig(vendor.baseUrl, { policies: smallThen() })
  const config = {
    ...written,
    vendors: { acme: { ...written.vendors.acme, headers: { 'x-second': '${ACME_KEY}' } } },
  }
  const opened = await aGateway({ config, variables: { ACME_KEY: planted } })
  const body = { model: 'auto', messages: say('Hello.') }
  const replies = [
    await opened.gateway.chat(incoming(body), new AbortController().signal),
    await opened.gateway.chat(incoming({ ...body, stream: true }), new AbortController().signal),
    opened.gateway.route(incoming(body).asked),
  ]
  const broken = await opened.gateway.chat(
    incoming({ ...body, model: 'large', stream: true }),
    new AbortController().signal,
  )
  let streamed = ''
  if (broken.kind === 'stream') for await (const frame of broken.frames) streamed += Buffer.from(frame)
  expect(streamed).toContain('has no credit left')
  expect(vendor.seen[0]?.headers.authorization).toBe(`Bearer ${planted}`)
  expect(replies[0]).toMatchObject({ kind: 'failed', failure: { kind: 'credential' } })

  const lines: string[] = []
  const log = createLog({ level: 'trace', destination: { write: (line) => lines.push(line) } })
  log.info({ config: opened.config, replies })
  expect(lines.join('')).toContain('acme')

  const records = await opened.stored()
  expect(records).toHaveLength(3)
  const folder = dirname(opened.config.log.path)
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
  expect(files.join('')).toContain('acme/small')
  for (const text of [JSON.stringify(replies), lines.join(''), JSON.stringify(records), streamed, ...files])
    expect(text).not.toContain(planted)
})
