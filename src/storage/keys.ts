import { type CompiledQuery, type Kysely, sql } from 'kysely'
import type { KeyGroup, KeyId, KeySecret, VirtualKey } from '../domain/virtual-key.ts'
import { chunks } from './chunks.ts'
import { storable, storableOrNull } from './rows.ts'
import type { KeyGroupRow, KeySecretRow, Tables, VirtualKeyRow } from './tables.ts'

/**
 * The secrets that it had before go with it. What was revoked stays revoked: another process may have read the key before it was, and
 * writes it now with a change of its own.
 */
export function putKey(db: Kysely<Tables>, key: VirtualKey): CompiledQuery[] {
  const { id, ...columns } = keyRow(key)
  const secrets = key.secrets.map((secret, position) => secretRow(id, secret, position))
  return [
    db
      .insertInto('virtual_keys')
      .values({ id, ...columns })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ ...columns, revoked_at: firstRevoked }))
      .compile(),
    db.deleteFrom('key_secrets').where('virtual_key', '=', id).compile(),
    ...(secrets.length > 0 ? [db.insertInto('key_secrets').values(secrets).compile()] : []),
  ]
}

const firstRevoked = sql<string | null>`coalesce(virtual_keys.revoked_at, excluded.revoked_at)`

export async function findKeyByHash(db: Kysely<Tables>, hash: string): Promise<VirtualKey | null> {
  const row = await db
    .selectFrom('key_secrets as s')
    .innerJoin('virtual_keys as k', 'k.id', 's.virtual_key')
    .selectAll('k')
    .where('s.hash', '=', storable(hash))
    .executeTakeFirst()
  return row === undefined ? null : ((await withSecrets(db, [row]))[0] ?? null)
}

export async function findKey(db: Kysely<Tables>, id: KeyId): Promise<VirtualKey | null> {
  const rows = await db.selectFrom('virtual_keys').selectAll().where('id', '=', storable(id)).execute()
  return (await withSecrets(db, rows))[0] ?? null
}

/** By name. */
export async function listKeys(db: Kysely<Tables>): Promise<readonly VirtualKey[]> {
  const rows = await db.selectFrom('virtual_keys').selectAll().orderBy('name').orderBy('id').execute()
  return withSecrets(db, rows)
}

async function withSecrets(db: Kysely<Tables>, rows: readonly VirtualKeyRow[]): Promise<VirtualKey[]> {
  const secrets = new Map<string, KeySecret[]>(rows.map(({ id }) => [id, []]))
  for (const ids of chunks([...secrets.keys()])) {
    const found = db.selectFrom('key_secrets').selectAll().where('virtual_key', 'in', ids).orderBy('position')
    for (const { virtual_key, hash, hint, expires_at } of await found.execute())
      secrets.get(virtual_key)?.push({ hash, hint, expiresAt: expires_at })
  }
  return rows.map((row) => keyOf(row, secrets.get(row.id) ?? []))
}

export function putGroup(db: Kysely<Tables>, group: KeyGroup): CompiledQuery[] {
  const { id, ...columns } = groupRow(group)
  return [
    db
      .insertInto('key_groups')
      .values({ id, ...columns })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
      .compile(),
  ]
}

/** By name. */
export async function listGroups(db: Kysely<Tables>): Promise<readonly KeyGroup[]> {
  const rows = await db.selectFrom('key_groups').selectAll().orderBy('name').orderBy('id').execute()
  return rows.map(groupOf)
}

export const removeGroup = (db: Kysely<Tables>, id: string): CompiledQuery =>
  db.deleteFrom('key_groups').where('id', '=', storable(id)).compile()

type Ruled = Pick<KeyGroup, 'policies' | 'models' | 'tools' | 'spendLimits' | 'rateLimits'>
type RuledRow = Pick<KeyGroupRow, 'policies' | 'models' | 'tools' | 'spend_limits' | 'rate_limits'>

const ruledRow = ({ policies, models, tools, spendLimits, rateLimits }: Ruled): RuledRow => ({
  policies: JSON.stringify(policies),
  models: JSON.stringify(models),
  tools: JSON.stringify(tools),
  spend_limits: JSON.stringify(spendLimits),
  rate_limits: JSON.stringify(rateLimits),
})

const ruledOf = (row: RuledRow): Ruled => ({
  policies: JSON.parse(row.policies) as Ruled['policies'],
  models: JSON.parse(row.models) as Ruled['models'],
  tools: JSON.parse(row.tools) as Ruled['tools'],
  spendLimits: JSON.parse(row.spend_limits) as Ruled['spendLimits'],
  rateLimits: JSON.parse(row.rate_limits) as Ruled['rateLimits'],
})

const keyRow = (key: VirtualKey): VirtualKeyRow => ({
  id: storable(key.id),
  name: storable(key.name),
  key_group: storableOrNull(key.group),
  key_user: storableOrNull(key.user),
  tags: JSON.stringify(key.tags),
  created_at: key.createdAt,
  expires_at: key.expiresAt,
  revoked_at: key.revokedAt,
  ...ruledRow(key),
})

const keyOf = (row: VirtualKeyRow, secrets: readonly KeySecret[]): VirtualKey => ({
  id: row.id as KeyId,
  name: row.name,
  secrets,
  group: row.key_group,
  user: row.key_user,
  tags: JSON.parse(row.tags) as readonly string[],
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
  ...ruledOf(row),
})

const secretRow = (key: string, secret: KeySecret, position: number): KeySecretRow => ({
  hash: storable(secret.hash),
  virtual_key: key,
  position,
  hint: storable(secret.hint),
  expires_at: secret.expiresAt,
})

const groupRow = (group: KeyGroup): KeyGroupRow => ({
  id: storable(group.id),
  kind: group.kind,
  name: storable(group.name),
  team: storableOrNull(group.team),
  created_at: group.createdAt,
  ...ruledRow(group),
})

const groupOf = (row: KeyGroupRow): KeyGroup => ({
  id: row.id,
  kind: row.kind as KeyGroup['kind'],
  name: row.name,
  team: row.team,
  createdAt: row.created_at,
  ...ruledOf(row),
})
