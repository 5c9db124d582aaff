// An MCP server on standard input and output that behaves as its first argument says. Plain, so that it starts at once.
import { createInterface } from 'node:readline'

const [behaviour = 'good', ...rest] = process.argv.slice(2)
const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
const text = (value) => ({ content: [{ type: 'text', text: String(value) }] })
const object = (properties = {}) => ({ type: 'object', properties })

if (behaviour === 'exit') {
  console.error('it cannot go on: the key is sk-topsecret-1234')
  process.exit(3)
}
if (behaviour === 'banner') {
  console.log('Welcome to the best MCP server!')
  console.log('{"not": "a message"}')
}
if (behaviour === 'garbage') setInterval(() => process.stdout.write('% garbage % {"jsonrpc": \n'), 1)
if (behaviour === 'flood') {
  const line = `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } })}\n`
  const pour = () => {
    while (process.stdout.write(line.repeat(100)));
    process.stdout.once('drain', pour)
  }
  setTimeout(pour, 20)
}
if (behaviour === 'endless-line') {
  const pour = () => {
    while (process.stdout.write('x'.repeat(65536)));
    process.stdout.once('drain', pour)
  }
  setTimeout(pour, 20)
}

let asked = 0
const waiting = new Map()
/** Asks the client something. */
const ask = (method, params) =>
  new Promise((resolve) => {
    const id = `ask-${asked++}`
    waiting.set(id, resolve)
    say({ id, method, params })
  })
const answerOf = async (method, params) => {
  const { result, error } = await ask(method, params)
  return text(JSON.stringify(result ?? { error: error.message }))
}

let client = {}
const subscribed = []
const cancelled = []
const levels = []
const extra = []
const tools = {
  echo: ({ text: value }) => text(`${rest[0] ?? ''}${value}`),
  pid: () => text(process.pid),
  environment: ({ name }) => text(process.env[name] ?? 'not set'),
  fail: () => ({ ...text('it did not work'), isError: true }),
  refuse: () => {
    throw { code: -32050, message: 'not today', data: { until: 'tomorrow' } }
  },
  hang: () => new Promise(() => {}),
  die: () => process.exit(1),
  sleep: async ({ ms }, token) => {
    for (let done = 0; done < ms; done += 20) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      if (token !== undefined)
        say({ method: 'notifications/progress', params: { progressToken: token, progress: done + 20, total: ms } })
    }
    return text('slept')
  },
  big: ({ bytes }) => text('b'.repeat(bytes)),
  image: ({ bytes }) => ({ content: [{ type: 'image', data: 'A'.repeat(bytes), mimeType: 'image/png' }] }),
  nonsense: () => ({ content: 'no list' }),
  link: () => ({ content: [{ type: 'resource_link', uri: 'memo:///1', name: 'one' }] }),
  sample: () => answerOf('sampling/createMessage', { messages: [{ role: 'user', content: { type: 'text', text: 'hi' } }], maxTokens: 5 }),
  elicit: () => answerOf('elicitation/create', { message: 'who?', requestedSchema: object({ name: { type: 'string' } }) }),
  roots: () => answerOf('roots/list'),
  unknown_question: () => answerOf('strange/method', {}),
  client: () => text(JSON.stringify(client)),
  log: ({ level }) => {
    say({ method: 'notifications/message', params: { level, data: 'something happened' } })
    return text('logged')
  },
  // Many messages of a log, at a pace that is no flood.
  pour: async ({ messages, bytes }) => {
    for (let poured = 0; poured < messages; poured++) {
      say({ method: 'notifications/message', params: { level: 'info', data: 'x'.repeat(bytes) } })
      if (poured % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return text('poured')
  },
  add_tool: () => {
    extra.push({ name: `added_${extra.length}`, inputSchema: object() })
    say({ method: 'notifications/tools/list_changed' })
    return text('added')
  },
  touch: () => {
    for (const uri of subscribed) say({ method: 'notifications/resources/updated', params: { uri } })
    return text(subscribed.length)
  },
  seen: () => text(JSON.stringify({ cancelled, levels })),
}

const methods = {
  initialize: ({ protocolVersion, capabilities }) => {
    client = capabilities
    return {
      protocolVersion,
      capabilities: {
        tools: { listChanged: true },
        prompts: {},
        resources: { subscribe: true },
        completions: {},
        logging: {},
      },
      serverInfo: { name: 'scripted', version: '1' },
      instructions: 'Be gentle.',
    }
  },
  ping: () => (behaviour === 'deaf' ? new Promise(() => {}) : {}),
  'tools/list': ({ cursor }) =>
    cursor === undefined
      ? { tools: Object.keys(tools).map((name) => ({ name, inputSchema: object(), extra: 'kept' })), nextCursor: 'more' }
      : {
          tools: [
            ...extra,
            { name: 'tasks_only', inputSchema: object(), execution: { taskSupport: 'required' } },
            { name: 'no schema' },
            'garbage',
          ],
        },
  'tools/call': ({ name, arguments: given, _meta }) => tools[name](given ?? {}, _meta?.progressToken),
  'prompts/list': () => ({ prompts: [{ name: 'greet', arguments: [{ name: 'who' }] }] }),
  'prompts/get': ({ name, arguments: given }) => ({
    messages: [
      { role: 'user', content: { type: 'text', text: `${name} ${given?.who}` } },
      { role: 'user', content: { type: 'resource', resource: { uri: 'memo:///1', text: 'one' } } },
    ],
  }),
  'resources/list': () => ({ resources: [{ uri: 'memo:///1', name: 'one' }] }),
  'resources/templates/list': () => ({ resourceTemplates: [{ uriTemplate: 'memo:///{id}', name: 'any' }] }),
  'resources/read': ({ uri }) => ({ contents: [{ uri, text: `the memo ${uri}` }] }),
  'resources/subscribe': ({ uri }) => {
    subscribed.push(uri)
    return {}
  },
  'resources/unsubscribe': ({ uri }) => {
    subscribed.splice(subscribed.indexOf(uri), 1)
    return {}
  },
  'completion/complete': ({ ref, argument }) => ({
    completion: { values: [`${ref.name ?? ref.uri}:${argument.value}`] },
  }),
  'logging/setLevel': ({ level }) => {
    levels.push(level)
    return {}
  },
}

createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const { id, method, params = {}, ...answer } = JSON.parse(line)
    if (method === undefined) {
      waiting.get(id)?.(answer)
      waiting.delete(id)
    } else if (id === undefined) {
      if (method === 'notifications/cancelled') cancelled.push(params.reason ?? '')
      if (method === 'notifications/roots/list_changed') cancelled.push('roots changed')
    } else {
      if (behaviour === 'silent' || (behaviour === 'hang-on-call' && method === 'tools/call')) return
      try {
        say({ id, result: await methods[method](params) })
      } catch (error) {
        say({ id, error: { code: error.code ?? -32603, message: error.message, data: error.data } })
      }
    }
  })
  .on('close', () => process.exit(0))
