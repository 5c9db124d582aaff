import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import {
  ListRootsRequestSchema,
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, test } from 'vitest'
import { anMcp, aServer, scripted, textOf, until } from './__fixtures__/open.ts'
import { createOwnTools } from './own-tools.ts'

const ownTools = createOwnTools({
  decide: async (prompt, policy) =>
    policy === 'auto'
      ? { kind: 'decided', decision: { chosen: 'acme/small', prompt } }
      : { kind: 'failed', message: `There is no policy ${policy}.` },
  models: () => ({ policies: [{ name: 'auto' }], models: [] }),
  decision: async (id) => (id === 'd1' ? { id, chosen: 'acme/small' } : null),
})

describe('with no server configured', () => {
  test('Fairlead’s own tools are there and answer', async () => {
    const { client, rows } = await anMcp([], { ownTools })
    const connected = await client()
    const { tools } = await connected.listTools()
    expect(tools.map(({ name }) => name)).toEqual([
      'fairlead__route',
      'fairlead__models',
      'fairlead__explain',
    ])
    expect(await connected.callTool({ name: 'fairlead__route', arguments: { prompt: 'hi' } })).toMatchObject({
      structuredContent: { chosen: 'acme/small', prompt: 'hi' },
    })
    expect(await textOf(connected, 'fairlead__models')).toBe('{"policies":[{"name":"auto"}],"models":[]}')
    expect(await textOf(connected, 'fairlead__explain', { decision: 'd1' })).toContain('acme/small')
    expect(await textOf(connected, 'fairlead__explain', { decision: 'd2' })).toContain(
      'There is no decision d2',
    )
    expect(await textOf(connected, 'fairlead__route')).toContain('The argument prompt is missing')
    expect(await textOf(connected, 'fairlead__route', { prompt: 'x', policy: 'y' })).toBe(
      'There is no policy y.',
    )
    expect(rows.map(({ server, item, outcome }) => [server, item, outcome])).toEqual([
      ['fairlead', 'route', 'ok'],
      ['fairlead', 'models', 'ok'],
      ['fairlead', 'explain', 'ok'],
      ['fairlead', 'explain', 'tool-error'],
      ['fairlead', 'route', 'tool-error'],
      ['fairlead', 'route', 'tool-error'],
    ])
    await expect(connected.callTool({ name: 'fairlead__nothing' })).rejects.toThrow('There is no tool')
    expect(rows.at(-1)).toMatchObject({ server: 'fairlead', item: 'fairlead__nothing', outcome: 'rejected' })
  })
})

test('a bug of a tool of Fairlead’s own is told to who runs the gateway, and to nobody else', async () => {
  const broken = {
    definition: { name: 'broken', inputSchema: { type: 'object' as const } },
    call: async () => {
      throw new Error('the password is 1234')
    },
  }
  const { client, problems } = await anMcp([], { ownTools: [broken] })
  expect(await textOf(await client(), 'fairlead__broken')).toBe(
    'Something went wrong inside Fairlead; its log says what.',
  )
  expect(problems).toEqual(['fairlead: the password is 1234'])
})

test('a bug of whoever knows the keys leaves no client waiting', async () => {
  const { url } = await anMcp([], {
    authorize: () => {
      throw new Error('the password is 1234')
    },
  })
  const reply = await fetch(url, { method: 'POST', body: '{}' })
  expect(reply.status).toBe(500)
  expect(await reply.text()).not.toContain('1234')
})

describe('two servers as one', () => {
  const two = () => anMcp([aServer('one', scripted('good', '1:')), aServer('two', scripted('good', '2:'))])

  test('list their tools side by side, and each call goes to its server', async () => {
    const { client } = await two()
    const connected = await client()
    const { tools } = await connected.listTools()
    const names = tools.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(expect.arrayContaining(['one__echo', 'two__echo']))
    // What can't be called, or is no tool, is not shown.
    expect(names.filter((name) => /tasks_only|schema|garbage/.test(name))).toEqual([])
    expect(await textOf(connected, 'one__echo', { text: 'hi' })).toBe('1:hi')
    expect(await textOf(connected, 'two__echo', { text: 'hi' })).toBe('2:hi')
    expect(connected.getInstructions()).toContain('Several MCP servers as one')
  })

  test('lead links, resources, templates, prompts and completions back to their server', async () => {
    const { client } = await two()
    const connected = await client()
    const { resources } = await connected.listResources()
    expect(resources.map(({ uri }) => uri)).toEqual(['one+memo:///1', 'two+memo:///1'])
    const { resourceTemplates } = await connected.listResourceTemplates()
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      'one+memo:///{id}',
      'two+memo:///{id}',
    ])
    expect(await connected.readResource({ uri: 'two+memo:///7' })).toMatchObject({
      contents: [{ uri: 'two+memo:///7', text: 'the memo memo:///7' }],
    })
    expect(await connected.callTool({ name: 'one__link' })).toMatchObject({
      content: [{ type: 'resource_link', uri: 'one+memo:///1' }],
    })
    expect((await connected.listPrompts()).prompts.map(({ name }) => name)).toEqual([
      'one__greet',
      'two__greet',
    ])
    expect(await connected.getPrompt({ name: 'two__greet', arguments: { who: 'Ann' } })).toMatchObject({
      messages: [
        { content: { text: 'greet Ann' } },
        { content: { type: 'resource', resource: { uri: 'two+memo:///1' } } },
      ],
    })
    const argument = { name: 'who', value: 'A' }
    const completed = await connected.complete({ ref: { type: 'ref/prompt', name: 'one__greet' }, argument })
    expect(completed.completion.values).toEqual(['greet:A'])
    const ofTemplate = await connected.complete({
      ref: { type: 'ref/resource', uri: 'one+memo:///{id}' },
      argument,
    })
    expect(ofTemplate.completion.values).toEqual(['memo:///{id}:A'])
  })

  test('refuse what there is not, with what to do', async () => {
    const { client } = await two()
    const connected = await client()
    await expect(connected.callTool({ name: 'three__echo' })).rejects.toThrow('tools/list names them all')
    await expect(connected.callTool({ name: 'one__nothing' })).rejects.toThrow(
      'There is no tool one__nothing',
    )
    await expect(connected.readResource({ uri: 'three+memo:///1' })).rejects.toThrow(
      'No server has the resource',
    )
    await expect(connected.getPrompt({ name: 'one__nothing' })).rejects.toThrow('There is no prompt')
  })

  test('say what went wrong as it was said', async () => {
    const { client, rows } = await two()
    const connected = await client()
    expect(await connected.callTool({ name: 'one__fail' })).toMatchObject({ isError: true })
    await expect(connected.callTool({ name: 'one__refuse' })).rejects.toMatchObject({
      code: -32050,
      data: { until: 'tomorrow' },
    })
    expect(await textOf(connected, 'one__nonsense')).toContain('no content of a tool')
    expect(rows.map(({ outcome }) => outcome)).toEqual(['tool-error', 'tool-error', 'unreadable'])
    expect(rows[0]).toMatchObject({ caller: 'anyone', server: 'one', item: 'fail', arguments: null })
  })
})

describe('on the way of a call', () => {
  test('progress reaches who asked for it, and extends the time limit', async () => {
    const { client } = await anMcp([aServer('one', scripted(), { timeoutMs: 150 })])
    const connected = await client()
    const seen: number[] = []
    const result = await connected.callTool({ name: 'one__sleep', arguments: { ms: 400 } }, undefined, {
      onprogress: ({ progress }) => seen.push(progress),
    })
    expect(result).toMatchObject({ content: [{ text: 'slept' }] })
    expect(seen.at(-1)).toBe(400)
    expect(seen.length).toBeGreaterThan(5)
  })

  test('a client’s cancellation reaches the server', async () => {
    const { client, rows } = await anMcp([aServer('one', scripted())])
    const connected = await client()
    const controller = new AbortController()
    let begin = () => {}
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    const call = connected.callTool({ name: 'one__sleep', arguments: { ms: 60_000 } }, undefined, {
      signal: controller.signal,
      onprogress: () => begin(),
    })
    const refused = expect(call).rejects.toThrow('enough')
    await begun
    controller.abort('enough')
    await refused
    await until(async () => (await textOf(connected, 'one__seen')).includes('"cancelled":["'))
    await until(() => rows.some(({ item }) => item === 'sleep'))
    expect(rows.find(({ item }) => item === 'sleep')?.outcome).toBe('cancelled')
  })

  test('texts beyond the limit are cut and images refused', async () => {
    const { client, rows } = await anMcp([aServer('one', scripted(), { maxResultBytes: 1_000 })])
    const connected = await client()
    expect(await textOf(connected, 'one__big', { bytes: 5_000 })).toMatch(/^b+\n\[cut by the gateway/)
    expect(await connected.callTool({ name: 'one__image', arguments: { bytes: 5_000 } })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('image/png') }],
    })
    expect(rows.map(({ outcome }) => outcome)).toEqual(['ok', 'truncated'])
  })

  test('arguments are on record where the configuration asks for them, and never else', async () => {
    const kept = await anMcp([aServer('one', scripted())], {}, { auditArguments: true })
    await textOf(await kept.client(), 'one__echo', { text: 'hi' })
    expect(kept.rows).toMatchObject([
      { arguments: { text: 'hi' }, bytesIn: 13, outcome: 'ok', bytesOut: expect.any(Number) },
    ])
    expect(kept.rows[0]?.session).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('what a server asks', () => {
  const able = { sampling: {}, elicitation: { form: {} }, roots: { listChanged: true } }
  const model = {
    model: 'mine',
    role: 'assistant' as const,
    content: { type: 'text' as const, text: 'hello' },
  }
  const answering = {
    capabilities: able,
    prepare: (client: Client) => {
      client.setRequestHandler(CreateMessageRequestSchema, () => model)
      client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ann' } }))
      client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: 'file:///home/ann' }] }))
    },
  }

  test.each(['shared', 'per-session'] as const)(
    'of a %s connection is asked of the client that calls',
    async (sharing) => {
      const { client } = await anMcp([aServer('one', scripted(), { sharing, roots: { kind: 'client' } })])
      const connected = await client(answering)
      expect(JSON.parse(await textOf(connected, 'one__sample'))).toEqual(model)
      expect(JSON.parse(await textOf(connected, 'one__elicit'))).toEqual({
        action: 'accept',
        content: { name: 'Ann' },
      })
      expect(await textOf(connected, 'one__unknown_question')).toContain('strange/method is not supported')
      const roots = await textOf(connected, 'one__roots')
      expect(roots).toContain('file:///home/ann')
    },
  )

  test('may take its time: the call does not run out of it meanwhile', async () => {
    const { client } = await anMcp([aServer('one', scripted(), { timeoutMs: 150 })])
    const slow = (connected: Client) =>
      connected.setRequestHandler(ElicitRequestSchema, async () => {
        await new Promise((resolve) => setTimeout(resolve, 600))
        return { action: 'accept', content: { name: 'Ann' } }
      })
    const connected = await client({ capabilities: able, prepare: slow })
    expect(await textOf(connected, 'one__elicit')).toContain('"accept"')
  })

  test('is refused where the client can’t or the configuration forbids it', async () => {
    const { client } = await anMcp([
      aServer('one', scripted()),
      aServer('off', scripted(), { sampling: 'refuse', elicitation: 'refuse' }),
    ])
    const plain = await client()
    expect(await textOf(plain, 'one__sample')).toContain('The client does not support sampling')
    expect(await textOf(plain, 'one__elicit')).toContain('The client does not support elicitation')
    const connected = await client(answering)
    expect(await textOf(connected, 'off__sample')).toContain('Sampling is turned off')
    expect(await textOf(connected, 'off__elicit')).toContain('Elicitation is turned off')
    // A network client's folders widen no server's reach unless the configuration says so.
    expect(JSON.parse(await textOf(connected, 'one__roots'))).toEqual({ roots: [] })
  })

  test('of a shared connection is refused while two clients call: it can’t be known who is meant', async () => {
    const { client } = await anMcp([aServer('one', scripted())])
    const [ann, ben] = [await client(answering), await client(answering)]
    const controller = new AbortController()
    const hanging = ben
      .callTool({ name: 'one__hang' }, undefined, { signal: controller.signal })
      .catch(() => {})
    await until(async () => (await textOf(ann, 'one__sample')).includes('several share this connection'))
    controller.abort()
    await hanging
    // Nor after: the server may still be at the call that was given up.
    expect(await textOf(ann, 'one__sample')).toContain('several share this connection')
  })

  test('may be answered by Fairlead’s own models where the client has none', async () => {
    const asked: unknown[] = []
    const { client } = await anMcp([aServer('one', scripted(), { sampling: 'client-or-fairlead' })], {
      sample: async (params, caller) => {
        asked.push([params.maxTokens, caller.id])
        return { ...model, model: 'auto' }
      },
    })
    expect(JSON.parse(await textOf(await client(), 'one__sample'))).toMatchObject({ model: 'auto' })
    expect(asked).toEqual([[5, 'anyone']])
    expect(JSON.parse(await textOf(await client(answering), 'one__sample'))).toMatchObject({ model: 'mine' })
  })

  test('about folders may be answered by the configuration', async () => {
    const roots = { kind: 'fixed', uris: ['file:///srv/docs'] } as const
    const { client } = await anMcp([aServer('one', scripted(), { roots })])
    expect(JSON.parse(await textOf(await client(), 'one__roots'))).toEqual({
      roots: [{ uri: 'file:///srv/docs' }],
    })
  })

  test('client’s changed folders are told to its own server', async () => {
    const { client } = await anMcp([
      aServer('one', scripted(), { sharing: 'per-session', roots: { kind: 'client' } }),
    ])
    const connected = await client(answering)
    await textOf(connected, 'one__pid')
    await connected.sendRootsListChanged()
    await until(async () => (await textOf(connected, 'one__seen')).includes('roots changed'))
  })
})

describe('what a server says unasked', () => {
  test('lists that changed are told to every session', async () => {
    const { client } = await anMcp([aServer('one', scripted())])
    const [ann, ben] = [await client(), await client()]
    let told = 0
    for (const each of [ann, ben])
      each.setNotificationHandler(ToolListChangedNotificationSchema, () => void told++)
    await ann.listTools()
    await until(async () => {
      told = 0
      await textOf(ann, 'one__add_tool')
      await new Promise((resolve) => setTimeout(resolve, 200))
      return told >= 2
    })
    const { tools } = await ben.listTools()
    expect(tools.map(({ name }) => name)).toContain('one__added_0')
  })

  test('a resource that changed is told to who subscribed to it, by the name they know', async () => {
    const { client } = await anMcp([aServer('one', scripted())])
    const [ann, ben] = [await client(), await client()]
    const told: string[] = []
    ann.setNotificationHandler(
      ResourceUpdatedNotificationSchema,
      ({ params }) => void told.push(`ann ${params.uri}`),
    )
    ben.setNotificationHandler(
      ResourceUpdatedNotificationSchema,
      ({ params }) => void told.push(`ben ${params.uri}`),
    )
    await ann.subscribeResource({ uri: 'one+memo:///1' })
    await until(async () => {
      await textOf(ben, 'one__touch')
      return told.length > 0
    })
    expect(new Set(told)).toEqual(new Set(['ann one+memo:///1']))
    await ann.unsubscribeResource({ uri: 'one+memo:///1' })
    expect(await textOf(ben, 'one__touch')).toBe('0')
  })

  test('logs reach the one who calls, from the level on that it wants', async () => {
    const { client } = await anMcp([aServer('one', scripted())])
    const connected = await client()
    const told: string[] = []
    connected.setNotificationHandler(
      LoggingMessageNotificationSchema,
      ({ params }) => void told.push(`${params.logger} ${params.level}`),
    )
    await connected.setLoggingLevel('warning')
    await textOf(connected, 'one__log', { level: 'info' })
    await textOf(connected, 'one__log', { level: 'error' })
    await until(() => told.length > 0)
    expect(told).toEqual(['one error'])
    expect(await textOf(connected, 'one__seen')).toContain('"levels":["warning"]')
  })
})

describe('who may use what', () => {
  const keyed = {
    authorize: ({ authorization }: { authorization?: string | undefined }) =>
      authorization === undefined
        ? ({ kind: 'refused', status: 401, message: 'Send a key.' } as const)
        : ({ kind: 'admitted', caller: { id: authorization } } as const),
    mayUse: (caller: { id: string }, server: string, tool: string | null) =>
      caller.id === 'all' || (server === 'one' && tool === 'echo'),
  }
  const two = () => anMcp([aServer('one', scripted()), aServer('two', scripted())], { ...keyed, ownTools })

  test('tools that a key may not use are neither listed nor called, and look as if they were not there', async () => {
    const { client } = await two()
    const limited = await client({ headers: { authorization: 'some' } })
    expect((await limited.listTools()).tools.map(({ name }) => name)).toEqual(['one__echo'])
    expect(await textOf(limited, 'one__echo', { text: 'hi' })).toBe('hi')
    for (const name of ['one__pid', 'two__echo', 'fairlead__models'])
      await expect(limited.callTool({ name })).rejects.toThrow(`There is no tool ${name}`)
    expect((await limited.listResources()).resources).toEqual([])
    expect((await limited.listPrompts()).prompts).toEqual([])
    await expect(limited.readResource({ uri: 'one+memo:///1' })).rejects.toThrow('No server has')
    await expect(limited.getPrompt({ name: 'one__greet' })).rejects.toThrow('There is no prompt')
    const free = await client({ headers: { authorization: 'all' } })
    expect((await free.listResources()).resources).toHaveLength(2)
  })

  test('without a key nothing is told', async () => {
    const { url } = await two()
    const reply = await fetch(url, { method: 'POST', body: '{}' })
    expect(reply.status).toBe(401)
    expect(reply.headers.get('www-authenticate')).toContain('Bearer')
    expect(await reply.json()).toEqual({
      jsonrpc: '2.0',
      id: null,
      error: { code: -32000, message: 'Send a key.' },
    })
  })

  test('a session is of use to its own caller alone', async () => {
    const { client, url } = await two()
    const connected = await client({ headers: { authorization: 'all' } })
    const session = (connected.transport as { sessionId?: string }).sessionId ?? ''
    const steal = (authorization: string) =>
      fetch(url, {
        method: 'POST',
        headers: {
          authorization,
          'mcp-session-id': session,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
      })
    expect((await steal('some')).status).toBe(404)
    expect((await steal('all')).status).toBe(200)
  })
})

describe('a choice of tools', () => {
  const selectTools = (query: string, tools: readonly { name: string }[], limit: number) =>
    tools
      .map(({ name }) => name)
      .filter((name) => name.includes(query))
      .slice(0, limit)
  const toolSelection = { mode: 'find', keep: ['fairlead__*', 'one__echo'], limit: 2 } as const

  test('lists what is kept and a tool that finds the rest, which can be called', async () => {
    const { client } = await anMcp([aServer('one', scripted())], { selectTools, ownTools }, { toolSelection })
    const connected = await client()
    expect((await connected.listTools()).tools.map(({ name }) => name)).toEqual([
      'fairlead__find_tools',
      'fairlead__call_tool',
      'fairlead__route',
      'fairlead__models',
      'fairlead__explain',
      'one__echo',
    ])
    const found = JSON.parse(await textOf(connected, 'fairlead__find_tools', { query: 'i' }))
    expect(found.map(({ name }: { name: string }) => name)).toEqual(['one__pid', 'one__environment'])
    expect(await textOf(connected, 'fairlead__find_tools', { query: 'zzz' })).toContain('No tool was found')
    const call = { name: 'one__environment', arguments: { name: 'NOTHING' } }
    expect(await textOf(connected, 'fairlead__call_tool', call)).toBe('not set')
    for (const wrong of [{}, { name: 'fairlead__call_tool' }, { name: 'one__echo', arguments: 5 }])
      await expect(connected.callTool({ name: 'fairlead__call_tool', arguments: wrong })).rejects.toThrow(
        'needs the name',
      )
    for (const wrong of [{}, { query: '' }, { query: 'a', limit: 0 }, { query: 'a', limit: 'x' }])
      await expect(connected.callTool({ name: 'fairlead__find_tools', arguments: wrong })).rejects.toThrow(
        /find_tools/,
      )
  })

  test('without somebody who chooses is no choice: everything is listed', async () => {
    const { client } = await anMcp([aServer('one', scripted())], { ownTools }, { toolSelection })
    expect((await (await client()).listTools()).tools.length).toBeGreaterThan(10)
  })
})
