/** Fairlead within a program: the gateway that `fairlead serve` runs, asked by calls in place of HTTP. */

import type { FairleadConfig } from '../config/define-config.ts'
import type { ResolvedConfig } from '../config/resolved.ts'
import type { AnyStrategy } from '../config/schema.ts'
import type { Decision } from '../domain/decision.ts'
import type { Feedback } from '../domain/feedback.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { startServer } from '../http/server.ts'
import type { ChatCompletion, ChatCompletionChunk, ChatRequest } from './chat-types.ts'
import type { DecisionFacts } from './decision-facts.ts'
import { createDoor, type Door } from './door.ts'
import { EventStream } from './event-stream.ts'
import { FairleadError } from './fairlead-error.ts'
import { inOwnForm, type WithOwnForm } from './in-own-form.ts'
import { incomingFrom, type RequestFormat, routingWith } from './incoming.ts'
import type { CallOptions, FairleadOptions } from './options.ts'
import { type ConfigSource, openFor, resolveSource } from './open.ts'
import { ownFormat } from '../wire/own-format.ts'

/** A whole answer in its wire format, and beside its fields what Fairlead did. */
export type Answered<Whole> = Whole & { readonly decision: DecisionFacts }

/** With `stream: true` the events as they come; else the whole answer. @throws FairleadError, and the signal's reason */
export type Ask<Body extends object, Whole, Event> = {
  (request: Body & { readonly stream: true }, options?: CallOptions): Promise<EventStream<Event>>
  (
    request: Body & { readonly stream?: false | null | undefined },
    options?: CallOptions,
  ): Promise<Answered<Whole>>
  (request: Body, options?: CallOptions): Promise<Answered<Whole> | EventStream<Event>>
}

/** The same for formats that have packages of their own with types. */
export type AskUntyped = {
  <Body extends AnyRequest & { readonly stream: true }>(
    request: Body,
    options?: CallOptions,
  ): Promise<EventStream<JsonObject>>
  <Body extends AnyRequest & { readonly stream?: false | null | undefined }>(
    request: Body,
    options?: CallOptions,
  ): Promise<Answered<JsonObject>>
  <Body extends AnyRequest>(
    request: Body,
    options?: CallOptions,
  ): Promise<Answered<JsonObject> | EventStream<JsonObject>>
}

type AnyRequest = { readonly model: string; readonly stream?: boolean | null | undefined }

export type JsonObject = Readonly<Record<string, unknown>>

export type Fairlead = {
  /** OpenAI's Chat Completions. */
  readonly chat: Ask<ChatRequest, ChatCompletion, ChatCompletionChunk>
  /** Anthropic's Messages. */
  readonly messages: AskUntyped
  /** OpenAI's Responses, each request by itself: nothing is stored to go on from. */
  readonly responses: AskUntyped
  /** Any of the formats. */
  readonly request: (
    format: RequestFormat,
    request: object,
    options?: CallOptions,
  ) => Promise<Answered<JsonObject> | EventStream<JsonObject>>
  /** What would be decided, and why; no model is called, and nothing is logged. */
  readonly route: (
    request: ChatRequest | object,
    options?: CallOptions & { readonly format?: RequestFormat },
  ) => Promise<Decision>
  /** What somebody says of an answer, as `POST /v1/feedback` takes it; it is written when this resolves. @throws FairleadError */
  readonly feedback: (said: FeedbackSaid) => Promise<readonly Feedback[]>
  /** Names of the policies that requests may ask for. */
  readonly policies: readonly string[]
  /** Ids of the models that can be reached. */
  readonly models: readonly string[]
  /** What was found of keys, vendors and models, as `fairlead serve` prints it. */
  readonly notes: readonly string[]
  /**
   * Serves over HTTP what `fairlead serve` serves; where nothing is said, at the configuration's address. It ends with `close`,
   * its own or that of the whole.
   */
  readonly listen: (at?: { readonly host?: string; readonly port?: number }) => Promise<Listening>
  /** Serves by another configuration from now on. A faulty one changes nothing. @throws ConfigError */
  readonly reload: (config?: FairleadConfig<readonly AnyStrategy[]> | string) => Promise<void>
  /**
   * Waits `graceMs` for requests under way (the configuration's `server.shutdownGraceMs` if left out), cuts the rest short,
   * writes what is still queued, and closes every connection.
   */
  readonly close: (options?: { readonly graceMs?: number }) => Promise<void>
}

/** One of `decision`, `session` and `episode`, and something said of it. */
export type FeedbackSaid = {
  readonly id?: string
  readonly decision?: string
  readonly session?: string
  readonly episode?: string
  readonly metric?: string
  /** 0 to 1. */
  readonly score?: number
  readonly value?: boolean | number
  readonly rating?: 'up' | 'down'
  /** Another decision, whose answer was worse. */
  readonly over?: string
  readonly comment?: string
  readonly correction?: string
  readonly author?: string
}

export type Listening = {
  /** `http://host:port` */
  readonly url: string
  readonly close: () => Promise<void>
}

/**
 * @param config as in `fairlead.config.ts`, or the path of a file; left out, the file of the working directory, else keys of the
 * environment, else simulated models: as `fairlead serve` does
 * @throws ConfigError with every fault of the configuration; StoreError, ArtefactError
 */
export async function createFairlead<const Own extends readonly AnyStrategy[] = readonly []>(
  config?: FairleadConfig<Own> | string,
  options: FairleadOptions<Own> = {},
): Promise<Fairlead> {
  const resolved = await resolveSource(config as ConfigSource, options)
  const gateway = await openFor(resolved, options)
  return fairleadOver(gateway, resolved, config as ConfigSource, options)
}

function fairleadOver(
  gateway: Gateway,
  first: ResolvedConfig,
  source: ConfigSource,
  options: FairleadOptions,
): WithOwnForm {
  const door = createDoor(gateway)
  const request = asking(door, gateway)
  const servers = serversOf(gateway, first, options)
  let notes = first.notes
  let closing: Promise<void> | null = null
  const close = async (graceMs: number) => {
    await Promise.all([door.close(graceMs), servers.close()])
    await gateway.close()
  }
  const ask = (format: RequestFormat) => (body: object, at?: CallOptions) => request(format, body, at)
  return {
    chat: ask('openai-chat') as Fairlead['chat'],
    messages: ask('anthropic-messages') as Fairlead['messages'],
    responses: ask('openai-responses') as Fairlead['responses'],
    request,
    route: (body, at) => route(gateway, body, at),
    feedback: (said) => giveFeedback(gateway, said),
    get policies() {
      return gateway.policies.map(({ name }) => name)
    },
    get models() {
      return gateway.models.map(({ id }) => id as string)
    },
    get notes() {
      return notes
    },
    listen: servers.listen,
    reload: async (next = source as FairleadConfig<readonly AnyStrategy[]> | string) => {
      const config = await resolveSource(next, options)
      await gateway.reload(config)
      notes = config.notes
    },
    close: ({ graceMs = first.server.shutdownGraceMs } = {}) => {
      closing ??= close(graceMs)
      return closing
    },
    [inOwnForm]: async (asked, text, at) => {
      const routing = routingWith(asked.options, at, gateway.headersRead)
      return door.ask({ format: ownFormat, text, asked: { ...asked, options: routing } }, at.signal)
    },
  }
}

async function route(
  gateway: Gateway,
  body: object,
  { format = 'openai-chat', ...at }: CallOptions & { readonly format?: RequestFormat } = {},
): Promise<Decision> {
  const { asked } = incomingFrom(format, body, at, gateway.headersRead)
  const routed = gateway.route(asked, (await gateway.readText?.(asked)) ?? null)
  if (routed.kind === 'failed') throw new FairleadError(routed.failure)
  return routed.decision
}

async function giveFeedback({ feedback }: Gateway, said: FeedbackSaid): Promise<readonly Feedback[]> {
  const received = await feedback.receive(said, 'program')
  if (received.kind !== 'received') throw new FairleadError(received)
  return received.feedback
}

const asking =
  (door: Door, gateway: Gateway): Fairlead['request'] =>
  async (format, body, options = {}) => {
    const incoming = incomingFrom(format, body, options, gateway.headersRead)
    const received = await door.ask(incoming, options.signal)
    if (received.kind === 'stream') return new EventStream(received)
    const whole = JSON.parse(Buffer.from(received.bytes).toString('utf8')) as JsonObject
    return { ...whole, decision: received.decision }
  }

type Servers = { readonly listen: Fairlead['listen']; readonly close: () => Promise<void> }

function serversOf(gateway: Gateway, { server }: ResolvedConfig, { onProblem }: FairleadOptions): Servers {
  const open = new Set<Listening>()
  const told = onProblem ?? ((problem: Error) => process.emitWarning(problem))
  const onError = (error: unknown) => told(error instanceof Error ? error : new Error(String(error)))
  return {
    listen: async ({ host = server.host, port = server.port } = {}) => {
      const running = await startServer(keptOpen(gateway), { ...server, host, port, onError })
      let closed: Promise<void> | null = null
      const one: Listening = {
        url: running.url,
        close: () => {
          open.delete(one)
          closed ??= running.close()
          return closed
        },
      }
      open.add(one)
      return one
    },
    close: async () => {
      await Promise.all([...open].map((one) => one.close()))
    },
  }
}

/** A server closes the gateway that it was given; this one serves others too. */
const keptOpen = (gateway: Gateway): Gateway =>
  Object.create(gateway, { close: { value: async () => {} } }) as Gateway
