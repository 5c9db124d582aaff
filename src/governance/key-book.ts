/** Virtual keys and their groups: made, changed, rotated, revoked. */

import { randomBytes } from 'node:crypto'
import type { RateLimits, SpendLimit } from '../domain/limits.ts'
import type { Secret } from '../domain/secret.ts'
import type { Clock } from '../domain/transport.ts'
import { inTurns } from '../domain/in-turns.ts'
import type { Access, KeyGroup, KeyId, VirtualKey } from '../domain/virtual-key.ts'
import type { KeyStore } from '../storage/store.ts'
import { newSecret } from './key-secret.ts'

/** What a key is made of, beside what Fairlead makes itself. */
export type KeyDraft = Access & {
  readonly name: string
  readonly group: string | null
  readonly user: string | null
  readonly tags: readonly string[]
  readonly spendLimits: readonly SpendLimit[]
  readonly rateLimits: RateLimits
  readonly expiresAt: string | null
}

export type GroupDraft = Access & Pick<KeyGroup, 'kind' | 'name' | 'team' | 'spendLimits' | 'rateLimits'>

/** The one moment in which the secret can be read. */
export type Issued = { readonly key: VirtualKey; readonly secret: Secret }

export type KeyBook = {
  /** @throws KeyError */
  readonly create: (draft: KeyDraft) => Promise<Issued>
  /** Another secret for the same key; the old ones go on for `overlapMs`. @throws KeyError */
  readonly rotate: (id: string, overlapMs: number) => Promise<Issued>
  /** From now on it opens nothing; its record stays. @throws KeyError */
  readonly revoke: (id: string) => Promise<VirtualKey>
  /**
   * Limits, access, name, expiry: not its secrets. What is spent stays spent. `changesOf` gets the key as it is when its turn
   * has come, and refuses by throwing. @throws KeyError
   */
  readonly change: (id: string, changesOf: (before: VirtualKey) => Partial<KeyDraft>) => Promise<VirtualKey>
  readonly list: () => Promise<readonly VirtualKey[]>
  /** By id, or by name where just one that is not revoked has it. @throws KeyError */
  readonly find: (idOrName: string) => Promise<VirtualKey>
  /** @throws KeyError */
  readonly createGroup: (draft: GroupDraft) => Promise<KeyGroup>
  /** As for keys. @throws KeyError */
  readonly changeGroup: (
    id: string,
    changesOf: (before: KeyGroup) => Partial<Omit<GroupDraft, 'kind'>>,
  ) => Promise<KeyGroup>
  readonly groups: () => Promise<readonly KeyGroup[]>
  /** @throws KeyError where keys or projects still belong to it */
  readonly removeGroup: (id: string) => Promise<void>
}

/** What was asked can't be done; the message says what to do instead. */
export class KeyError extends Error {
  override readonly name = 'KeyError'
  readonly code: 'not_found' | 'conflict' | 'invalid_request'

  constructor(code: KeyError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** So many secrets of one key may hold at one time: more rotations than that within an overlap mean that something runs wild. */
const mostSecrets = 5

export function createKeyBook(store: KeyStore, clock: Clock, onChange: () => void): KeyBook {
  const now = (): string => clock.wall().toISOString()
  const put = async (key: VirtualKey): Promise<VirtualKey> => {
    await store.putKey(key)
    onChange()
    return key
  }
  const byId = async (idOrName: string): Promise<VirtualKey> => {
    const exact = await store.key(idOrName as KeyId)
    if (exact) return exact
    const named = (await store.keys()).filter(
      ({ name, revokedAt }) => name === idOrName && revokedAt === null,
    )
    const [only, another] = named
    if (only === undefined) throw noSuch('key', idOrName)
    if (another === undefined) return only
    throw new KeyError(
      'conflict',
      `Several keys are named ${idOrName}: ${named.map(({ id }) => id).join(', ')}. Use the id.`,
    )
  }
  const groupBy = async (id: string): Promise<KeyGroup> => {
    const groups = await store.groups()
    const found = groups.find((group) => group.id === id) ?? groups.find(({ name }) => name === id)
    if (!found) throw noSuch('team or project', id)
    return found
  }
  const resolvedGroup = async (group: string | null): Promise<string | null> =>
    group === null ? null : (await groupBy(group)).id
  const putGroup = async (group: KeyGroup): Promise<KeyGroup> => {
    await store.putGroup(group)
    onChange()
    return group
  }
  const teamOf = async (draft: Pick<GroupDraft, 'kind' | 'team'>): Promise<string | null> => {
    if (draft.team === null) return null
    if (draft.kind === 'team')
      throw new KeyError('invalid_request', 'A team belongs to no team. Leave team out.')
    const team = await groupBy(draft.team)
    if (team.kind === 'team') return team.id
    throw new KeyError('invalid_request', `${team.name} is a project. Name a team.`)
  }
  const refuseTaken = async (name: string, except: string | null): Promise<void> => {
    const named = (await store.groups()).find((group) => group.name === name && group.id !== except)
    if (named) throw new KeyError('conflict', `There is a ${named.kind} named ${name} already.`)
  }
  // One change at a time, each from what the one before has left: of two that read the same key the later would else undo the
  // earlier, be it a revocation.
  const inTurn = inTurns()
  return {
    create: async (draft) => {
      const { secret, hash, hint } = newSecret()
      const key: VirtualKey = {
        ...draft,
        id: newId('key') as KeyId,
        group: await resolvedGroup(draft.group),
        secrets: [{ hash, hint, expiresAt: null }],
        createdAt: now(),
        revokedAt: null,
      }
      return { key: await put(key), secret }
    },
    rotate: (id, overlapMs) =>
      inTurn(async () => {
        const key = await byId(id)
        refuseRevoked(key)
        const valid = key.secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now())
        if (valid.length >= mostSecrets)
          throw new KeyError(
            'conflict',
            `${key.name} has ${mostSecrets} secrets that hold. Wait until one expires.`,
          )
        const until = new Date(clock.wall().getTime() + overlapMs).toISOString()
        const { secret, hash, hint } = newSecret()
        const ending = valid.map((one) => ({
          ...one,
          expiresAt: one.expiresAt !== null && one.expiresAt < until ? one.expiresAt : until,
        }))
        return { key: await put({ ...key, secrets: [...ending, { hash, hint, expiresAt: null }] }), secret }
      }),
    revoke: (id) =>
      inTurn(async () => {
        const key = await byId(id)
        return key.revokedAt === null ? put({ ...key, revokedAt: now() }) : key
      }),
    change: (id, changesOf) =>
      inTurn(async () => {
        const key = await byId(id)
        refuseRevoked(key)
        const changes = changesOf(key)
        const group = changes.group === undefined ? key.group : await resolvedGroup(changes.group)
        return put({ ...key, ...changes, group })
      }),
    list: () => store.keys(),
    find: byId,
    createGroup: (draft) =>
      inTurn(async () => {
        await refuseTaken(draft.name, null)
        return putGroup({ ...draft, id: newId(draft.kind), team: await teamOf(draft), createdAt: now() })
      }),
    changeGroup: (id, changesOf) =>
      inTurn(async () => {
        const group = await groupBy(id)
        const changed = { ...group, ...changesOf(group) }
        await refuseTaken(changed.name, group.id)
        return putGroup({ ...changed, team: await teamOf(changed) })
      }),
    groups: () => store.groups(),
    removeGroup: (id) =>
      inTurn(async () => {
        const group = await groupBy(id)
        const projects = (await store.groups()).filter(({ team }) => team === group.id)
        const keys = (await store.keys()).filter((key) => key.group === group.id && key.revokedAt === null)
        if (projects.length + keys.length > 0)
          throw new KeyError(
            'conflict',
            `${group.name} still has ${keys.length} keys and ${projects.length} projects. Revoke or move them first.`,
          )
        await store.removeGroup(group.id)
        onChange()
      }),
  }
}

const refuseRevoked = ({ name, revokedAt }: VirtualKey): void => {
  if (revokedAt !== null) throw new KeyError('conflict', `${name} was revoked. Create a new key.`)
}

const noSuch = (what: string, name: string): KeyError =>
  new KeyError('not_found', `There is no ${what} ${JSON.stringify(name.slice(0, 100))}.`)

const newId = (kind: string): string => `${kind}_${randomBytes(9).toString('base64url')}`
