/** A connection to Redis or Valkey, or to a cluster of them: scripts by name, nothing queued while it is down, every command bounded in time. */

import { Cluster, Redis, type RedisOptions } from 'ioredis'
import { askedMs } from '../amounts.ts'
import { StateError } from '../state-error.ts'
import { budgetScripts } from './budget-scripts.ts'
import { rateScripts } from './rate-scripts.ts'
import { sumScripts } from './sum-scripts.ts'

const scripts = { ...budgetScripts, ...rateScripts, ...sumScripts }
export type ScriptName = keyof typeof scripts

export type LinkOptions = {
  /** `redis://` or `rediss://`, with user, password and number of the database as usual. */
  readonly url: string
  readonly cluster: boolean
  readonly commandTimeoutMs: number
}

export type Link = {
  /** Rejects where the answer is an error, or none comes in time. */
  readonly run: (
    script: ScriptName,
    key: string,
    args: readonly (string | number | Buffer)[],
  ) => Promise<unknown>
  readonly get: (key: string) => Promise<string | null>
  /** For no time: then it is gone. */
  readonly set: (key: string, text: string, forMs: number) => Promise<unknown>
  readonly fields: (key: string) => Promise<Readonly<Record<string, Buffer>>>
  readonly publish: (channel: string, text: string) => Promise<unknown>
  readonly listen: (channel: string, heard: (text: string) => void) => void
  readonly forget: (channel: string) => void
  /** Whether commands can be sent at all. */
  readonly ready: () => boolean
  /** Drops a connection over which nothing comes back, and makes another. */
  readonly renew: () => void
  readonly close: () => void
}

/** With `exactOptionalPropertyTypes`, what ioredis declares of itself doesn't fit what it takes. */
type NodeOptions = Omit<RedisOptions, 'replyMapping' | 'path' | 'host' | 'port' | 'readOnly' | 'sentinels'>

/** Begins to connect; throws `StateError` at a URL that is none. */
export function openLink({ url, cluster, commandTimeoutMs }: LinkOptions): Link {
  const address = parsed(url)
  const options = {
    connectTimeout: 2000,
    keepAlive: 10_000,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times: number) => Math.min(50 * times, 1000),
    // A replica that was the master: the name leads to the new one by now.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    connectionName: 'fairlead',
  } satisfies RedisOptions
  const connect = (): Redis | Cluster => (cluster ? clusterAt(address, options) : new Redis(url, options))
  const redis = quiet(connect())
  for (const [name, lua] of Object.entries(scripts)) redis.defineCommand(name, { lua, numberOfKeys: 1 })
  const commands = redis as unknown as Record<ScriptName, (...args: unknown[]) => Promise<unknown>>
  const ear = createEar(() => quiet(cluster ? connect() : new Redis(url, { ...options, ...forListening })))
  const inTime = <T>(work: Promise<T>) => bounded(work, commandTimeoutMs)
  return {
    run: (script, key, args) => inTime(commands[script](key, ...args)),
    get: (key) => inTime(redis.get(key)),
    set: (key, text, forMs) =>
      inTime<unknown>(forMs > 0 ? redis.set(key, text, 'PX', askedMs(forMs)) : redis.del(key)),
    fields: (key) => inTime(redis.hgetallBuffer(key)),
    publish: (channel, text) => inTime(redis.publish(channel, text)),
    listen: ear.listen,
    forget: ear.forget,
    ready: () => redis.status === 'ready',
    renew: () => {
      if (redis instanceof Redis) redis.disconnect(true)
    },
    close: () => {
      redis.disconnect()
      ear.close()
    },
  }
}

/**
 * Where this process itself was held up, the time is over before it gets to read an answer that has long come: so it reads once more before
 * it gives up.
 */
const bounded = <T>(work: Promise<T>, timeoutMs: number): Promise<T> =>
  new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error(`Redis did not answer within ${timeoutMs} ms`))
    const timer = setTimeout(() => setImmediate(giveUp), timeoutMs)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })

/** Whoever listens waits for ever, and what it listens to is told again after a new connection. */
const forListening = {
  enableOfflineQueue: true,
  maxRetriesPerRequest: null,
} satisfies RedisOptions

function parsed(url: string): URL {
  let address: URL | null = null
  try {
    address = new URL(url)
  } catch {
    // Told below, without the text: it may hold a password.
  }
  if (address && (address.protocol === 'redis:' || address.protocol === 'rediss:')) return address
  throw new StateError(
    'The address of the shared state is no redis:// URL.',
    'Write redis://host:6379 or rediss://….',
  )
}

const clusterAt = (address: URL, redisOptions: NodeOptions): Cluster =>
  new Cluster([{ host: address.hostname, port: Number(address.port || 6379) }], {
    enableOfflineQueue: false,
    clusterRetryStrategy: (times) => Math.min(50 * times, 1000),
    redisOptions: {
      ...redisOptions,
      ...(address.username ? { username: decodeURIComponent(address.username) } : {}),
      ...(address.password ? { password: decodeURIComponent(address.password) } : {}),
      ...(address.protocol === 'rediss:' ? { tls: {} } : {}),
    },
  })

/** What goes wrong with a connection shows in its commands; unheard, its errors would end the process. */
function quiet<T extends Redis | Cluster>(redis: T): T {
  ;(redis as Redis).on('error', () => {})
  return redis
}

/** A connection of its own, made when somebody listens first. */
function createEar(connect: () => Redis | Cluster) {
  let redis: Redis | Cluster | null = null
  const listeners = new Map<string, (text: string) => void>()
  return {
    listen: (channel: string, heard: (text: string) => void) => {
      listeners.set(channel, heard)
      if (!redis) {
        redis = connect()
        ;(redis as Redis).on('message', (from: string, text: string) => listeners.get(from)?.(text))
        // Whatever was asked for while it was down, or before it was up.
        ;(redis as Redis).on('ready', () => {
          for (const one of listeners.keys()) redis?.subscribe(one).catch(() => {})
        })
      }
      redis.subscribe(channel).catch(() => {})
    },
    forget: (channel: string) => {
      listeners.delete(channel)
      redis?.unsubscribe(channel).catch(() => {})
    },
    close: () => redis?.disconnect(),
  }
}
