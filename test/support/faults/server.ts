import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { behave } from './behave.ts'
import type { Behaviour } from './behaviour.ts'
import { openaiChatSpoken } from './openai-chat.ts'
import { plainWords, type Said, type SpokenFormat } from './said.ts'

export type Seen = {
  readonly model: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly text: string
  /** Settles when the connection is closed or the reply is out; says whether it was cut short by the client. */
  readonly over: Promise<'finished' | 'aborted'>
}

export type FaultServer = {
  readonly baseUrl: string
  readonly seen: readonly Seen[]
  /** Resolves as soon as so many requests have been seen. */
  readonly whenSeen: (count: number) => Promise<void>
}

export type RunningFaultServer = FaultServer & { readonly close: () => Promise<void> }

/** For each model name the behaviours of its first request, its second…; the last one stays. */
export type Script = Readonly<Record<string, readonly Behaviour[]>>

export type FaultServerOptions = {
  readonly said?: Partial<Said>
  readonly format?: SpokenFormat
}

/** A vendor over real HTTP that fails as it is told and keeps what it saw. */
export async function openFaultServer(
  script: Script,
  { said = {}, format = openaiChatSpoken }: FaultServerOptions = {},
): Promise<RunningFaultServer> {
  const seen: Seen[] = []
  const waiting: { readonly count: number; readonly resolve: () => void }[] = []
  const server = createServer((request, response) => {
    void readText(request).then((text) => {
      const asked = format.read(JSON.parse(text))
      const { url: path = '', headers } = request
      const earlier = seen.filter(({ model }) => model === asked.model).length
      seen.push({ model: asked.model, path, headers, text, over: overOf(response) })
      for (const { count, resolve } of waiting) if (seen.length >= count) resolve()
      const behaviour = behaviourFor(script, asked.model, earlier)
      behave(behaviour, { format, asked, said: { ...plainWords, ...said }, response })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    whenSeen: (count) =>
      new Promise((resolve) => {
        if (seen.length >= count) resolve()
        else waiting.push({ count, resolve })
      }),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function behaviourFor(script: Script, model: string, earlier: number): Behaviour {
  const behaviours = script[model] ?? []
  const behaviour = behaviours[Math.min(earlier, behaviours.length - 1)]
  if (!behaviour) throw new Error(`the fault server has no behaviour for ${model}`)
  return behaviour
}

/** A base URL at which nobody listens. */
export async function aRefusedUrl(): Promise<string> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}/v1`
}

const overOf = (response: ServerResponse): Promise<'finished' | 'aborted'> =>
  new Promise((resolve) => {
    response.once('close', () => resolve(response.writableFinished ? 'finished' : 'aborted'))
  })

async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}
