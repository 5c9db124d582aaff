import type { ResolvedConfig } from '../config/resolved.ts'
import type { Attempt } from '../domain/attempt.ts'
import type { Decision, DecisionId } from '../domain/decision.ts'
import { type Failure, failure } from '../domain/failure.ts'
import type { Model, ModelId } from '../domain/model.ts'
import type { Policy } from '../domain/policy.ts'
import type { Clock } from '../domain/transport.ts'
import { createSessions } from '../engine/sessions/sessions.ts'
import { interrupt } from '../engine/attempts/interruption.ts'
import type { Governor } from '../governance/governor.ts'
import type { Identity } from '../governance/key-ring.ts'
import type { Events } from '../telemetry/events.ts'
import type { Prometheus } from '../telemetry/prometheus/index.ts'
import type { ClientFormat, ClientRequest } from '../wire/wire-format.ts'
import type { Aside } from './aside/mark.ts'
import { type AsideWork, noAsideWork } from './aside/open-aside.ts'
import type { Admin } from './admin/index.ts'
import type { Decider, Routed } from './decider.ts'
import type { Experience } from './experience.ts'
import type { Experiments } from './experiments.ts'
import type { FeedbackDesk } from './feedback.ts'
import type { Succession } from './generation.ts'
import type { Learning } from './learning/learning.ts'
import type { Replies } from './replies.ts'
import type { StoredDecision } from '../storage/store.ts'
import type { FindTools } from '../tools/find-tools.ts'
import type { ToolDesk } from './tool-desk.ts'
import type { SharedSessions } from './share-sessions.ts'
import type { CacheDesk } from './response-cache.ts'
import type { TextReading } from './text-reader.ts'
import { chat } from './chat.ts'

/** A chat request as it arrived. */
export type Incoming = {
  readonly format: ClientFormat
  /** The client's own text, passed on to a vendor of the same format. */
  readonly text: string
  readonly asked: ClientRequest
  /** Those of the client's headers that its format hands on to vendors. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Whose request it is; absent: that of a client that needs no key, or of the program that Fairlead is a part of. */
  readonly identity?: Identity | null
  /** The client's `traceparent` header (W3C Trace Context). */
  readonly traceparent?: string | null
  /** The gateway's own, beside the served path: in no session and no experiment of clients, and on an account of its own. */
  readonly aside?: Aside
}

/** What the client gets. `served` is null where nothing was decided. */
export type Reply = { readonly served: Served | null } & (
  | { readonly kind: 'buffered'; readonly bytes: Uint8Array }
  /** Whole server-sent events. Read to the end, or abort the signal; `over` resolves when they have ended, however that was. */
  | {
      readonly kind: 'stream'
      readonly frames: AsyncIterable<Uint8Array>
      readonly over: Promise<StreamOver>
    }
  | { readonly kind: 'failed'; readonly failure: Failure }
)

/** What a stream came to. */
export type StreamOver = {
  readonly served: Served
  /** What the client was told at the end; `null`: the answer is whole. */
  readonly failure: Failure | null
}

/** What headers tell of a decision. */
export type Served = {
  readonly decision: Decision
  readonly model: ModelId | null
  /** The models that were tried and failed before it. */
  readonly failedModels: readonly ModelId[]
  /** So far: a stream's own joins them when it is over. */
  readonly attempts: readonly Attempt[]
  /** Dollars; `null` while a stream runs or where a price is unknown. */
  readonly usd: number | null
  /** A cache has been asked, and had no answer; a hit says so in its decision. Absent: none took part. */
  readonly cache?: 'miss'
}

/** The one place where the parts meet. A value: two gateways can live in one process. */
export type Gateway = {
  /** Whose secret this is; `null`: nobody's, and no key is needed. */
  readonly identify: Governor['identify']
  readonly chat: (incoming: Incoming, client: AbortSignal) => Promise<Reply>
  /** Vectors of texts, by a model of the configuration's embeddings. */
  readonly embed: (incoming: Incoming, client: AbortSignal) => Promise<Reply>
  /** What text models outside say of a request, for `route`; `null`: there are none. `chat` asks them itself. */
  readonly readText: Decider['readText']
  /** Decides as for a request of that identity, with what it may use and has left to spend; calls no model. Not logged: nothing is served. */
  readonly route: (asked: ClientRequest, text?: TextReading | null, identity?: Identity | null) => Routed
  /** Estimated tokens of a request's prompt. Fails where it names no policy and no model. */
  readonly countTokens: Decider['countTokens']
  readonly replies: Replies
  readonly feedback: FeedbackDesk
  /** A decision for whom it was made; for a program or a client that needs no key, any. */
  readonly explain: (id: DecisionId, identity: Identity | null) => Promise<StoredDecision | null>
  readonly toolDesk: ToolDesk
  /** Tools that suit a query best, best first. */
  readonly findTools: FindTools
  /** What judges and shadows have done, and what waits. */
  readonly aside: Pick<AsideWork, 'counts'>
  /** What Prometheus reads. */
  readonly metrics: Pick<Prometheus, 'render' | 'collect'>
  /** What administrators may ask for. Who is one, is for the server to say. */
  readonly admin: Admin
  readonly policies: readonly Policy[]
  /** Headers of requests that some policy reads, in lower case: what a server hands on in `options.headers`. */
  readonly headersRead: readonly string[]
  readonly models: readonly Model[]
  readonly embeddingsModels: readonly Model[]
  /**
   * Serves by another configuration from now on; requests under way finish by the old one, and what was learnt of targets
   * and sessions stays. Where it can't be opened the old one goes on. @throws ArtefactError, TextModelError
   */
  readonly reload: (config: ResolvedConfig) => Promise<void>
  /** Writes what is still queued and closes every connection. */
  readonly close: () => Promise<void>
}

export type GatewayParts = {
  readonly succession: Succession
  readonly experience: Experience
  readonly sharedSessions: Pick<SharedSessions, 'tell' | 'recall'>
  readonly governor: Governor
  readonly experiments: Pick<Experiments, 'assignment'>
  readonly learning: Pick<Learning, 'chooser'>
  readonly aside: Pick<AsideWork, 'watch' | 'counts'>
  readonly caches: Pick<CacheDesk, 'lookup'>
  readonly events: Events
  readonly admin: Admin
  readonly metrics: Gateway['metrics']
  readonly replies: Replies
  readonly feedback: FeedbackDesk
  readonly toolDesk: ToolDesk
  readonly findDecision: (id: DecisionId) => Promise<StoredDecision | null>
  readonly clock: Clock
  readonly reload: (config: ResolvedConfig) => Promise<void>
  readonly close: () => Promise<void>
}

export function createGateway(parts: GatewayParts): Gateway {
  const { succession, clock } = parts
  // Texts to be turned into vectors are no conversation, and must not take the place of any.
  const sessions = createSessions({ affinity: false, ttlMs: 0, maxSessions: 1, cacheMs: 0 }, clock.now)
  const alone: GatewayParts['sharedSessions'] = { tell: () => {}, recall: null }
  const elsewhere = { aside: noAsideWork, sharedSessions: alone }
  const apart = { ...parts, ...elsewhere, experience: { ...parts.experience, sessions } }
  return {
    identify: parts.governor.identify,
    get readText() {
      return succession.current().decider.readText
    },
    route: (asked, text, identity = null) => {
      const { decider } = succession.current()
      const named = decider.policy(asked.model)
      if (named.kind === 'failed') return named
      const entry = parts.governor.entry(identity, asked.options, named.policy.name)
      return 'kind' in entry ? { kind: 'failed', failure: entry } : decider.route(asked, text, entry)
    },
    chat: async (incoming, client) => {
      const startedAt = clock.now()
      const { generation, release } = succession.take()
      try {
        return await chat(parts, generation, incoming, startedAt, client)
      } finally {
        release()
      }
    },
    embed: async (incoming, client) => {
      const startedAt = clock.now()
      const { generation, release } = succession.take()
      try {
        const { embeddings } = generation
        const refused = embeddings.refusalOf(incoming.asked)
        if (refused !== null) return { kind: 'failed', failure: refused, served: null }
        return await chat(apart, { ...generation, ...embeddings, prompts: [] }, incoming, startedAt, client)
      } finally {
        release()
      }
    },
    countTokens: (asked) => succession.current().decider.countTokens(asked),
    replies: parts.replies,
    feedback: parts.feedback,
    explain: async (id, identity) => {
      const found = await parts.findDecision(id)
      const key = found?.decision.caller?.key ?? null
      return identity === null || key === null || key === identity.key.id ? found : null
    },
    toolDesk: parts.toolDesk,
    findTools: (...asked) => succession.current().findTools(...asked),
    aside: parts.aside,
    admin: parts.admin,
    metrics: parts.metrics,
    get headersRead() {
      return succession.current().headersRead
    },
    get policies() {
      return succession.current().policies
    },
    get models() {
      return succession.current().models
    },
    get embeddingsModels() {
      return succession.current().embeddingsModels
    },
    reload: parts.reload,
    close: parts.close,
  }
}

/** Ends what is being answered: the client is told that the gateway is shutting down. */
export const cutShort = (client: AbortController): void => interrupt(client, shuttingDown())

/** What a client is told when the gateway is closing. */
export const shuttingDown = (): Failure =>
  failure('overloaded', 'The gateway is shutting down. Send the request again in a moment.', {
    code: 'shutting_down',
    retryAfterMs: 1_000,
  })
