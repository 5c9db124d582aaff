import { describe, expect, test } from 'vitest'
import { anMcp, aServer, scripted, textOf, until } from './__fixtures__/open.ts'

/** Beside a server that is well, which must not notice. */
async function besideAHealthyOne(behaviour: string, changes: Parameters<typeof aServer>[2] = {}) {
  const opened = await anMcp([aServer('sick', scripted(behaviour), changes), aServer('well', scripted())])
  const connected = await opened.client()
  const well = async () => expect(await textOf(connected, 'well__echo', { text: 'fine' })).toBe('fine')
  const sick = () => opened.mcp.status().servers.find(({ server }) => server === 'sick')
  return { ...opened, connected, well, sick }
}

describe('a server that is killed', () => {
  test('in mid-session harms its own calls alone, which say so, and comes back by itself', async () => {
    const { connected, well, sick, rows } = await besideAHealthyOne('good')
    const pid = Number(await textOf(connected, 'sick__pid'))
    const hanging = textOf(connected, 'sick__hang')
    await well()
    process.kill(pid, 'SIGKILL')
    expect(await hanging).toBe('The MCP server sick ended its connection during tools/call.')
    await well()
    // The next call finds a new process.
    await until(async () => /^\d+$/.test(await textOf(connected, 'sick__pid')))
    expect(Number(await textOf(connected, 'sick__pid'))).not.toBe(pid)
    expect(sick()).toMatchObject({ state: 'open', trouble: null, breaker: 'closed' })
    expect(rows.find(({ item }) => item === 'hang')?.outcome).toBe('unavailable')
    expect((await connected.listTools()).tools.map(({ name }) => name)).toContain('sick__echo')
  })

  test('again and again is waited for longer and longer, and still comes back', async () => {
    const { connected, well } = await besideAHealthyOne('good')
    for (let time = 0; time < 3; time++) {
      await until(async () => /^\d+$/.test(await textOf(connected, 'sick__pid')))
      expect(await textOf(connected, 'sick__die')).toContain('ended its connection')
    }
    expect(await textOf(connected, 'sick__pid')).toMatch(/can't be reached .* It is tried again in \d+ s\./)
    await well()
    await until(async () => /^\d+$/.test(await textOf(connected, 'sick__pid')))
  })

  test('and was a session’s own comes back for that session', async () => {
    const { client } = await anMcp([aServer('own', scripted(), { sharing: 'per-session' })])
    const [ann, ben] = [await client(), await client()]
    const [ofAnn, ofBen] = [await textOf(ann, 'own__pid'), await textOf(ben, 'own__pid')]
    expect(ofAnn).not.toBe(ofBen)
    process.kill(Number(ofAnn), 'SIGKILL')
    await until(
      async () => /^\d+$/.test(await textOf(ann, 'own__pid')) && (await textOf(ann, 'own__pid')) !== ofAnn,
    )
    expect(await textOf(ben, 'own__pid')).toBe(ofBen)
  })
})

describe('a server that', () => {
  test('exits at once is down, and its last words are for who runs the gateway alone', async () => {
    const { connected, well, sick, problems } = await besideAHealthyOne('exit')
    await well()
    await until(() =>
      problems.some((problem) => problem.includes('last words') || problem.includes('cannot go on')),
    )
    expect(sick()?.state).not.toBe('open')
    await expect(connected.callTool({ name: 'sick__echo' })).rejects.toThrow('There is no tool sick__echo')
    expect(JSON.stringify(sick())).not.toContain('topsecret')
  })

  test('can’t be started at all says why', async () => {
    const reach = { ...scripted(), command: '/nowhere/no-such-program' }
    const { mcp, problems } = await anMcp([aServer('none', reach as ReturnType<typeof scripted>)])
    await until(() => problems.length > 0)
    expect(mcp.status().servers[0]?.trouble).toContain("can't be started (ENOENT)")
  })

  test('prints a banner and garbage before it speaks is understood', async () => {
    const { connected } = await besideAHealthyOne('banner')
    expect(await textOf(connected, 'sick__echo', { text: 'hi' })).toBe('hi')
  })

  test('prints garbage all the time is understood as long as it is no flood', async () => {
    const { connected, well } = await besideAHealthyOne('garbage')
    expect(await textOf(connected, 'sick__echo', { text: 'hi' })).toBe('hi')
    await well()
  })

  test('never introduces itself is given up, and listing waits no longer than for it', async () => {
    const { connected, well, sick } = await besideAHealthyOne('silent', { connectTimeoutMs: 200 })
    await well()
    expect((await connected.listTools()).tools.map(({ name }) => name)).toContain('well__echo')
    await until(() => sick()?.trouble?.includes('did not answer initialize in time') === true)
  })

  test('hangs in calls fails them in time, and is left alone after some', async () => {
    const { connected, well, sick } = await besideAHealthyOne('hang-on-call', {
      timeoutMs: 50,
      breaker: {
        allowedFails: 1,
        windowMs: 30_000,
        failureShare: 0.5,
        cooldownMs: 60_000,
        maxCooldownMs: 60_000,
      },
    })
    expect(await textOf(connected, 'sick__echo')).toContain('did not answer tools/call in time')
    expect(await textOf(connected, 'sick__echo')).toContain('did not answer tools/call in time')
    expect(await textOf(connected, 'sick__echo')).toMatch(/has failed 2 times and is left alone.*in \d+ s/)
    expect(sick()?.breaker).toBe('open')
    await well()
  })

  test('floods the gateway is disconnected, and the others go on', async () => {
    const { well, problems } = await besideAHealthyOne('flood')
    await until(() => problems.some((problem) => problem.startsWith('sick: it floods the gateway')))
    await well()
  })

  test('sends a line without end is disconnected before it fills the memory', async () => {
    const { well, problems } = await besideAHealthyOne('endless-line', { maxMessageBytes: 300_000 })
    await until(() => problems.some((problem) => problem.startsWith('sick: its connection ended')))
    await well()
  })

  test('sends a result that is larger than a message may be fails that call', async () => {
    const { connected, well } = await besideAHealthyOne('good', { maxMessageBytes: 50_000 })
    await connected.listTools()
    expect(await textOf(connected, 'sick__big', { bytes: 500_000 })).toContain('ended its connection')
    await well()
    await until(async () => (await textOf(connected, 'sick__echo', { text: 'again' })) === 'again')
  })
})

test('no process outlives the gateway', async () => {
  const { connected, mcp } = await besideAHealthyOne('good')
  const pid = Number(await textOf(connected, 'sick__pid'))
  await mcp.close()
  await until(() => {
    try {
      process.kill(pid, 0)
      return false
    } catch {
      return true
    }
  })
})

test('a gateway that closes waits for no server that is still starting', async () => {
  const { mcp } = await anMcp([aServer('slow', scripted('silent'), { connectTimeoutMs: 60_000 })])
  await until(() => mcp.status().servers[0]?.state === 'opening')
  await mcp.close()
  expect(mcp.status().servers[0]?.state).toBe('closed')
})

test('sessions of their own are no more than allowed, and make room when they end', async () => {
  const { client, mcp } = await anMcp([
    aServer('own', scripted(), { sharing: 'per-session', maxConnections: 1 }),
  ])
  const [ann, ben] = [await client(), await client()]
  await textOf(ann, 'own__pid')
  expect(await textOf(ben, 'own__pid')).toContain('All 1 connections to the MCP server own are taken')
  await (ann.transport as unknown as { terminateSession: () => Promise<void> }).terminateSession()
  await until(() => mcp.status().servers[0]?.ownConnections === 0)
  expect(await textOf(ben, 'own__pid')).toMatch(/^\d+$/)
})

test('programs get the environment that they are given, and none of the gateway’s keys', async () => {
  process.env.SOME_API_KEY = 'of-the-gateway'
  try {
    const { Secret } = await import('../domain/secret.ts')
    const reach = { ...scripted(), environment: { GIVEN: new Secret('to-it') } } as ReturnType<
      typeof scripted
    >
    const { client } = await anMcp([aServer('one', reach)])
    const connected = await client()
    expect(await textOf(connected, 'one__environment', { name: 'GIVEN' })).toBe('to-it')
    expect(await textOf(connected, 'one__environment', { name: 'SOME_API_KEY' })).toBe('not set')
  } finally {
    delete process.env.SOME_API_KEY
  }
})
