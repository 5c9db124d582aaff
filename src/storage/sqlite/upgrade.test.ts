import { join } from 'node:path'
import Database from 'libsql'
import { expect, test } from 'vitest'
import { aDecision, anAttempt, anOutcome } from '../../../test/support/a-decision.ts'
import { aFolder } from '../../../test/support/a-folder.ts'
import { attemptRow, decisionRow, outcomeRow } from '../rows.ts'
import { openSqliteStore } from './sqlite-store.ts'

/** The tables as version 5 made them. */
const version5 = `
create table schema_version (version integer not null);
insert into schema_version values (5);
create table decisions (id text primary key, time text not null, policy text not null, policy_version text not null,
  strategy text not null, asked_model text not null, query_hash text not null, seed text not null, chosen text,
  propensity double precision not null, because text not null, decided_in_micros double precision not null,
  signals text not null, objective text not null, candidates text not null, refused text not null, trace text not null);
create index decisions_by_time on decisions (time, id);
create index decisions_by_policy on decisions (policy, time);
create table outcomes (decision text primary key, status text not null, model text, failure text,
  input_tokens bigint not null, output_tokens bigint not null, micro_usd bigint, latency_ms double precision not null,
  first_content_ms double precision);
create table attempts (decision text not null, position integer not null, model text not null, target text not null,
  started_after_ms double precision not null, first_content_after_ms double precision,
  ended_after_ms double precision not null, input_tokens bigint not null, cached_read_tokens bigint not null,
  cache_write_tokens bigint not null, output_tokens bigint not null, reasoning_tokens bigint not null,
  usage_source text not null, micro_usd bigint, finish text, failure text, message text, vendor_status integer,
  lost text, constraint attempts_key primary key (decision, position));
create table state (kind text primary key, saved_at text not null, value text not null);
create table kept_replies (id text primary key, previous text, kept_at text not null, expires_at text not null,
  value text not null);
create index kept_replies_by_expiry on kept_replies (expires_at);`

test('a log of an older version is brought up to date with all that it holds', async () => {
  const path = join(aFolder(), 'old.db')
  const decision = aDecision()
  const outcome = anOutcome({ attempts: [anAttempt({ lost: ['tools: web_search'] })] })
  const database = new Database(path)
  database.exec(version5)
  insertOld(database, 'decisions', decisionRow(decision))
  insertOld(database, 'outcomes', outcomeRow(outcome))
  insertOld(database, 'attempts', attemptRow(decision.id, outcome.attempts[0]!, 0))
  database.close()

  const store = await openSqliteStore({ path })
  const read = await store.decision(decision.id)
  expect(read).toEqual({ decision, outcome })
  expect(read?.outcome?.attempts[0]).not.toHaveProperty('role')
  expect(await store.ledger({ since: null, policy: null, limit: 10 })).toMatchObject([
    {
      decision: decision.id,
      key: null,
      tags: [],
      role: null,
      prices: null,
      longCacheWriteTokens: 0,
      microUsd: 120,
    },
  ])
  expect(await store.spending({ since: null, policy: null }, 'team')).toMatchObject([
    { group: 'none', decisions: 1, microUsd: 120, cached: 0 },
  ])
  await store.close()
})

/** Only the columns that the table has. */
function insertOld(database: Database.Database, table: string, row: object): void {
  const columns = database.pragma(`table_info(${table})`) as { name: string }[]
  const values = columns.map(({ name }) => (row as Record<string, unknown>)[name])
  database.prepare(`insert into ${table} values (${values.map(() => '?').join(', ')})`).run(values)
}
