/** From the secret that a client shows to who it is. */

import { LRUCache } from 'lru-cache'
import { type Failure, failure } from '../domain/failure.ts'
import type { Clock } from '../domain/transport.ts'
import type { KeyGroup, VirtualKey } from '../domain/virtual-key.ts'
import type { Awaitable } from '../storage/state/shared-state.ts'
import type { KeyStore } from '../storage/store.ts'
import { hashOf, secretPrefix } from './key-secret.ts'

/** A key that is valid now, with the groups that it belongs to. */
export type Identity = {
  readonly key: VirtualKey
  readonly project: KeyGroup | null
  readonly team: KeyGroup | null
}

export type KeyRing = {
  /** Who shows this secret. */
  readonly identify: (secret: string) => Awaitable<Identity | Failure>
  /** Keys or groups were changed: they are read anew. */
  readonly forget: () => void
}

/** Changes by other processes are seen within so long, though nobody tells of them. */
const freshMs = 5_000

/** Keys that were valid when the store was last heard of stay so for this long while it can't be asked. */
const graceMs = 600_000

/** Secrets that nobody knows are remembered too, so that a flood of one of them asks the store but once in a while. */
const mostRemembered = 10_000

/** `readAt` by the monotonic clock. */
type Remembered = {
  readonly identity: Identity | null
  /** The hash that was shown is that of one of the key's secrets, which may expire before it. */
  readonly expiresAt: string | null
  readonly readAt: number
}

export function createKeyRing(store: Pick<KeyStore, 'keyByHash' | 'groups'>, clock: Clock): KeyRing {
  const known = new LRUCache<string, Remembered>({ max: mostRemembered })
  // One look-up for all who wait for the same one: a burst of a new key must not become a burst of queries.
  const reading = new Map<string, Promise<Remembered>>()
  let edition = 0

  const read = async (hash: string): Promise<Remembered> => {
    const begun = edition
    const key = await store.keyByHash(hash)
    const groups = key === null || key.group === null ? [] : await store.groups()
    const remembered: Remembered = {
      identity: key && identityOf(key, groups),
      expiresAt: key?.secrets.find((one) => one.hash === hash)?.expiresAt ?? null,
      readAt: clock.now(),
    }
    // What was read while somebody changed it may be what was before.
    if (begun === edition) known.set(hash, remembered)
    return remembered
  }

  const readOnce = (hash: string): Promise<Remembered> => {
    const under = reading.get(hash)
    if (under) return under
    const started = read(hash).finally(() => {
      if (reading.get(hash) === started) reading.delete(hash)
    })
    reading.set(hash, started)
    return started
  }

  return {
    identify: (secret) => {
      if (!secret.startsWith(secretPrefix)) return unknownKey()
      const hash = hashOf(secret)
      const before = known.get(hash)
      const age = before === undefined ? Number.POSITIVE_INFINITY : clock.now() - before.readAt
      if (before && age < freshMs) return judged(before, clock)
      return readOnce(hash).then(
        (now) => judged(now, clock),
        () => (before?.identity && age < graceMs ? judged(before, clock) : cannotAsk()),
      )
    },
    forget: () => {
      edition++
      known.clear()
      reading.clear()
    },
  }
}

function identityOf(key: VirtualKey, groups: readonly KeyGroup[]): Identity {
  const own = groups.find(({ id }) => id === key.group) ?? null
  if (own === null || own.kind === 'team') return { key, project: null, team: own }
  return { key, project: own, team: groups.find(({ id }) => id === own.team) ?? null }
}

function judged({ identity, expiresAt }: Remembered, clock: Clock): Identity | Failure {
  if (identity === null) return unknownKey()
  const { key } = identity
  const now = clock.wall().toISOString()
  if (key.revokedAt !== null && key.revokedAt <= now)
    return denied('api_key_revoked', `The key \`${key.name}\` was revoked. Ask for a new one.`)
  const ends = [key.expiresAt, expiresAt].filter((one) => one !== null).sort()[0]
  if (ends !== undefined && ends <= now)
    return denied('api_key_expired', `The key \`${key.name}\` expired at ${ends}. Ask for a new one.`)
  return identity
}

const denied = (code: string, message: string): Failure => failure('rejected', message, { code })

const unknownKey = (): Failure =>
  denied(
    'invalid_api_key',
    'Nobody has given out this key. Send a key that `fairlead keys create` has shown.',
  )

export const keyRequired = (): Failure =>
  denied(
    'api_key_required',
    'A key is needed here. Send one that `fairlead keys create` has shown, as `Authorization: Bearer fl-...` or `x-api-key`.',
  )

const cannotAsk = (): Failure =>
  failure('unavailable', 'Whose key this is can’t be looked up now. Send the request again in a moment.', {
    code: 'keys_unavailable',
    retryAfterMs: 1_000,
  })
